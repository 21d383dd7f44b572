"""Entries of the agency register and hand-overs as the unit tests need them."""

import datetime as dt

from services.intake.domain import agency
from services.intake.domain.agency import Assignment
from services.intake.domain.agency_matter import AgencyMatter
from services.intake.domain.handovers import HandOver
from services.intake.domain.rules import Rules
from tests.unit.intake.cases import on

DEPARTMENT = "县市场监督管理局"


def a_matter(date="2026-11-23", stops=(), rules=None, book=None, **over) -> AgencyMatter:
    """Registered on that day; the limit of seven working days ends on Wednesday, 2026-12-02."""
    now, rules = on(date, rules=rules, book=book), rules or Rules()
    given = {
        "matter_id": "m1", "case_id": "c1", "case_no": "n1", "item_id": "i1", "region": "52.02", "hall_id": "h1", "unit_id": "u1", "window_id": "w1",
        "channel": "window", "registered_by": "s1", "registered_at": now.at, "registered_on": now.today, "limit_days": rules.agency_days,
        "day_kind": rules.agency_day_kind, "warn_days": rules.agency_warn_days, "start_at": now.at, "stops": list(stops),
    }  # fmt: skip
    return agency.register(AgencyMatter(**{**given, **over}), now)


def to(agent="s2", department=DEPARTMENT, promised_on=None, reason="", by="s1") -> Assignment:
    return Assignment(agent, department, dt.date.fromisoformat(promised_on) if promised_on else None, reason, by)


def assigned(date="2026-11-23", **over) -> AgencyMatter:
    matter = a_matter(date, **over)
    agency.assign(matter, to(), on(date))
    return matter


def submitted(date="2026-11-25", upper_due="2026-12-09", **over) -> AgencyMatter:
    matter = assigned(**over)
    agency.submit(matter, "", dt.date.fromisoformat(upper_due) if upper_due else None, by="s2", now=on(date))
    return matter


def a_handover(date="2026-11-23", limit_days=3, book=None, **over) -> HandOver:
    """Handed over on that day; three working days end on Thursday, 2026-11-26."""
    now = on(date, book=book)
    given = {
        "handover_id": "h1", "case_id": "c1", "case_no": "n1", "item_id": "i1", "region": "52.02", "hall_id": "h1", "window_id": "w3", "unit_id": "u2",
        "note": "请办理", "channel": "window", "handed_by": "s1", "handed_at": now.at, "limit_days": limit_days,
    }  # fmt: skip
    return HandOver(**{**given, **over}).hand_over(now)
