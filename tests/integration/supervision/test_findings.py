"""Findings on a real database, and the running service."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from chassis import context
from chassis.caller import Caller
from chassis.errors import HallbusError, adopt
from chassis.migrations import check, downgrade, upgrade
from chassis.testing import a_received, deliver, eventually, make_service, outbox_events
from contracts import REGISTRY
from services.supervision.config import SupervisionConfig
from services.supervision.service import SupervisionService

CITY = Caller("i1", "s0091", ("*",))
VERIFIER = Caller("v1", "s0092", ("*",))
HALL1 = Caller("h1", "s0002", ("hall:h0001",))
COUNTY = Caller("c1", "s0093", ("region:52.02.01",))
NOBODY = Caller("n1", "s0094", ())
PLACES = {"h0001": "52.02", "h0002": "52.02.01"}


def hall_changed(hall_id="h0001", version=1, **over):
    n = int(hall_id[1:])
    windows = [{"window_id": f"w{n}", "code": "A01", "name": "窗口", "unit_id": f"u{n}", "kind": "unit"}]
    data = {
        "hall_id": hall_id, "name": "大厅", "level": "city", "region": PLACES[hall_id], "zone": "Asia/Shanghai", "parent_id": None, "status": "active",
        "units": [{"unit_id": f"u{n}", "name": "单位"}], "windows": windows,
    } | over  # fmt: skip
    return a_received(REGISTRY, "directory.hall.changed", data, subject=hall_id, version=version, region=PLACES[hall_id], hall_id=hall_id)


def staff_changed(staff_id="s0001", hall_id="h0001", version=1, **over):
    n = int(hall_id[1:])
    data = {
        "staff_id": staff_id, "name": "员工", "hall_id": hall_id, "unit_id": f"u{n}", "window_id": f"w{n}", "pin": "1001", "post": "A",
        "status": "active", "valid_from": "2026-01-01", "valid_to": None,
    } | over  # fmt: skip
    return a_received(REGISTRY, "directory.staff.changed", data, subject=staff_id, version=version, region=PLACES[hall_id], hall_id=hall_id)


REFERENCE = [hall_changed(), hall_changed("h0002"), staff_changed(), staff_changed("s0011", "h0002")]


class House:
    def __init__(self, service):
        self.service, self.db = service, service.db

    def tell(self, *events):
        return deliver(self.service, list(events), entry="on_reference")

    def ask(self, method, caller=CITY, **request):
        entry = getattr(type(self.service), method)
        with context.use(context.Context(caller=caller)), self.db.transaction():
            answer = entry.__wrapped__(self.service, entry.rpc_spec.request().load(request))
            return entry.rpc_spec.response().dump(answer)

    def record(self, kind="GAME", hall_id="h0001", caller=CITY, **over):
        person = {"staff_id": "s0001" if hall_id == "h0001" else "s0011"}
        return self.ask("record_finding", caller, kind=kind, hall_id=hall_id, evidence="照片", **(person | over))


@pytest.fixture
def house(make_db):
    house = House(make_service(SupervisionService, db=make_db("supervision"), config=SupervisionConfig()))
    house.tell(*REFERENCE)
    return house


def reason_of(call):
    with pytest.raises(Exception, match=r".") as caught:
        call()
    return adopt(caught.value).reason


def said(house):
    return [(event["type"], event["version"]) for event in outbox_events(house.db)]


def test_a_finding_is_recorded_explained_and_verified(house):
    finding = house.record("OFF_POST", minutes=40)
    assert (finding["state"], finding["window_id"], finding["unit_id"], finding["inspector_id"]) == ("found", "w1", "u1", "s0091")
    assert (finding["kind_zh"], finding["region"]) == ("离岗", "52.02")
    house.ask("notify_finding", HALL1, finding_id=finding["finding_id"])
    house.ask("reply_finding", HALL1, finding_id=finding["finding_id"], explanation="外出办事")
    decided = house.ask("verify_finding", VERIFIER, finding_id=finding["finding_id"], verified=True)
    assert (decided["state"], decided["decided_by"], decided["explanation"]) == ("verified", "s0092", "外出办事")
    assert house.ask("get_finding", finding_id=finding["finding_id"]) == decided
    assert said(house) == [("hallbus.supervision.finding.recorded.v1", 1), ("hallbus.supervision.finding.verified.v1", 2)]
    assert outbox_events(house.db)[1]["data"]["minutes"] == 40


def test_a_verified_finding_is_overturned(house):
    finding_id = house.record()["finding_id"]
    house.ask("verify_finding", VERIFIER, finding_id=finding_id, verified=True)
    assert house.ask("verify_finding", COUNTY.__class__("x", "s0095", ("*",)), finding_id=finding_id, note="复核")["state"] == "rejected"
    assert [version for _, version in said(house)] == [1, 2, 3]


def test_the_inspector_cannot_verify_his_own_finding(house):
    finding_id = house.record()["finding_id"]
    assert reason_of(lambda: house.ask("verify_finding", CITY, finding_id=finding_id, verified=True)) == "SAME_PERSON"
    assert reason_of(lambda: house.ask("verify_finding", CITY, finding_id=finding_id, verified=True, verifier_id="s0092")) == "NOT_YOURSELF"
    assert house.ask("get_finding", finding_id=finding_id)["state"] == "found"


def test_a_program_says_for_whom_it_speaks(house):
    program = Caller("key-1", None, ("*",))
    finding = house.record(caller=program, inspector_id="s0091")
    assert (
        reason_of(lambda: house.ask("verify_finding", program, finding_id=finding["finding_id"], verified=True, verifier_id="s0091"))
        == "SAME_PERSON"
    )
    again = {"finding_id": finding["finding_id"], "verified": True, "verifier_id": "s0092"}
    assert reason_of(lambda: house.ask("verify_finding", program, **again)) == "SAME_PERSON", "one key is one, for whomever it speaks"
    decided = house.ask("verify_finding", Caller("key-2", None, ("*",)), **again)
    assert (finding["inspector_id"], decided["decided_by"]) == ("s0091", "s0092")


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"hall_id": "h0404"}, "HALL_NOT_FOUND"),
        ({"staff_id": "s0011"}, "STAFF_UNKNOWN"),
        ({"staff_id": None, "window_id": "w2"}, "WINDOW_UNKNOWN"),
        ({"staff_id": None}, "SUBJECT_MISSING"),
        ({"staff_id": None, "window_id": "w1"}, "STAFF_MISSING"),
        ({"kind": "OFF_POST"}, "MINUTES_MISSING"),
    ],
)
def test_wrong_findings_are_refused(house, over, reason):
    request = {"kind": "GAME", "hall_id": "h0001", "evidence": "照片", "staff_id": "s0001"} | over
    request = {name: value for name, value in request.items() if value is not None}
    assert reason_of(lambda: house.ask("record_finding", CITY, **request)) == reason
    assert said(house) == []


def test_nobody_acts_or_reads_outside_his_scope(house):
    finding_id = house.record()["finding_id"]
    county_finding = house.record(hall_id="h0002")["finding_id"]
    for method, more in (
        ("get_finding", {}),
        ("verify_finding", {"verified": True}),
        ("reply_finding", {"explanation": "…"}),
        ("notify_finding", {}),
    ):
        for caller in (COUNTY, NOBODY):
            assert reason_of(lambda m=method, k=more, c=caller: house.ask(m, c, finding_id=finding_id, **k)) == "OUT_OF_SCOPE"
    assert reason_of(lambda: house.record(caller=COUNTY)) == "OUT_OF_SCOPE"
    seen = {caller: [f["finding_id"] for f in house.ask("list_findings", caller)["findings"]] for caller in (CITY, COUNTY, HALL1, NOBODY)}
    assert seen[COUNTY] == [county_finding]
    assert seen[HALL1] == [finding_id]
    assert seen[NOBODY] == []
    assert set(seen[CITY]) == {finding_id, county_finding}


def test_lists_are_paged_filtered_and_stable_while_rows_come(house):
    start = datetime.now(UTC) - timedelta(days=1)
    made = [house.record(found_at=(start + timedelta(minutes=n // 2)).isoformat())["finding_id"] for n in range(7)]
    first = house.ask("list_findings", page_size=3)
    house.record()
    rest = house.ask("list_findings", page_size=200, page_token=first["next_page_token"])
    got = [f["finding_id"] for f in first["findings"] + rest["findings"]]
    assert (sorted(got), len(got), first["total_size"], rest["total_size"]) == (sorted(made), 7, 7, 8)
    assert house.ask("list_findings", kind="CHAT")["total_size"] == 0
    assert house.ask("list_findings", state="found", hall_id="h0001", staff_id="s0001", found_from=start.isoformat())["total_size"] == 8
    assert reason_of(lambda: house.ask("list_findings", page_token="WyJ4IiwxXQ")) == "INVALID_REQUEST"


def test_older_reference_data_is_ignored(house):
    house.tell(staff_changed(version=3, window_id=None), staff_changed(version=2, window_id="w1"))
    house.tell(hall_changed(version=3, windows=[]), hall_changed(version=2))
    finding = house.record()
    assert finding["window_id"] is None
    assert reason_of(lambda: house.record(window_id="w1")) == "WINDOW_UNKNOWN"


def test_reference_data_is_taken_once(house):
    assert house.tell(*REFERENCE) == frozenset()


def test_the_code_list_is_published(house):
    kinds = {kind["kind"]: kind for kind in house.ask("list_finding_kinds")["kinds"]}
    assert kinds["OFF_POST"] == {"kind": "OFF_POST", "zh": "离岗", "en": "away from post", "of_person": True, "with_minutes": True}


def test_migrations_go_up_down_and_up_and_match_the_tables(database_url):
    assert check(database_url, "supervision") == []
    downgrade(database_url, "supervision", "base")
    upgrade(database_url, ["supervision"])
    assert check(database_url, "supervision") == []


def test_the_process_serves_and_a_replay_records_once(run_services, bus, rpc):
    run_services("supervision")
    for event in REFERENCE:
        bus.publish(
            event.type,
            event.data,
            subject=event.subject,
            version=event.version,
            region=event.region,
            hall_id=event.hall_id,
            event_id=event.id,
        )
    request = {"request_id": str(uuid.uuid4()), "kind": "GAME", "hall_id": "h0001", "staff_id": "s0001", "evidence": "照片"}

    def recorded():
        try:
            return rpc.call("supervision", "record_finding", request, caller=CITY)
        except HallbusError as error:
            if error.reason not in ("HALL_NOT_FOUND", "STAFF_UNKNOWN"):
                raise
            return None

    first = eventually(recorded)
    assert rpc.call("supervision", "record_finding", request, caller=CITY) == first
    with pytest.raises(HallbusError, match="kind: no kind of finding"):
        rpc.call("supervision", "record_finding", {**request, "request_id": str(uuid.uuid4()), "kind": "YAWN"}, caller=CITY)
    assert rpc.call("supervision", "list_findings", {}, caller=CITY)["total_size"] == 1
    published = eventually(lambda: bus.events("supervision.finding.recorded"))
    assert [event["subject"] for event in published] == [first["finding_id"]]


def test_a_crash_before_the_commit_records_the_reference_once_it_is_back(run_services, bus, rpc):
    running = run_services()
    running.start("supervision", env={"HALLBUS_FAILPOINT": "consumer.after_handler_before_commit:1"})
    event = REFERENCE[0]
    bus.publish(
        event.type, event.data, subject=event.subject, version=event.version, region=event.region, hall_id=event.hall_id, event_id=event.id
    )
    eventually(lambda: running.processes["supervision"].poll() == 137)
    running.start("supervision")

    def recorded():
        request = {"request_id": str(uuid.uuid4()), "kind": "WINDOW_EMPTY", "hall_id": "h0001", "window_id": "w1", "evidence": "照片"}
        try:
            return rpc.call("supervision", "record_finding", request, caller=CITY)
        except HallbusError as error:
            if error.reason != "HALL_NOT_FOUND":
                raise
            return None

    assert eventually(recorded)["unit_id"] == "u1"
