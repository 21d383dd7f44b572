"""Cases as the unit tests need them: no database, no clock."""

import datetime as dt

import workdays
from services.intake.domain import acceptance
from services.intake.domain.case import Case
from services.intake.domain.decisions import Decider, decide
from services.intake.domain.delegations import Delegation
from services.intake.domain.receipts import Receipt, register
from services.intake.domain.rules import Book, Item, Now, Rules

BEIJING = dt.timezone(dt.timedelta(hours=8))
day = dt.date.fromisoformat


def on(date: str, hour: int = 10, rules: Rules | None = None, book: Book | None = None) -> Now:
    """The circumstances of a command at that hour of the day in Beijing."""
    return Now(dt.datetime.fromisoformat(date).replace(hour=hour, tzinfo=BEIJING), book or Book(workdays.Calendar()), rules or Rules())


def an_item(**over) -> Item:
    given = {
        "item_id": "i1", "item_version": 1, "name": "x", "unit_id": "u1", "immediate": False, "legal_days": 60, "promised_days": 5,
        "day_kind": "working", "units_involved": 1, "materials": ({"code": "M1", "name": "a", "required": True}, {"code": "M2", "name": "b", "required": False}),
    }  # fmt: skip
    return Item(**{**given, **over})


def a_decider(unit="u1", **over) -> Decider:
    """Somebody with a delegation for every item of u1."""
    delegation = {
        "delegation_id": "d1", "unit_id": "u1", "staff_id": "s1", "item_ids": (), "valid_from": dt.date(2020, 1, 1), "valid_to": dt.date(2030, 1, 1),
    }  # fmt: skip
    return Decider("s1", unit, (Delegation(**{**delegation, **over}),))


def decided(case: Case, date: str, outcome: str = "approved") -> Case:
    decide(case, a_decider(), outcome=outcome, opinion="意见", now=on(date))
    return case


def a_case(date="2026-11-23", item=None, handed=("M1",), channel="window") -> Case:
    receipt = Receipt("c1", "52.02", "h1", "w1", "s1", channel, {"name": "张*"}, handed, "hash")
    return register(receipt, item or an_item(), now=on(date))


def accepted(date="2026-11-23", item=None, rules=None, **over) -> Case:
    case = a_case(date, item, **over)
    acceptance.accept(case, item or an_item(), routing=None, now=on(date, rules=rules))
    return case


def told(case, *kinds):
    """What has happened of these kinds, in order."""
    return [event for event in case.pending_events if isinstance(event, kinds)]
