-- What one ATTLOG upload must write: the punches that are new, and one outbox row for the request. Keys as lean as they can be.
create table if not exists punches (
    sn text collate "C" not null,
    at timestamptz not null,
    pin text collate "C" not null,
    status text collate "C" not null,
    verify text collate "C" not null,
    received_at timestamptz not null default now(),
    primary key (sn, at, pin, status, verify)
);
create table if not exists outbox (
    id bigint generated always as identity primary key,
    message_id uuid not null default gen_random_uuid(),
    aggregate text not null,
    topic text not null,
    payload text not null
);
