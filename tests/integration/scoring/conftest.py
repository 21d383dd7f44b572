"""Scoring on a real database, with reference data and events as the other services send them."""

from datetime import UTC, datetime

import pytest

from chassis import context
from chassis.caller import Caller
from chassis.testing import a_received, deliver, make_service
from contracts import REGISTRY
from services.scoring.config import ScoringConfig
from services.scoring.service import ScoringService

PLACES = {"h0001": "52.02", "h0002": "52.02.01", "h0003": "52.02.02"}


def hall_changed(hall_id="h0001", version=1, **over):
    """A hall with two windows of two units: h0002 has w2_1 of u2_1, w2_2 of u2_2."""
    n = int(hall_id[1:])
    windows = [{"window_id": f"w{n}_{i}", "code": f"A0{i}", "name": f"窗口{i}", "unit_id": f"u{n}_{i}", "kind": "unit"} for i in (1, 2)]
    data = {
        "hall_id": hall_id, "name": f"大厅{n}", "level": "city", "region": PLACES[hall_id], "zone": "Asia/Shanghai", "parent_id": None, "status": "active",
        "units": [{"unit_id": f"u{n}_{i}", "name": f"单位{i}"} for i in (1, 2)], "windows": windows,
    } | over  # fmt: skip
    return a_received(REGISTRY, "directory.hall.changed", data, subject=hall_id, version=version, region=PLACES[hall_id], hall_id=hall_id)


def staff_changed(staff_id="p", hall_id="h0001", version=1, **over):
    n = int(hall_id[1:])
    data = {
        "staff_id": staff_id, "name": f"员工{staff_id}", "hall_id": hall_id, "unit_id": f"u{n}_1", "window_id": f"w{n}_1", "pin": "1001", "post": "A",
        "status": "active", "valid_from": "2026-01-01", "valid_to": None,
    } | over  # fmt: skip
    return a_received(REGISTRY, "directory.staff.changed", data, subject=staff_id, version=version, region=PLACES[hall_id], hall_id=hall_id)


def _at(hall_id, person="p"):
    n = int(hall_id[1:])
    return {"staff_id": person, "unit_id": f"u{n}_1", "window_id": f"w{n}_1"}


def mark(kind, half="am", minutes=7):
    return {"kind": kind, "half": half, "minutes": minutes}


def day_assessed(day, *marks, person="p", revision=1, hall_id="h0001", **over):
    named = [{"mark_id": f"{person}/{day}/{m['half']}/{m['kind']}", "at": None, **m} for m in marks]
    data = {
        **_at(hall_id, person),
        "date": day,
        "status": "abnormal" if marks else "normal",
        "marks": named,
        "punch_count": 4,
        "revision": revision,
    } | over
    return a_received(
        REGISTRY, "attendance.day.assessed", data, subject=f"{person}/{day}", version=revision, region=PLACES[hall_id], hall_id=hall_id
    )


def case_event(verb, version=5, case_id="c1", hall_id="h0001", at=None, **data):
    data = {"case_id": case_id, "case_no": f"H-{case_id}", "item_id": "i0001", "item_version": 1, **_at(hall_id), **data}
    return a_received(
        REGISTRY, f"intake.case.{verb}", data, subject=case_id, version=version, region=PLACES[hall_id], hall_id=hall_id, at=at
    )


def overdue(days, as_of, version=None, **over):
    level = {"due": "2026-11-30", "level": "red", "overdue_days": days, "as_of": as_of}
    return case_event("overdue", version=version or 4 + days, **(level | over))


def _named(told):
    return [
        {"version": event.version, "overdue_days": event.data.get("overdue_days"), "as_of": event.data.get("as_of", "2026-12-01")}
        for event in told
    ]


def withdrawn(version, *told, cause="calendar", **over):
    """What these events told does not hold."""
    return case_event("overdue_withdrawn", version=version, cause=cause, facts=_named(told), **over)


def judged(version, fault, *told, breach="overdue", decided_by="s0009", **over):
    """A decision about what these events told."""
    named = {"number": 1, "breach": breach, "staff_fault": fault, "decided_by": decided_by, "facts": _named(told)}
    return case_event("breach_judged", version=version, **(named | over))


def finding(verb, version, kind="GAME", hall_id="h0001", finding_id="f1", **over):
    who = {"recorded": {}, "verified": {"verified_by": "s0092", "verified_at": "2026-11-23T06:30:00+00:00"}}
    who["rejected"] = {"rejected_by": "s0092", "rejected_at": "2026-11-23T06:30:00+00:00"}
    data = {
        "finding_id": finding_id, "kind": kind, **_at(hall_id), "minutes": None, "found_at": "2026-11-23T02:30:00+00:00", "inspector_id": "s0091",
    } | who[verb] | over  # fmt: skip
    return a_received(
        REGISTRY, f"supervision.finding.{verb}", data, subject=finding_id, version=version, region=PLACES[hall_id], hall_id=hall_id
    )


def complaint(version=3, true=True, category="attitude", serious=False, unlawful=False, **over):
    data = {
        "complaint_id": "k1", "category": category, "true": true, "serious": serious, "unlawful": unlawful, **_at("h0001"),
        "occurred_at": "2026-11-23T01:50:00+00:00", "verified_at": "2026-11-23T06:00:00+00:00", "verified_by": "s0090", "round": 1,
    } | over  # fmt: skip
    return a_received(REGISTRY, "evaluation.complaint.verified", data, subject="k1", version=version)


class House:
    """The service with shorthands: `tell` delivers events, `ask` calls a method as the chassis would."""

    def __init__(self, service):
        self.service = service
        self.db = service.db

    def tell(self, *events, entry="on_facts"):
        return deliver(self.service, list(events), entry=entry)

    def ask(self, method, caller=None, **request):
        entry = getattr(type(self.service), method)
        with context.use(context.Context(caller=caller or Caller.system())), self.db.transaction():
            answer = entry.__wrapped__(self.service, entry.rpc_spec.request().load(request))
            return entry.rpc_spec.response().dump(answer)

    def publish(self, *names):
        for name in names:
            self.ask("publish_rulebook", bundled=name)

    def assign(self, rulebook, region="52.02", valid_from="2026-10-01", **over):
        return self.ask("assign_rulebook", rulebook=rulebook, version=1, region=region, valid_from=valid_from, **over)

    def sheet(self, rulebook, kind, subject, period=None, **over):
        period = period or ("2026-11" if rulebook == "MJ" else "2026Q4")
        return self.ask("get_score_sheet", rulebook=rulebook, subject_kind=kind, subject_id=subject, period=period, **over)

    def points(self, rulebook, kind, subject, period=None):
        return self.sheet(rulebook, kind, subject, period)["points"]

    def differences(self):
        return [
            difference
            for rulebook, periods in (("MJ", ("2026-10", "2026-11", "2026-12")), ("XZK", ("2026Q4",)))
            for period in periods
            for difference in self.ask("recompute_period", rulebook=rulebook, period=period)["differences"]
        ]


@pytest.fixture
def house(make_db):
    """Three halls, one person each, nothing assigned yet."""
    house = House(make_service(ScoringService, db=make_db("scoring"), config=ScoringConfig()))
    house.tell(*[hall_changed(h) for h in PLACES], entry="on_reference")
    house.tell(staff_changed("p"), staff_changed("q"), staff_changed("r", "h0002"), staff_changed("t", "h0003"), entry="on_reference")
    return house


@pytest.fixture
def scored(house):
    """MJ and XZK both score the whole city."""
    house.publish("mj.v1", "xzk.v1")
    house.assign("MJ")
    house.assign("XZK")
    return house


@pytest.fixture
def now():
    return datetime.now(UTC)
