"""Due days and the calculation they rest on, kept so that it can be shown and replayed years later.

The day of acceptance is not counted (A-22, Civil Code Art. 201); a limit ends on its last day (Art. 203). A calculation keeps the budget, the start
and why it is that day, the calendar's name, and one letter for every day it walked over.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import workdays
from services.intake.domain.rules import Item, Now, Rules

LETTERS = {
    workdays.WhyCode.START_DAY: "0",
    workdays.WhyCode.WORKDAY: "w",
    workdays.WhyCode.WEEKEND: "r",
    workdays.WhyCode.STATUTORY_HOLIDAY: "h",
    workdays.WhyCode.HOLIDAY_IN_LIEU: "l",
    workdays.WhyCode.SUBSTITUTE_HOLIDAY: "s",
    workdays.WhyCode.MAKEUP_WORKDAY: "m",
    workdays.WhyCode.OVERRIDE_WORKDAY: "o",
    workdays.WhyCode.OVERRIDE_REST_DAY: "x",
}
"""One letter per day of a trace; a capital letter marks a day that no notice has fixed yet."""

WORDS = {
    "0": ("start_day", "起算当日不计入", "Starting day, not counted"),
    "w": ("workday", "工作日", "Working day"),
    "r": ("weekend", "双休日", "Weekend"),
    "h": ("statutory_holiday", "法定节假日", "Statutory holiday"),
    "l": ("holiday_in_lieu", "调休放假", "Day off in lieu"),
    "s": ("substitute_holiday", "补假", "Substitute holiday"),
    "m": ("makeup_workday", "调休上班", "Make-up working day"),
    "o": ("override_workday", "通知调整为工作日", "Working day by notice"),
    "x": ("override_rest_day", "通知调整为休息日", "Rest day by notice"),
}
WORKING = frozenset("wmo")


@dataclass(frozen=True)
class Limit:
    """A budget of days and where it ends; `trace` has one letter for each day from the start to the due day."""

    days: int
    day_kind: str
    due: dt.date
    trace: str


@dataclass(frozen=True)
class Rung:
    """A step of the warning ladder and the day on which it is sent."""

    level: str
    on: dt.date


@dataclass(frozen=True)
class Deadline:
    """Both limits of an accepted case with everything they rest on."""

    start: dt.date
    start_cause: str
    rest_day_rule: str
    calendar_version: str
    calendar_revision: int
    promised: Limit
    legal: Limit
    provisional_days: tuple[dt.date, ...]
    rungs: tuple[Rung, ...]

    @property
    def provisional(self) -> bool:
        """Whether a holiday notice may still move one of the due days."""
        return bool(self.provisional_days)


def reckon(item: Item, accepted_at: dt.datetime, channel: str, now: Now) -> Deadline:
    """Fix both due days of a case accepted at `accepted_at`, with limits in days of the item's `day_kind`."""
    calendar = now.calendar
    rule = now.rules.rest_day_rule(channel)
    start = workdays.effective_start(accepted_at, calendar, rule=rule)
    promised = calendar.on_or_after(start.date) if item.immediate else _due(calendar, start.date, item.promised_days, item.day_kind)
    legal = _due(calendar, start.date, item.legal_days, item.day_kind)
    open_days = sorted({*start.provisional_days, *promised.provisional_days, *legal.provisional_days})
    return Deadline(
        start=start.date,
        start_cause=start.cause.value,
        rest_day_rule=rule.value,
        calendar_version=calendar.version,
        calendar_revision=now.book.revision,
        promised=_limit(calendar, start.date, promised.date, 0 if item.immediate else item.promised_days, item.day_kind),
        legal=_limit(calendar, start.date, legal.date, item.legal_days, item.day_kind),
        provisional_days=tuple(open_days),
        rungs=_rungs(calendar, item, start.date, promised.date, now.rules),
    )


def _due(calendar: workdays.Calendar, start: dt.date, days: int, day_kind: str) -> workdays.Due:
    return calendar.add_natural_days(start, days) if day_kind == "natural" else calendar.add_workdays(start, days)


def _limit(calendar: workdays.Calendar, start: dt.date, due: dt.date, days: int, day_kind: str) -> Limit:
    letters = ["0"]
    for ordinal in range(start.toordinal() + 1, due.toordinal() + 1):
        day = calendar.day(dt.date.fromordinal(ordinal))
        letter = LETTERS[day.why.code]
        letters.append(letter.upper() if day.provisional else letter)
    return Limit(days, day_kind, due, "".join(letters))


def _rungs(calendar: workdays.Calendar, item: Item, start: dt.date, due: dt.date, rules: Rules) -> tuple[Rung, ...]:
    """Blue at the given share of the budget, yellow at the given working days left.

    An immediate item is due at once and needs no reminder; a rung that would not come before a graver one is not sent.
    """
    if item.immediate:
        return ()
    consumed = -(-item.promised_days * rules.blue_percent // 100)
    blue = start + dt.timedelta(days=consumed) if item.day_kind == "natural" else calendar.add_workdays(start, consumed).date
    yellow = _workdays_before(calendar, due, rules.yellow_days, start)
    return (Rung("blue", blue), Rung("yellow", yellow)) if blue < yellow else (Rung("yellow", yellow),)


def _workdays_before(calendar: workdays.Calendar, due: dt.date, days: int, floor: dt.date) -> dt.date:
    day = due
    while day > floor and calendar.workdays_between(day, due) < days:
        day -= dt.timedelta(days=1)
    while day > floor and not calendar.is_workday(day):
        day -= dt.timedelta(days=1)
    return day


def to_plain(deadline: Deadline) -> dict[str, Any]:
    """The calculation as JSON-ready values, as it is stored with the case."""
    return {
        "start": deadline.start.isoformat(),
        "start_cause": deadline.start_cause,
        "rest_day_rule": deadline.rest_day_rule,
        "calendar": {"version": deadline.calendar_version, "revision": deadline.calendar_revision},
        "promised": _plain_limit(deadline.promised),
        "legal": _plain_limit(deadline.legal),
        "provisional_days": [day.isoformat() for day in deadline.provisional_days],
        "rungs": [[rung.level, rung.on.isoformat()] for rung in deadline.rungs],
    }


def from_plain(stored: dict[str, Any]) -> Deadline:
    """The calculation that `to_plain` wrote."""
    day = dt.date.fromisoformat
    return Deadline(
        start=day(stored["start"]),
        start_cause=stored["start_cause"],
        rest_day_rule=stored["rest_day_rule"],
        calendar_version=stored["calendar"]["version"],
        calendar_revision=stored["calendar"]["revision"],
        promised=_limit_of(stored["promised"]),
        legal=_limit_of(stored["legal"]),
        provisional_days=tuple(day(text) for text in stored["provisional_days"]),
        rungs=tuple(Rung(level, day(on)) for level, on in stored["rungs"]),
    )


def _plain_limit(limit: Limit) -> dict[str, Any]:
    return {"days": limit.days, "day_kind": limit.day_kind, "due": limit.due.isoformat(), "trace": limit.trace}


def _limit_of(stored: dict[str, Any]) -> Limit:
    return Limit(stored["days"], stored["day_kind"], dt.date.fromisoformat(stored["due"]), stored["trace"])


def explained(start: dt.date, limit: Limit) -> list[dict[str, Any]]:
    """The trace day by day: which days counted, which not, and why; numbers are those of counted days."""
    shown: list[dict[str, Any]] = []
    number = 0
    for offset, letter in enumerate(limit.trace):
        kind = letter.lower()
        # Beyond the budget a limit only rolls off rest days (Civil Code Art. 203): nothing is counted there.
        counts = offset > 0 and number < limit.days and (limit.day_kind == "natural" or kind in WORKING)
        number += int(counts)
        why, zh, en = WORDS[kind]
        shown.append({
            "date": start + dt.timedelta(days=offset), "number": number if counts or offset == 0 else None,
            "why": why, "why_zh": zh, "why_en": en, "provisional": letter.isupper(),
        })  # fmt: skip
    return shown
