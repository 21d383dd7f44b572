\set serial :serial + 1
with stored as (
    insert into punches (sn, at, pin, status, verify)
    select 'BENCH' || :client_id::text, timestamptz '2026-01-01 00:00:00+08' + make_interval(secs => :serial::int), uploaded.pin, '255', '15'
      from unnest(:pins::text[]) as uploaded (pin)
    on conflict do nothing
    returning pin, at
)
insert into outbox (aggregate, topic, payload)
select 'BENCH' || :client_id::text, 'devices.punches.recorded.v1', json_agg(json_build_array(pin, at))::text from stored;
