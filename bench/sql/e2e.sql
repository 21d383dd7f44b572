-- Tables of the end-to-end peers: a case and its outbox row, no more.
create table if not exists cases (
    id bigint generated always as identity primary key,
    request_id uuid not null unique,
    case_no text not null,
    hall_id text not null,
    item_code text not null,
    staff_id text not null,
    applicant_ref text not null,
    note text not null,
    accepted_at timestamptz not null
);
create table if not exists outbox (
    id bigint generated always as identity primary key,
    message_id uuid not null,
    aggregate text not null,
    version int not null,
    topic text not null,
    payload text not null
);
