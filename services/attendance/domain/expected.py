"""Who is expected on a date, and under which shift: roster first, then the hall's standard shift on legal working days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.attendance.domain.shift import Shift
from workdays import Calendar

STANDARD = "standard"
"""The code of the shift a hall works under when no roster says otherwise."""


@dataclass(frozen=True)
class DatedShift:
    """A shift of a hall from `valid_from` on, until a later one of the same code."""

    code: str
    valid_from: date
    shift: Shift


@dataclass(frozen=True)
class RosterEntry:
    """What a roster says about one person-day: a shift's code, or None for a day off."""

    code: str | None


@dataclass(frozen=True)
class Expectation:
    """A shift, or why there is none: REST_DAY (no legal working day), ROSTERED_OFF, NO_SHIFT."""

    shift: Shift | None
    reason: str | None = None


def expectation(day: date, roster: RosterEntry | None, shifts: Sequence[DatedShift], calendar: Calendar) -> Expectation:
    """What is expected of a person stationed at the hall. Rostered duty on a rest day is expected like any other."""
    if roster is not None and roster.code is None:
        return Expectation(None, "ROSTERED_OFF")
    if roster is None and not calendar.is_workday(day):
        return Expectation(None, "REST_DAY")
    found = in_force(day, shifts).get(roster.code if roster and roster.code else STANDARD)
    return Expectation(found) if found else Expectation(None, "NO_SHIFT")


def in_force(day: date, shifts: Sequence[DatedShift]) -> Mapping[str, Shift]:
    """The shift of each code on a date."""
    found: dict[str, DatedShift] = {}
    for candidate in shifts:
        known = found.get(candidate.code)
        if candidate.valid_from <= day and (known is None or known.valid_from < candidate.valid_from):
            found[candidate.code] = candidate
    return {code: dated.shift for code, dated in found.items()}
