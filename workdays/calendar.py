"""The calendar: an immutable value that answers days and counts them."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

from workdays import official, statutory, years
from workdays.bounds import FIRST_DATE, LAST_DATE, past_the_end, require_count, require_date
from workdays.errors import CalendarError
from workdays.values import Coverage, Day, Due, Override, Why, WhyCode, YearNotice

_K = TypeVar("_K")
_V = TypeVar("_V")

_RULES = 1
"""Raised when the counting itself changes, so that stored calculations keep naming the rules they were made with."""

_START_DAY = Why(WhyCode.START_DAY, "起算当日不计入（民法典第二百零一条）", "Starting day, not counted (Civil Code Art. 201)")


@dataclass(frozen=True, init=False)
class Calendar:
    """Statutory working days (法定工作日) under a given set of overrides.

    Equal inputs make equal calendars. Building is cheap; a year's table is made when first asked for, after that every
    count is a look-up. Every method takes plain dates (see `beijing_date`) from 2004 to 2100 and raises `CalendarError`
    (a ValueError) with `DATE_EXPECTED`, `DATE_BEFORE_CALENDAR` or `DATE_AFTER_CALENDAR` for anything else.
    """

    overrides: tuple[Override, ...]
    notices: tuple[YearNotice, ...]
    _by_year: Mapping[int, tuple[Override, ...]] = field(repr=False, compare=False)
    _notice_of: Mapping[int, str] = field(repr=False, compare=False)
    _tables: dict[int, years.YearTable] = field(repr=False, compare=False)

    def __init__(self, overrides: Iterable[Override] = (), notices: Iterable[YearNotice] = ()) -> None:
        """Take the overrides in force (one per date, any order) and the notices they carry in full.

        Raises `CalendarError` with `OVERRIDE_DUPLICATE`, `NOTICE_DUPLICATE`, or `NOTICE_WITHOUT_DAYS` for a notice of a
        year that neither the library nor any override knows.
        """
        by_date = _by_key("overrides", "OVERRIDE_DUPLICATE", ((entry.date, entry) for entry in overrides))
        by_notice = _by_key("notices", "NOTICE_DUPLICATE", ((entry.year, entry) for entry in notices))
        by_year: dict[int, tuple[Override, ...]] = {}
        for date in sorted(by_date):
            by_year[date.year] = (*by_year.get(date.year, ()), by_date[date])
        for year in by_notice:
            if year not in by_year and year > official.LAST_YEAR:
                text = f"the notice for {year} has no override in {year}; a notice lists its rest and make-up days"
                raise CalendarError("NOTICE_WITHOUT_DAYS", "notices", text)
        self.__dict__.update(
            overrides=tuple(by_date[date] for date in sorted(by_date)),
            notices=tuple(by_notice[year] for year in sorted(by_notice)),
            _by_year=by_year,
            _notice_of={year: entry.notice_no for year, entry in by_notice.items()},
            _tables={},
        )

    @cached_property
    def version(self) -> str:
        """Name this calendar: library version and a digest of library version, minima, overrides, notices and rules.

        A stored calculation keeps it; a different version means that the calculation has to be made again.
        """
        content = [
            _RULES,
            official.VERSION,
            [official.FIRST_YEAR, official.LAST_YEAR],
            [statutory.FIXED, statutory.MOVABLE],
            [[str(o.date), o.is_workday, o.reason, o.notice_no] for o in self.overrides],
            [[n.year, n.notice_no] for n in self.notices],
        ]
        digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        return f"chinesecalendar-{official.VERSION}+{digest[:16]}"

    @property
    def published_until(self) -> dt.date:
        """The last day before the first provisional year: how long the calendar lasts without a new notice."""
        year = FIRST_DATE.year
        while year < LAST_DATE.year and not self.coverage(year + 1).provisional:
            year += 1
        return dt.date(year, 12, 31)

    def coverage(self, year: int) -> Coverage:
        """Say what the answers for `year` rest on (single overridden days apart)."""
        return years.coverage(year, self._notice_of.get(year))

    def day(self, date: dt.date) -> Day:
        """Answer one day with its reason."""
        return self._table("date", date).day(date)

    def is_workday(self, date: dt.date) -> bool:
        """Say whether `date` is a statutory working day; make-up weekends (调休上班) are."""
        return self._table("date", date).day(date).is_workday

    def next_workday(self, date: dt.date) -> dt.date:
        """Give the first working day strictly after `date`; `add_workdays(date, 1)` also tells if it is provisional."""
        return self.add_workdays(date, 1).date

    def add_workdays(self, start: dt.date, n: int) -> Due:
        """Give the n-th working day after `start`; `start` itself never counts, n = 0 gives `start`.

        Civil Code Art. 201 (counting starts on the next day), Administrative Licensing Law Art. 82 (working days).
        Raises `CalendarError` with `DAYS_NOT_A_COUNT`, or `DATE_AFTER_CALENDAR` when the result is past 2100.
        """
        require_count("n", n)
        table = self._table("start", start)
        if n == 0:
            return Due(start, provisional=False, provisional_days=())
        year, rank = start.year, table.counted_through(start) + n
        while rank > len(table.dues):
            rank -= len(table.dues)
            year += 1
            if year > LAST_DATE.year:
                raise past_the_end("n", start, n)
            table = self._year(year)
        due = table.dues[rank - 1]
        open_days = self.provisional_days(start, due.date)
        return replace(due, provisional=True, provisional_days=open_days) if open_days else due

    def on_or_after(self, date: dt.date) -> Due:
        """Give `date` when it is a working day, else the next one; rests on every day it looked at."""
        day = self.day(date)
        if day.is_workday and not day.provisional:
            return Due(date, provisional=False, provisional_days=())
        due = Due(date, False, ()) if day.is_workday else self.add_workdays(date, 1)
        open_days = ((date,) if day.provisional else ()) + due.provisional_days
        return Due(due.date, bool(open_days), open_days)

    def add_natural_days(self, start: dt.date, n: int) -> Due:
        """Give the day n calendar days after `start`, moved to the next working day when it is a rest day.

        Civil Code Art. 201 and 203. Only the last day and those it moves over can make it provisional.
        Raises `CalendarError` with `DAYS_NOT_A_COUNT`, or `DATE_AFTER_CALENDAR` when the result is past 2100.
        """
        require_count("n", n)
        require_date("start", start)
        if start.toordinal() + n > LAST_DATE.toordinal():
            raise past_the_end("n", start, n)
        return self.on_or_after(start + dt.timedelta(days=n))

    def workdays_between(self, start_exclusive: dt.date, end_inclusive: dt.date) -> int:
        """Count the working days after `start_exclusive` up to and including `end_inclusive`.

        Reversed dates give the negative of the count the other way round, so that a + b add up for any order and
        `workdays_between(due, today)` is the days overdue when positive and minus the days left when negative.
        `provisional_days` tells what the count rests on.
        """
        first, last = self._table("start_exclusive", start_exclusive), self._table("end_inclusive", end_inclusive)
        passed = last.counted_through(end_inclusive) - first.counted_through(start_exclusive)
        if first is last:
            return passed
        low, high = sorted((start_exclusive.year, end_inclusive.year))
        whole_years = sum(len(self._year(year).dues) for year in range(low, high))
        return passed + (whole_years if start_exclusive < end_inclusive else -whole_years)

    def count_inclusive(self, first: dt.date, last: dt.date) -> int:
        """Count the working days of a window, both ends included (22-working-day window of MJ-25-2).

        Raises `CalendarError` with `WINDOW_REVERSED` when `last` is before `first`.
        """
        between = self.workdays_between(first, last)
        if last < first:
            raise CalendarError("WINDOW_REVERSED", "last", f"the window ends on {last}, before it starts on {first}")
        return between + int(self.is_workday(first))

    def provisional_days(self, start_exclusive: dt.date, end_inclusive: dt.date) -> tuple[dt.date, ...]:
        """Give the days after `start_exclusive` up to and including `end_inclusive` that no notice has fixed yet."""
        first, last = self._table("start_exclusive", start_exclusive), self._table("end_inclusive", end_inclusive)
        if not first.provisional and first is last:
            return ()
        begin = start_exclusive + dt.timedelta(days=1)
        parts = (self._year(y).provisional_between(begin, end_inclusive) for y in _years(start_exclusive, end_inclusive))
        return tuple(date for part in parts for date in part)

    def explain(self, start: dt.date, n: int) -> tuple[Day, ...]:
        """Show the count of `add_workdays(start, n)` day by day, from `start` (number 0) to the due date (number n).

        Working days carry their number, rest days carry None; `why` says why each is what it is. Raises as
        `add_workdays` does.
        """
        last = self.add_workdays(start, n).date
        shown = [replace(self.day(start), why=_START_DAY, number=0)]
        number = 0
        for ordinal in range(start.toordinal() + 1, last.toordinal() + 1):
            day = self.day(dt.date.fromordinal(ordinal))
            number += int(day.is_workday)
            shown.append(replace(day, number=number) if day.is_workday else day)
        return tuple(shown)

    def _table(self, argument: str, date: dt.date) -> years.YearTable:
        if type(date) is dt.date:
            known = self._tables.get(date.year)
            if known is not None:
                return known
        require_date(argument, date)
        return self._year(date.year)

    def _year(self, year: int) -> years.YearTable:
        known = self._tables.get(year)
        if known is not None:
            return known
        table = years.base_table(year, self._notice_of.get(year))
        mine = self._by_year.get(year)
        if mine is not None:
            table = table.with_overrides(mine)
        # Two threads may both get here; they store equal tables.
        self._tables[year] = table
        return table


def _years(first: dt.date, last: dt.date) -> range:
    return range(first.year, last.year + 1)


def _by_key(argument: str, reason: str, pairs: Iterable[tuple[_K, _V]]) -> dict[_K, _V]:
    found: dict[_K, _V] = {}
    for key, value in pairs:
        if key in found:
            raise CalendarError(reason, argument, f"{key} is given twice")
        found[key] = value
    return found
