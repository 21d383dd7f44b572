with stored as (
    insert into cases (request_id, case_no, hall_id, item_code, staff_id, applicant_ref, note, accepted_at)
    values ($1::uuid, $2, $3, $4, $5, $6, $7, to_timestamp($8::bigint))
    returning id
), announced as (
    insert into outbox (message_id, aggregate, version, topic, payload)
    values ($1::uuid, $2, 1, 'bench.case.accepted', $9)
)
select id from stored
