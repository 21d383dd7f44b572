"""One year as a table with running totals, so that counting is looking up.

Tables without overrides are the same for every calendar and are kept for the process; one with overrides belongs to its
calendar.
"""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate

from workdays import official, statutory
from workdays.values import Coverage, Day, Due, Override, Why, WhyCode


@dataclass(frozen=True, slots=True)
class YearTable:
    """The days of one year, ready to count.

    `counted[i]` is the number of working days among the first i days of the year; `dues[k]` is the (k+1)-th working day as
    a due date that rests on no provisional day; `provisional` are the days not fixed by a notice.
    """

    first_ordinal: int
    days: tuple[Day, ...]
    counted: tuple[int, ...]
    dues: tuple[Due, ...]
    provisional: tuple[dt.date, ...]

    @classmethod
    def of(cls, days: Sequence[Day]) -> "YearTable":
        """Count the days of a whole year, in order."""
        return cls(
            first_ordinal=days[0].date.toordinal(),
            days=tuple(days),
            counted=tuple(accumulate((int(day.is_workday) for day in days), initial=0)),
            dues=tuple(Due(day.date, provisional=False, provisional_days=()) for day in days if day.is_workday),
            provisional=tuple(day.date for day in days if day.provisional),
        )

    def day(self, date: dt.date) -> Day:
        """Give one day of this year."""
        return self.days[date.toordinal() - self.first_ordinal]

    def counted_through(self, date: dt.date) -> int:
        """Count the working days from 1 January to `date`, both included."""
        return self.counted[date.toordinal() - self.first_ordinal + 1]

    def provisional_between(self, first: dt.date, last: dt.date) -> tuple[dt.date, ...]:
        """Give the provisional days from `first` to `last`, both included; either may lie outside this year."""
        return self.provisional[bisect_left(self.provisional, first) : bisect_right(self.provisional, last)]

    def with_overrides(self, overrides: Sequence[Override]) -> "YearTable":
        """Give this year with some of its days replaced."""
        days = list(self.days)
        for override in overrides:
            index = override.date.toordinal() - self.first_ordinal
            days[index] = _overridden(days[index], override)
        return YearTable.of(days)


def coverage(year: int, notice_no: str | None) -> Coverage:
    """Say what `year` rests on; the library's notice goes before a stated one."""
    if official.FIRST_YEAR <= year <= official.LAST_YEAR:
        return Coverage.OFFICIAL
    return Coverage.NOTICE if notice_no is not None else statutory.coverage(year)


@lru_cache(maxsize=256)
def base_table(year: int, notice_no: str | None) -> YearTable:
    """Give `year` before any override."""
    january_first = dt.date(year, 1, 1)
    length = (dt.date(year + 1, 1, 1) - january_first).days
    dates = [january_first + dt.timedelta(days=i) for i in range(length)]
    covered = coverage(year, notice_no)
    if covered is Coverage.OFFICIAL:
        return YearTable.of([official.official_day(date) for date in dates])
    if notice_no is not None:
        return YearTable.of([statutory.noticed_day(date, notice_no) for date in dates])
    return YearTable.of([statutory.provisional_day(date) for date in dates])


def _overridden(day: Day, override: Override) -> Day:
    code = WhyCode.OVERRIDE_WORKDAY if override.is_workday else WhyCode.OVERRIDE_REST_DAY
    kind_zh = "上班" if override.is_workday else "放假"
    kind_en = "Working day" if override.is_workday else "Rest day"
    why = Why(
        code,
        f"{kind_zh}：{override.reason}（{override.notice_no}）",
        f"{kind_en} by notice {override.notice_no}: {override.reason}",
    )
    return replace(day, is_workday=override.is_workday, provisional=False, why=why)
