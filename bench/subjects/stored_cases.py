"""A million cases in seconds: copies of one real, finished case, spread over halls, people, items, states and three years.

The copies take every column of the real one that this file does not spell out, so that a new column of intake needs no line here. The spread depends on
the number of the row alone (a fixed multiplier mixes it), so that every run measures the same city.
"""

from bench.arena import Arena

_UNTOUCHED = "case when r.state in ('registered', 'supplement', 'returned') then null else"
_VALUES = {
    # Time-ordered like uuid7: 48 bits of milliseconds in front.
    "case_id": "substr(r.ms, 1, 8) || '-' || substr(r.ms, 9, 4) || '-7' || substr(r.hash, 1, 3)"
    " || '-8' || substr(r.hash, 4, 3) || '-' || substr(r.hash, 7, 12)",
    "case_no": "'STORED-' || lpad(r.n::text, 9, '0')",
    "region": "'52.02.' || lpad((r.hall % 8 + 1)::text, 2, '0')",
    "hall_id": "'h' || lpad(r.hall::text, 4, '0')",
    "unit_id": "'u' || r.hall || '-' || r.item % 10",
    "window_id": "'w' || r.hall || '-' || r.person",
    "staff_id": "'s' || r.hall || '-' || r.person",
    "item_id": "'i' || r.hall || '-' || r.item",
    "track_hash": "r.hash || md5(r.hash)",
    "received_at": "r.at",
    "clock_at": "r.at",
    "clock_start": "r.at::date",
    "accepted_at": f"{_UNTOUCHED} r.at + interval '10 minutes' end",
    "promised_due": f"{_UNTOUCHED} (r.at + interval '9 days')::date end",
    "legal_due": f"{_UNTOUCHED} (r.at + interval '30 days')::date end",
    "state": "r.state",
    # Far enough ahead for the scheduler to leave them alone: what is measured are the commands.
    "timer_at": "case when r.state in ('registered', 'accepted', 'in_review') then now() + make_interval(days => 2 + (r.mix % 20)::int) end",
    "decided_at": "case when r.state in ('decided', 'delivered') then r.at + interval '4 days' end",
    "decision": "case when r.state in ('decided', 'delivered') then 'approved' end",
    "delivered_at": "case when r.state = 'delivered' then r.at + interval '5 days' end",
}
_DRAWN = """
select n, at, lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') as ms, md5('case' || n) as hash, mix,
       1 + (mix / 7) % 24 as hall, (mix / 13) % 30 as item, (mix / 17) % 20 as person,
       case when n > {rows} * 0.985 then (array['registered', 'accepted', 'in_review', 'decided', 'supplement', 'delivered'])[1 + (mix / 11) % 6]
            when mix % 1000 < 1 then 'suspended' when mix % 1000 < 50 then 'returned' when mix % 1000 < 90 then 'decided' else 'delivered' end as state
from (select n, now() - interval '1095 days' * (1 - n / ({rows} + 1.0)) as at, (n * 2654435761) % 4294967296 as mix
      from generate_series(1::bigint, {rows}) n) numbered
"""
_APPLICANTS = """
insert into intake.applicants (case_id, sealed, id_hash, phone_hash)
select case_id, t.sealed, 'stored.' || left(md5('id' || track_hash), 22), 'stored.' || left(md5('phone' || track_hash), 22)
from intake.cases, (select sealed from intake.applicants limit 1) t where case_no like 'STORED-%'
"""
_INDEXES = """
select indexdef, format('drop index %I.%I', schemaname, indexname) from pg_indexes
where schemaname = 'intake' and tablename in ('cases', 'applicants') and indexname like 'ix_%'
"""
_COLUMNS = (
    "select column_name from information_schema.columns where table_schema = 'intake' and table_name = 'cases' order by ordinal_position"
)


def store(arena: Arena, rows: int) -> None:
    """Put that many cases beside the real one that is there; indexes are built after the rows, which takes a third of the time."""
    indexes = arena.fetch(_INDEXES)
    names = [str(name) for (name,) in arena.fetch(_COLUMNS)]
    values = ", ".join(_VALUES.get(name, f"t.{name}") for name in names)
    real = "(select * from intake.cases where case_no not like 'STORED-%' order by case_id limit 1) t"
    with arena.database() as connection, connection.cursor() as cursor:
        cursor.execute("set maintenance_work_mem = '256MB'; set synchronous_commit = off")
        for _, drop in indexes:
            cursor.execute(str(drop))
        cursor.execute(f"insert into intake.cases ({', '.join(names)}) select {values} from ({_DRAWN.format(rows=rows)}) r, {real}")
        cursor.execute(_APPLICANTS)
        for create, _ in indexes:
            cursor.execute(str(create))
        for table in ("cases", "applicants", "case_counts", "case_count_changes"):
            cursor.execute(f"vacuum analyze intake.{table}")
