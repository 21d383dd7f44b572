"""Intake on a database of its own, with a small city delivered as directory would, and a clock the test sets."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from chassis import clock
from chassis.caller import Caller
from chassis.context import Context
from chassis.database import Db
from chassis.testing import a_received, a_vault, deliver, make_service, outbox_events
from chassis.wire import Call
from contracts import REGISTRY
from services.intake.config import IntakeConfig
from services.intake.service import IntakeService

BEIJING = dt.timezone(dt.timedelta(hours=8))


def beijing(text: str) -> dt.datetime:
    """A moment in Beijing time: "2026-11-23 09:00"."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=BEIJING)


class SetClock:
    """The process clock, where the test has put it."""

    def __init__(self) -> None:
        self.moment = beijing("2026-11-23 09:00")

    def now(self) -> dt.datetime:
        return self.moment.astimezone(dt.UTC)

    def at(self, text: str) -> None:
        """Set it to a moment in Beijing time."""
        self.moment = beijing(text)


def hall(hall_id="h0001", region="52.02", **over) -> dict[str, Any]:
    number = hall_id[-1]
    return {
        "hall_id": hall_id, "name": "市政务服务中心", "level": "city", "region": region, "zone": "Asia/Shanghai", "parent_id": None,
        "status": "active", "units": [{"unit_id": f"u1{number}", "name": "甲局"}, {"unit_id": f"u2{number}", "name": "乙局"}],
        "windows": [
            {"window_id": f"w1{number}", "code": "A01", "name": "甲窗口", "unit_id": f"u1{number}", "kind": "unit"},
            {"window_id": f"w2{number}", "code": "Z01", "name": "综合窗口", "unit_id": f"u2{number}", "kind": "comprehensive"},
        ], **over,
    }  # fmt: skip


def person(staff_id="s11", hall_id="h0001", unit_id="u11", **over) -> dict[str, Any]:
    return {
        "staff_id": staff_id, "name": "王丽", "hall_id": hall_id, "unit_id": unit_id, "window_id": None, "pin": "1001", "post": "A",
        "status": "active", "valid_from": "2020-01-01", "valid_to": None, **over,
    }  # fmt: skip


def item(item_id="i0001", **over) -> dict[str, Any]:
    return {
        "item_id": item_id, "item_version": 1, "name": "食品经营许可", "unit_id": "u11", "status": "in_hall", "time_class": "promised",
        "legal_days": 20, "promised_days": 5, "day_kind": "working", "immediate": False, "fee_fen": 0, "units_involved": 1,
        "materials": [
            {"code": "M1", "name": "申请书", "required": True}, {"code": "M2", "name": "平面图", "required": True},
            {"code": "M3", "name": "委托书", "required": False},
        ], **over,
    }  # fmt: skip


def delegation(delegation_id="d11", staff_id="s11", unit_id="u11", **over) -> dict[str, Any]:
    return {
        "delegation_id": delegation_id, "unit_id": unit_id, "staff_id": staff_id, "item_ids": [], "valid_from": "2020-01-01",
        "valid_to": "2030-12-31", "revoked_on": None, **over,
    }  # fmt: skip


def immediate(item_id="i0002", **over) -> dict[str, Any]:
    return item(item_id, time_class="immediate", immediate=True, legal_days=1, promised_days=0, materials=[], **over)


@dataclass
class Intake:
    """`intake("get_case", case_id=…)` answers or raises; mutating calls get a request_id unless given."""

    db: Db
    service: Any
    clock: SetClock
    caller: Caller = field(default_factory=Caller.system)

    def __call__(self, method: str, /, **request: Any) -> Any:
        entry = getattr(self.service, method)
        if entry.rpc_spec.mutating:
            request.setdefault("request_id", str(uuid.uuid4()))
        value, error = entry(Call(request, Context(caller=self.caller)))
        if error is not None:
            raise error
        return value

    def acting_as(self, *scopes: str, staff_id: str | None = None) -> Intake:
        """The same intake, asked by a caller with these scopes."""
        return replace(self, caller=Caller("somebody", staff_id, scopes))

    def tell(
        self,
        type_: str,
        data: dict[str, Any],
        *,
        version: int = 1,
        subject: str = "x",
        region: str = "52.02",
        hall_id: str | None = "h0001",
    ) -> None:
        """Deliver one event of directory."""
        self.deliver([a_received(REGISTRY, type_, data, version=version, subject=subject, region=region, hall_id=hall_id)])

    def deliver(self, events: list[Any]) -> frozenset[str]:
        """Deliver events as the consumer does."""
        return deliver(self.service, events, entry="on_reference")

    def receipt(self, **over: Any) -> dict[str, Any]:
        """Register a receipt with everything handed in, unless said otherwise."""
        request = {
            "hall_id": "h0001", "window_id": "w11", "item_id": "i0001", "staff_id": "s11", "materials": ["M1", "M2"],
            "applicant": {"name": "张三丰", "contact": "13812345678"},
        }  # fmt: skip
        return self("register_receipt", **{**request, **over})

    def accepted(self, **over: Any) -> dict[str, Any]:
        """A case that is accepted."""
        return self("accept_case", case_id=self.receipt(**over)["case_id"])

    def sweep(self) -> int:
        """What the scheduler does."""
        return int(self.service.run_timers())

    def events_of(self, type_: str) -> list[dict[str, Any]]:
        """What was said of one type, oldest first."""
        return [e for e in outbox_events(self.db) if e["type"] == f"hallbus.{type_}.v1"]

    def events(self, *verbs: str) -> list[dict[str, Any]]:
        """What was said about cases, oldest first."""
        wanted = {f"hallbus.intake.case.{verb}.v1" for verb in verbs}
        return [e for e in outbox_events(self.db) if e["type"] in wanted or not verbs]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """The process clock under the test's hand."""
    made = SetClock()
    monkeypatch.setattr(clock, "_clock", made)
    return made


@pytest.fixture
def empty_intake(make_db: Callable[[str], Db], set_clock: SetClock) -> Intake:
    """Intake before directory has said anything."""
    db = make_db("intake")
    return Intake(db, make_service(IntakeService, db=db, config=IntakeConfig(), vault=a_vault()), set_clock)


@pytest.fixture
def intake(empty_intake: Intake) -> Intake:
    """Intake with two halls, their people and items."""
    made = empty_intake
    made.tell("directory.hall.changed", hall())
    made.tell("directory.hall.changed", hall("h0002", "52.02.01"), subject="h2", region="52.02.01", hall_id="h0002")
    made.tell("directory.staff.changed", person())
    made.tell("directory.staff.changed", person("s21", unit_id="u21"), subject="s21")
    made.tell("directory.staff.changed", person("s12", "h0002", "u12"), subject="s12", region="52.02.01", hall_id="h0002")
    made.tell("directory.delegation.changed", delegation(), subject="d11")
    made.tell("directory.item.published", item())
    made.tell("directory.item.published", immediate(), subject="i2")
    made.tell("directory.item.published", item("i0009", unit_id="u12"), subject="i9", region="52.02.01", hall_id="h0002")
    return made
