"""When a month's reports open, until when they are signed and compiled."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from services.intake.domain.clocks import morning
from services.intake.domain.rules import Now

NEXT, AS_IS = "next", "as_is"
REST_DAYS = (NEXT, AS_IS)


@dataclass(frozen=True)
class MonthlyRules:
    """`open_day` and `compile_day` are days of the month after the reported one (1 and 5, S3§3 Art. 17-5); `on_rest_days`: when such a day is a rest day,
    the next working day takes its place, or it stays. `remind_days`: for so many working days a missing report is told again.
    """

    open_day: int = 1
    compile_day: int = 5
    on_rest_days: str = NEXT
    remind_days: int = 5


def month_of(day: dt.date) -> dt.date:
    """The first day of its month."""
    return day.replace(day=1)


def month_after(month: dt.date) -> dt.date:
    """The first day of the next month."""
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


def bounds(month: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """The month's first moment in China, and the next month's."""
    return morning(month), morning(month_after(month))


def opens_on(month: dt.date, now: Now, rules: MonthlyRules) -> dt.date:
    """The day on which the reports of a month open."""
    return _moved(month_after(month).replace(day=rules.open_day), now, rules)


def first_look(month: dt.date, rules: MonthlyRules) -> dt.datetime:
    """When time has to look at a month first: the calendar is asked only then, because a notice may still move the day."""
    return morning(month_after(month).replace(day=rules.open_day))


def sign_until(now: Now, rules: MonthlyRules) -> dt.date:
    """The last day to sign reports that open today: today, also when the house opens them late; a window never pays for its downtime."""
    return _moved(now.today, now, rules)


def compile_until(month: dt.date, signed_until: dt.date, now: Now, rules: MonthlyRules) -> dt.date:
    """The last day to compile: at least one working day after the last one to sign."""
    day = _moved(month_after(month).replace(day=rules.compile_day), now, rules)
    return day if day > signed_until else now.calendar.next_workday(signed_until)


def _moved(day: dt.date, now: Now, rules: MonthlyRules) -> dt.date:
    return day if rules.on_rest_days == AS_IS else now.calendar.on_or_after(day).date


def days_late(due: dt.date, now: Now) -> int:
    """Working days since the last day."""
    return now.calendar.workdays_between(due, now.today) if now.today > due else 0


def next_telling(due: dt.date, told: int, now: Now, rules: MonthlyRules) -> dt.datetime | None:
    """When the next working day late has to be told; None when all have been."""
    return None if told >= rules.remind_days else morning(now.calendar.add_workdays(due, told + 1).date)
