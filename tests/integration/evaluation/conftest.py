"""The service on a real database, with reference data as directory sends it."""

from datetime import UTC, datetime, timedelta

import pytest

from chassis.testing import a_received, deliver, make_service
from contracts import REGISTRY
from services.evaluation.config import EvaluationConfig
from services.evaluation.service import EvaluationService

WINDOWS = [
    {"window_id": "w0001", "code": "A01", "name": "企业登记", "unit_id": "u0001", "kind": "unit"},
    {"window_id": "w0002", "code": "A02", "name": "税务", "unit_id": "u0002", "kind": "unit"},
]
HALL = {
    "hall_id": "h0001", "name": "示例市政务服务中心", "level": "city", "region": "52.02", "zone": "Asia/Shanghai", "parent_id": None,
    "status": "active", "units": [], "windows": WINDOWS,
}  # fmt: skip
STAFF = {
    "staff_id": "s0001", "name": "王丽", "hall_id": "h0001", "unit_id": "u0001", "window_id": "w0001", "pin": "1001", "post": "A",
    "status": "active", "valid_from": "2026-01-01", "valid_to": None,
}  # fmt: skip
ITEM = next(iter(REGISTRY.get("directory.item.published").examples))


def hall_changed(version=1, **over):
    return a_received(REGISTRY, "directory.hall.changed", HALL | over, subject=over.get("hall_id", "h0001"), version=version)


def staff_changed(version=1, **over):
    return a_received(REGISTRY, "directory.staff.changed", STAFF | over, subject=over.get("staff_id", "s0001"), version=version)


def case_decided(case_id="c1", at=None, **over):
    at = at or datetime.now(UTC)
    data = {
        "case_id": case_id, "case_no": f"H0001-{case_id}", "item_id": "i0001", "item_version": 1, "unit_id": "u0001", "window_id": "w0001",
        "staff_id": "s0001", "outcome": "approved", "decided_at": at.isoformat(), "elapsed_days": 1, "overdue_days": 0,
    }  # fmt: skip
    region, hall = over.pop("region", "52.02"), over.pop("hall_id", "h0001")
    return a_received(REGISTRY, "intake.case.decided", data | over, subject=case_id, version=5, region=region, hall_id=hall)


def pressed(press_id="p1", at=None, **over):
    at = at or datetime.now(UTC)
    data = {"device_id": "RATE-0001", "press_id": press_id, "window_id": "w0001", "key": 1, "pressed_at": at.isoformat()}
    return a_received(REGISTRY, "devices.rating.pressed", data | over, subject="RATE-0001", version=1)


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def later(now):
    return now + timedelta(seconds=1)


@pytest.fixture
def db(make_db):
    return make_db("evaluation")


@pytest.fixture
def service(db):
    return make_service(EvaluationService, db=db, config=EvaluationConfig(press_settle_seconds=0))


@pytest.fixture
def city(service):
    """The hall, a person and an item are known."""
    item = a_received(REGISTRY, "directory.item.published", ITEM, subject=ITEM["item_id"])
    deliver(service, [hall_changed(), staff_changed(), staff_changed(staff_id="s0002"), item], entry="on_reference")
    return service


@pytest.fixture
def calls():
    """Run as a caller: `with calls(caller): …`."""
    from chassis import context

    return lambda caller: context.use(context.Context(caller=caller))
