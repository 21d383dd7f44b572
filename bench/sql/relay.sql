-- Outbox of the bare batched publisher.
create table if not exists outbox (
    id bigint generated always as identity primary key,
    message_id uuid not null,
    topic text not null,
    payload text not null
);
alter table outbox set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
