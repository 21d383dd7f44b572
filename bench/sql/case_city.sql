-- 24 halls in 8 counties, 10 units and 20 windows each, one person a window, 30 items a hall: the local copies intake decides by.
insert into intake.halls (hall_id, region, name, status, windows, event_version)
select 'h' || lpad(h::text, 4, '0'), '52.02.' || lpad((h % 8 + 1)::text, 2, '0'), '政务服务大厅' || h, 'active',
       (select jsonb_object_agg('w' || h || '-' || w, jsonb_build_object('unit_id', 'u' || h || '-' || (w % 10), 'kind', 'comprehensive'))
        from generate_series(0, 19) w), 1
from generate_series(1, 24) h;

insert into intake.stationings (staff_id, valid_from, region, hall_id, unit_id, event_version)
select 's' || h || '-' || w, '2020-01-01', '52.02.' || lpad((h % 8 + 1)::text, 2, '0'), 'h' || lpad(h::text, 4, '0'), 'u' || h || '-' || (w % 10), 1
from generate_series(1, 24) h, generate_series(0, 19) w;

insert into intake.delegations (delegation_id, region, hall_id, unit_id, staff_id, item_ids, valid_from, valid_to, event_version)
select 'd' || h || '-' || w, '52.02.' || lpad((h % 8 + 1)::text, 2, '0'), 'h' || lpad(h::text, 4, '0'), 'u' || h || '-' || (w % 10), 's' || h || '-' || w,
       '{}', '2020-01-01', '2099-12-31', 1
from generate_series(1, 24) h, generate_series(0, 19) w;

insert into intake.item_versions (item_id, item_version, region, hall_id, unit_id, status, name, immediate, legal_days, promised_days, day_kind, fees,
    materials, units_involved, key_stages, event_version)
select 'i' || h || '-' || i, 1, '52.02.' || lpad((h % 8 + 1)::text, 2, '0'), 'h' || lpad(h::text, 4, '0'), 'u' || h || '-' || (i % 10), 'in_hall',
       '事项' || i, i % 10 < 4, 20, case when i % 10 < 4 then 0 else 5 end, 'working', '[]',
       '[{"code": "M1", "name": "申请书", "required": true}, {"code": "M2", "name": "身份证明", "required": true}]', 1, '{}', 1
from generate_series(1, 24) h, generate_series(0, 29) i;

insert into intake.reference_state (id, seq) values (1, 1) on conflict do nothing;
