"""Values that go into the calendar and come out of it; all immutable."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from workdays.bounds import require_date
from workdays.errors import CalendarError


class WhyCode(StrEnum):
    """Why a day is what it is; stable, for programs and stored explanations."""

    WORKDAY = "workday"
    """Monday to Friday, nothing special (工作日)."""
    WEEKEND = "weekend"
    """Saturday or Sunday (双休日)."""
    STATUTORY_HOLIDAY = "statutory_holiday"
    """Inside a statutory holiday (法定节假日)."""
    HOLIDAY_IN_LIEU = "holiday_in_lieu"
    """A weekday off in exchange for a make-up day (调休放假)."""
    SUBSTITUTE_HOLIDAY = "substitute_holiday"
    """A weekday off because the holiday fell on a weekend (补假); computed, so only in years without a notice."""
    MAKEUP_WORKDAY = "makeup_workday"
    """A Saturday or Sunday that is worked (调休上班)."""
    OVERRIDE_WORKDAY = "override_workday"
    """Made a working day by an override."""
    OVERRIDE_REST_DAY = "override_rest_day"
    """Made a rest day by an override."""
    START_DAY = "start_day"
    """The day the count starts from; never counted (Civil Code Art. 201). Only in `Calendar.explain`."""


class Coverage(StrEnum):
    """What a year's answers rest on."""

    OFFICIAL = "official"
    """The State Council's notice, from chinesecalendar."""
    NOTICE = "notice"
    """A `YearNotice` and its overrides."""
    STATUTORY_MINIMA = "statutory_minima"
    """Provisional: all statutory holidays, no swapped days."""
    FIXED_DATES_ONLY = "fixed_dates_only"
    """Provisional: only holidays with a fixed date; lunar ones and Qingming are missing."""

    @property
    def provisional(self) -> bool:
        """Whether a later notice may change any day of such a year."""
        return self in {Coverage.STATUTORY_MINIMA, Coverage.FIXED_DATES_ONLY}


@dataclass(frozen=True, slots=True)
class Why:
    """A reason: its code and a short text for the public in Chinese and English."""

    code: WhyCode
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Day:
    """One day as the calendar sees it.

    `provisional` means that no notice has fixed this day yet (未公布). `number` is set by `Calendar.explain` only: 0 is
    the starting day, k the k-th counted day, None a day that was passed over.
    """

    date: dt.date
    is_workday: bool
    provisional: bool
    why: Why
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A due date; the limit ends at close of business of `date` (Civil Code Art. 203).

    `provisional_days` are the days the date rests on that no notice has fixed yet, rest days included, in order;
    `provisional` says that there are any. Such a due date must be recalculated when the notice comes.
    """

    date: dt.date
    provisional: bool
    provisional_days: tuple[dt.date, ...]


@dataclass(frozen=True, slots=True)
class Override:
    """What a notice says about one day; stronger than every other source.

    `reason` is the text shown to people (zh-CN), `notice_no` the document number (发文字号) it rests on.
    Raises `CalendarError` with `DATE_EXPECTED`, `DATE_BEFORE_CALENDAR`, `DATE_AFTER_CALENDAR` or `TEXT_MISSING`.
    """

    date: dt.date
    is_workday: bool
    reason: str
    notice_no: str

    def __post_init__(self) -> None:
        """Refuse what could not be explained later."""
        require_date("override.date", self.date)
        _require_text("override.reason", self.reason, self.date.isoformat())
        _require_text("override.notice_no", self.notice_no, self.date.isoformat())


@dataclass(frozen=True, slots=True)
class YearNotice:
    """States that a year's holiday notice is out and that the overrides carry all of it.

    Needed where the installed chinesecalendar does not know the year: without it, the year's ordinary days would stay
    provisional. The overrides must list every rest weekday and every make-up day of the notice; statutory holidays
    themselves stay rest days even when forgotten, but nothing is computed for their weekend substitutes any more.
    Raises `CalendarError` with `DATE_BEFORE_CALENDAR`, `DATE_AFTER_CALENDAR` or `TEXT_MISSING`.
    """

    year: int
    notice_no: str

    def __post_init__(self) -> None:
        """Refuse a year outside the calendar and a notice that nobody can look up."""
        if not dt.MINYEAR <= self.year <= dt.MAXYEAR:
            raise CalendarError("DATE_AFTER_CALENDAR", "notice.year", f"{self.year} is not a calendar year")
        require_date("notice.year", dt.date(self.year, 1, 1))
        _require_text("notice.notice_no", self.notice_no, str(self.year))


def _require_text(field: str, text: str, of: str) -> None:
    if not text or not text.strip():
        raise CalendarError("TEXT_MISSING", field, f"must not be empty (for {of})")
