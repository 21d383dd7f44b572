"""Builders of facts for scoring tests."""

from datetime import date, datetime
from typing import Any

from services.scoring.domain.facts import Fact

_COUNTER = iter(range(1, 10**9))


def a_fact(type: str = "LATE", day: date | str = "2026-11-03", **over: Any) -> Fact:  # noqa: A002  the golden files call it type
    """A verified fact; short names as in the golden files (person, window, unit, case, matter)."""
    occurred_on = date.fromisoformat(day) if isinstance(day, str) else day
    renamed = {f"{name}_id": over.pop(name) for name in ("person", "window", "unit", "case", "matter") if name in over}
    if isinstance(over.get("occurred_at"), str):
        over["occurred_at"] = datetime.fromisoformat(over["occurred_at"])
    values = {"fact_id": f"f{next(_COUNTER):08d}", "region": "52.02", "hall_id": "h0001", "verified": True, **renamed, **over}
    return Fact(type=type, occurred_on=occurred_on, **values)
