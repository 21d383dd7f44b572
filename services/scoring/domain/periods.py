"""Assessment periods: calendar months and quarters (domain §5.7)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from services.scoring.domain.values import InvalidInputError

_MONTH = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")
_QUARTER = re.compile(r"^(\d{4})Q([1-4])$")


class PeriodKind(StrEnum):
    """How long a rulebook's period is."""

    MONTH = "month"
    QUARTER = "quarter"


@dataclass(frozen=True)
class Period:
    """A period by its code ("2026-11", "2026Q4"), first and last day both included."""

    code: str
    kind: PeriodKind
    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def period_of(kind: PeriodKind, day: date) -> Period:
    """The period that `day` falls into."""
    if kind is PeriodKind.MONTH:
        return _months(f"{day.year:04d}-{day.month:02d}", kind, day.year, day.month, 1)
    quarter = (day.month + 2) // 3
    return _months(f"{day.year:04d}Q{quarter}", kind, day.year, quarter * 3 - 2, 3)


def parse_period(code: str) -> Period:
    """The period of a code; raises InvalidInputError (PERIOD_INVALID)."""
    if (month := _MONTH.match(code)) and int(month[1]):
        return _months(code, PeriodKind.MONTH, int(month[1]), int(month[2]), 1)
    if (quarter := _QUARTER.match(code)) and int(quarter[1]):
        return _months(code, PeriodKind.QUARTER, int(quarter[1]), int(quarter[2]) * 3 - 2, 3)
    raise InvalidInputError("PERIOD_INVALID", f"{code!r} is neither a month (2026-11) nor a quarter (2026Q4)", period=code)


def month_of(day: date) -> str:
    """The calendar month that counts for "in a month" clauses: "2026-11"."""
    return f"{day.year:04d}-{day.month:02d}"


def _months(code: str, kind: PeriodKind, year: int, month: int, count: int) -> Period:
    after = year * 12 + month - 1 + count
    if after // 12 > date.max.year:
        return Period(code, kind, date(year, month, 1), date.max)
    return Period(code, kind, date(year, month, 1), date(after // 12, after % 12 + 1, 1) - timedelta(days=1))
