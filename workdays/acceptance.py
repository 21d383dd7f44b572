"""From the moment something is received to the day its limit starts from (domain: acceptance on a rest day)."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from workdays.bounds import require_date
from workdays.calendar import Calendar
from workdays.errors import CalendarError

BEIJING = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")
"""Legal time of all of China; no summer time since 1991, so a fixed offset is exact for the calendar's range."""


class RestDayRule(StrEnum):
    """What happens to something received on a rest day; the two give different due dates."""

    STAMP_ON_DAY = "stamp_on_day"
    """Accepted on the rest day itself: duty staff really took it in. Day 1 is the next working day."""
    NEXT_WORKDAY = "next_workday"
    """Deemed accepted on the next working day, which is day 0: nobody was there (online submission)."""


class StartCause(StrEnum):
    """Why the start day is what it is."""

    AS_RECEIVED = "as_received"
    """The day it was received."""
    REST_DAY = "rest_day"
    """Received on a rest day, moved to the next working day."""
    AFTER_CLOSING = "after_closing"
    """Received on a working day after closing, moved to the next working day."""


@dataclass(frozen=True, slots=True)
class EffectiveStart:
    """Day 0 of a limit: pass `date` to `Calendar.add_workdays`.

    `provisional_days` are the days this choice rests on that no notice has fixed yet.
    """

    date: dt.date
    cause: StartCause
    provisional: bool
    provisional_days: tuple[dt.date, ...]


def beijing_date(moment: dt.datetime) -> dt.date:
    """Give the day in China on which `moment` falls, whatever zone it is written in.

    Raises `CalendarError` with `TIME_ZONE_MISSING` for a naive datetime.
    """
    return _beijing("moment", moment).date()


def effective_start(
    received: dt.datetime,
    calendar: Calendar,
    closing: dt.time | None = None,
    rule: RestDayRule = RestDayRule.NEXT_WORKDAY,
) -> EffectiveStart:
    """Decide the day from which the limit of something received at `received` is counted.

    Rest day: by `rule`. Working day: that day, unless `closing` (Beijing wall clock, the last accepted moment) is given and
    passed; then the next working day, because a day with business hours ends when business stops (Civil Code Art. 203).
    `closing` plays no part on a rest day; pass None for what staff took in themselves after hours.
    Raises `CalendarError` with `TIME_ZONE_MISSING`, `CLOSING_WITH_TIME_ZONE` or a date reason for `received`.
    """
    if closing is not None and closing.tzinfo is not None:
        raise CalendarError("CLOSING_WITH_TIME_ZONE", "closing", "wall-clock time of the hall expected, without a zone")
    local = _beijing("received", received)
    day = local.date()
    require_date("received", day)
    late = closing is not None and local.time() > closing
    kept = calendar.day(day)
    if kept.is_workday:
        cause = StartCause.AFTER_CLOSING if late else StartCause.AS_RECEIVED
    else:
        cause = StartCause.REST_DAY if rule is RestDayRule.NEXT_WORKDAY else StartCause.AS_RECEIVED
    moved = cause is not StartCause.AS_RECEIVED
    due = calendar.add_workdays(day, 1 if moved else 0)
    # Stamped on the day and no closing passed: the same answer whatever the day turns out to be.
    rests_on_day = kept.provisional and (late or rule is RestDayRule.NEXT_WORKDAY)
    open_days = ((day,) if rests_on_day else ()) + due.provisional_days
    return EffectiveStart(due.date, cause, bool(open_days), open_days)


def _beijing(field: str, moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise CalendarError("TIME_ZONE_MISSING", field, f"{moment!r} has no time zone")
    try:
        return moment.astimezone(BEIJING)
    except OverflowError as error:
        raise CalendarError("DATE_AFTER_CALENDAR", field, f"{moment!r} has no day in Beijing time") from error
