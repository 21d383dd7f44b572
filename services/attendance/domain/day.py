"""The day function: punches of one person on one date → what the day amounted to. Order and repetition of punches change nothing.

Pairing rule
* Punches less than a minute apart are one (two methods at the same terminal); as an arrival its first moment counts, as a departure its last.
* The noon break is cut in the middle: what is before belongs to the morning half, what is after to the afternoon half.
* A half without a punch is absent (旷工半天).
* The morning's first punch is the arrival: late (迟到) when it is after the start plus grace. The afternoon's last punch is the departure: early (早退)
  when it is before the end minus grace.
* Halls need not punch at noon. Where somebody does, it is judged: an even number of punches in a half means that both its ends were punched, so the
  morning's last may be early and the afternoon's first late. An odd number leaves the noon side open and is never held against anybody.
* Minutes are those that the terminal shows: seconds are dropped.
* How many minutes late become absence (A-27) is in no seed: no conversion.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.attendance.domain.shift import ShiftDay

LATE, EARLY, ABSENT = "late", "early", "absent_half_day"
AM, PM = "am", "pm"
NORMAL, ABNORMAL = "normal", "abnormal"
SAME = timedelta(minutes=1)


@dataclass(frozen=True)
class Finding:
    """One thing about a half-day; `at` is the punch it rests on, None for an absence."""

    kind: str
    half: str
    minutes: int
    at: datetime | None


@dataclass(frozen=True)
class DayResult:
    """What the day amounted to; `punch_count` counts distinct punches inside the day's windows."""

    status: str
    findings: tuple[Finding, ...]
    punch_count: int


@dataclass(frozen=True)
class _Touch:
    """Punches less than a minute apart."""

    first: datetime
    last: datetime


def judge(shift: ShiftDay, punches: Iterable[datetime]) -> DayResult:
    """The result of a day whose punches are all here."""
    inside = sorted({punch for punch in punches if shift.opens_at <= punch < shift.shuts_at})
    # The halves are cut before punches are joined, so that a punch at noon cannot pull another one over the line.
    morning = _joined([punch for punch in inside if punch < shift.noon])
    afternoon = _joined([punch for punch in inside if punch >= shift.noon])
    findings = (*_morning(shift, morning), *_afternoon(shift, afternoon))
    return DayResult(ABNORMAL if findings else NORMAL, findings, len(morning) + len(afternoon))


def _joined(punches: Sequence[datetime]) -> list[_Touch]:
    found: list[_Touch] = []
    for punch in punches:
        if found and punch - found[-1].first < SAME:
            found[-1] = _Touch(found[-1].first, punch)
        else:
            found.append(_Touch(punch, punch))
    return found


def _morning(shift: ShiftDay, touches: Sequence[_Touch]) -> list[Finding]:
    if not touches:
        return [Finding(ABSENT, AM, 0, None)]
    findings = _late(AM, touches[0].first, shift.am_start, shift.grace_minutes)
    if len(touches) % 2 == 0:
        findings += _early(AM, touches[-1].last, shift.am_end, shift.grace_minutes)
    return findings


def _afternoon(shift: ShiftDay, touches: Sequence[_Touch]) -> list[Finding]:
    if not touches:
        return [Finding(ABSENT, PM, 0, None)]
    findings = _late(PM, touches[0].first, shift.pm_start, shift.grace_minutes) if len(touches) % 2 == 0 else []
    return findings + _early(PM, touches[-1].last, shift.pm_end, shift.grace_minutes)


def _late(half: str, arrival: datetime, start: datetime, grace: int) -> list[Finding]:
    minutes = int((_minute(arrival) - start).total_seconds() // 60)
    return [Finding(LATE, half, minutes, arrival)] if minutes > grace else []


def _early(half: str, departure: datetime, end: datetime, grace: int) -> list[Finding]:
    minutes = int((end - _minute(departure)).total_seconds() // 60)
    return [Finding(EARLY, half, minutes, departure)] if minutes > grace else []


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
