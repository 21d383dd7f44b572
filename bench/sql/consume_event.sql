with fresh as (
    insert into inbox (consumer, message_id) values ('bench', $1::uuid) on conflict do nothing returning message_id
)
insert into effect (message_id, subject, hall_id, points, version)
select message_id, $2, $3, $4, $5 from fresh
