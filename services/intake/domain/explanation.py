"""A stored calculation in words: which days counted, which did not, and why."""

from __future__ import annotations

import datetime as dt
from typing import Any

from services.intake.domain.counting import DAY, NATURAL, STOPPED
from services.intake.domain.deadlines import Limit

WORDS = {
    "0": ("start_day", "起算当日不计入（民法典第二百零一条）", "Starting day, not counted (Civil Code Art. 201)"),
    "w": ("workday", "工作日", "Working day"),
    "r": ("weekend", "双休日", "Weekend"),
    "h": ("statutory_holiday", "法定节假日", "Statutory holiday"),
    "l": ("holiday_in_lieu", "调休放假", "Day off in lieu"),
    "s": ("substitute_holiday", "补假", "Substitute holiday"),
    "m": ("makeup_workday", "调休上班", "Make-up working day"),
    "o": ("override_workday", "通知调整为工作日", "Working day by notice"),
    "x": ("override_rest_day", "通知调整为休息日", "Rest day by notice"),
    STOPPED: (
        "suspended",
        "特别程序期间不计入（行政许可法第四十五条）",
        "Special procedure, not counted (Administrative Licensing Law Art. 45)",
    ),
}
ROLLED = (
    "期间的最后一日是休息日的，以次一工作日为最后一日（民法典第二百零三条）",
    "A limit that ends on a rest day ends on the next working day (Civil Code Art. 203)",
)
_WORKING = frozenset("wmo")


def explained(start: dt.date, limit: Limit, suspensions: list[dict[str, Any]], through: dt.date) -> list[dict[str, Any]]:
    """The trace day by day; numbers are those of counted days, `suspension` the number of the suspension a day fell into.

    While a suspension lasts, its days until `through` are shown too.
    """
    shown: list[dict[str, Any]] = []
    number = 0
    trace = limit.trace
    if limit.due is None:
        trace = trace.ljust((through - start).days + 1, STOPPED)
    for offset, letter in enumerate(trace):
        kind, date = letter.lower(), start + offset * DAY
        # Beyond the budget a limit only rolls off rest days: nothing is counted there.
        runs = kind != STOPPED and (limit.day_kind == NATURAL or kind in _WORKING)
        counts = offset > 0 and number < limit.budget and runs
        number += int(counts)
        why, zh, en = WORDS[kind]
        shown.append({
            "date": date, "number": number if counts or offset == 0 else None, "why": why, "why_zh": zh, "why_en": en,
            "provisional": letter.isupper(), "suspension": _number_of(suspensions, date) if kind == STOPPED else None,
        })  # fmt: skip
    return shown


def _number_of(suspensions: list[dict[str, Any]], day: dt.date) -> int | None:
    text = day.isoformat()
    for entry in suspensions:
        if entry["started_on"] <= text and (entry["ended_on"] is None or text <= entry["ended_on"]):
            return int(entry["number"])
    return None
