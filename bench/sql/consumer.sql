-- Inbox and effect of the per-message peer; the clock column times the run from inside the database.
create table if not exists inbox (
    consumer text not null,
    message_id uuid not null,
    primary key (consumer, message_id)
);
create table if not exists effect (
    message_id uuid not null,
    subject text not null,
    hall_id text not null,
    points int not null,
    version int not null,
    applied_at timestamptz not null default clock_timestamp()
);
