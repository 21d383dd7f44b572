"""The running service: events from the bus, calls over RPC, crashes in the narrow windows, two processes at once."""

import uuid

import pytest
import sqlalchemy as sa

from chassis.caller import Caller
from chassis.errors import HallbusError
from chassis.migrations import check, downgrade, upgrade
from chassis.testing import eventually
from services.scoring import orm

from .conftest import PLACES, day_assessed, hall_changed, judged, mark, overdue, staff_changed, withdrawn

OFFICE = Caller("a1", "s0081", ("*",))
DAYS = [f"2026-11-{day:02d}" for day in (2, 3, 4, 5, 6, 9, 10, 11, 12, 13)]


def send(bus, *events):
    for event in events:
        bus.publish(
            event.type,
            event.data,
            subject=event.subject,
            version=event.version,
            region=event.region,
            hall_id=event.hall_id,
            event_id=event.id,
        )


def ask(rpc, method, **request):
    return rpc.call("scoring", method, request, caller=OFFICE)


def change(rpc, method, **request):
    return ask(rpc, method, request_id=str(uuid.uuid4()), **request)


def points(rpc, rulebook="MJ", kind="person", subject="p", period="2026-11"):
    try:
        return ask(rpc, "get_score_sheet", rulebook=rulebook, subject_kind=kind, subject_id=subject, period=period)["points"]
    except HallbusError as error:
        if error.reason != "SHEET_NOT_FOUND":
            raise
        return None


def set_up(bus, rpc):
    """Halls, people and both rulebooks, through the front doors."""
    send(bus, *[hall_changed(hall) for hall in PLACES], staff_changed("p"), staff_changed("q"))
    for name, code in (("mj.v1", "MJ"), ("xzk.v1", "XZK")):
        change(rpc, "publish_rulebook", bundled=name)
        change(rpc, "assign_rulebook", rulebook=code, version=1, region="52.02", valid_from="2026-10-01")
    eventually(lambda: points(rpc) == "0.00" and points(rpc, subject="q") == "0.00")


def differences(rpc):
    found = [ask(rpc, "recompute_period", rulebook=code, period=period) for code, period in (("MJ", "2026-11"), ("XZK", "2026Q4"))]
    return [difference for answer in found for difference in answer["differences"]]


def test_a_late_morning_from_the_bus_is_on_the_sheet_and_in_the_log(run_services, bus, rpc):
    run_services("scoring")
    set_up(bus, rpc)
    events = [day_assessed(day, mark("late")) for day in DAYS]
    send(bus, *events, *events)
    eventually(lambda: points(rpc) == "-20.00")
    assert points(rpc, "XZK", "window", "w1_1", "2026Q4") == "-9.00"
    assert differences(rpc) == []
    posted = eventually(
        lambda: (
            [e for e in bus.events("scoring.ledger.posted") if e["data"]["rulebook"] == "MJ" and e["data"]["subject_id"] == "p"][9:]
            and bus.events("scoring.ledger.posted")
        )
    )
    versions = {}
    for event in posted:
        versions.setdefault(event["subject"], []).append(event["version"])
    assert all(found == list(range(1, len(found) + 1)) for found in versions.values())


@pytest.mark.parametrize("point", ["consumer.after_handler_before_commit", "transaction.after_commit", "consumer.after_commit_before_ack"])
def test_a_crash_costs_nothing_and_counts_nothing_twice(run_services, bus, rpc, point):
    running = run_services("scoring")
    set_up(bus, rpc)
    assert running.stop("scoring") == 0
    running.start("scoring", env={"HALLBUS_FAILPOINT": f"{point}:1"}, wait=False)
    send(bus, *[day_assessed(day, mark("late")) for day in DAYS])
    eventually(lambda: running.processes["scoring"].poll() == 137, within=30)
    running.start("scoring")
    eventually(lambda: points(rpc) == "-20.00", within=20)
    assert points(rpc, "MJ", "unit", "u1_1") == "-8.00"
    assert differences(rpc) == []


@pytest.mark.parametrize("point", ["consumer.after_handler_before_commit", "transaction.after_commit", "consumer.after_commit_before_ack"])
def test_a_crash_loses_no_correction_and_takes_none_twice(run_services, bus, rpc, point):
    """Corrections come before what they correct, and the process dies over them."""
    running = run_services("scoring")
    set_up(bus, rpc)
    assert running.stop("scoring") == 0
    running.start("scoring", env={"HALLBUS_FAILPOINT": f"{point}:1"}, wait=False)
    told = [overdue(days, f"2026-12-{days:02d}") for days in range(1, 7)]
    send(bus, judged(20, False, *told[:2]), withdrawn(21, told[2]), *told)
    eventually(lambda: running.processes["scoring"].poll() == 137, within=30)
    running.start("scoring")
    send(bus, judged(22, True, told[0], decided_by="s0010"))
    eventually(lambda: points(rpc, "XZK", "window", "w1_1", "2026Q4") == "-4.00", within=20)
    assert differences(rpc) == []


def test_two_processes_share_the_work_and_end_where_one_would(run_services, bus, rpc, make_db):
    running = run_services("scoring")
    running.start("scoring", alias="second")
    set_up(bus, rpc)
    events = [
        day_assessed(day, mark("late"), person=person, revision=revision) for day in DAYS for person in "pq" for revision in (1, 2, 3)
    ]
    events += [day_assessed(day, person=person, revision=4) for day in DAYS[:5] for person in "pq"]
    send(bus, *events[::2], *reversed(events[1::2]))

    def settled():
        return points(rpc) == points(rpc, subject="q") == "-10.00" and points(rpc, "MJ", "unit", "u1_1") == "-8.00"

    eventually(settled, within=20)
    assert differences(rpc) == []
    with make_db("scoring").read() as tx:
        sums = tx.execute(sa.select(sa.func.sum(orm.ledger.c.points))).scalar_one()
        kept = tx.execute(sa.select(sa.func.sum(orm.sheets.c.points))).scalar_one()
    assert sums == kept


def test_migrations_go_up_down_and_up_and_match_the_tables(database_url):
    assert check(database_url, "scoring") == []
    downgrade(database_url, "scoring", "base")
    upgrade(database_url, ["scoring"])
    assert check(database_url, "scoring") == []


def test_a_ledger_of_before_the_corrections_is_taken_along_and_back(scored, database_url):
    """Days over filed by their number within the case, as before scoring_0002: they are found by later corrections and scored as before."""
    told = [overdue(1, "2026-12-01", version=7), overdue(2, "2026-12-02", version=8), overdue(1, "2026-12-03", version=11)]
    scored.tell(*told, withdrawn(10, told[0]))
    before = scored.points("XZK", "window", "w1_1")
    downgrade(database_url, "scoring", "scoring_0001")
    assert _fact_ids(scored) == ["overdue:c1/1", "overdue:c1/2"]
    upgrade(database_url, ["scoring"])
    assert _fact_ids(scored) == ["overdue:c1@11", "overdue:c1@8"]
    while scored.service.rescore_dirty.__wrapped__(scored.service):
        pass
    assert (before, scored.points("XZK", "window", "w1_1"), scored.differences()) == ("-2.00", "-2.00", [])
    scored.tell(*[type(event)(**(event.__dict__ | {"id": f"{event.id}-2"})) for event in told[1:]], judged(12, False, told[2]))
    assert scored.points("XZK", "window", "w1_1") == "-1.00"
    assert scored.differences() == []


def _fact_ids(scored):
    with scored.db.read() as tx:
        return list(tx.execute(sa.select(orm.facts.c.fact_id).order_by(orm.facts.c.fact_id)).scalars())
