"""The range the calendar answers for, and the checks of its arguments."""

import datetime as dt

from workdays.errors import CalendarError

FIRST_DATE = dt.date(2004, 1, 1)
"""The first day of the first year chinesecalendar has a notice for."""
LAST_DATE = dt.date(2100, 12, 31)
"""The last day answered; a later date is a broken clock or a typing error, not a deadline."""


def require_date(field: str, value: dt.date) -> None:
    """Refuse what is not a plain date inside the range.

    A datetime is refused because its day depends on the time zone: `beijing_date` makes the choice visible.
    """
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
        raise CalendarError("DATE_EXPECTED", field, f"a date is expected, got {value!r}; use beijing_date for a moment")
    if value < FIRST_DATE:
        raise CalendarError("DATE_BEFORE_CALENDAR", field, f"{value} is before {FIRST_DATE}, the calendar's first day")
    if value > LAST_DATE:
        raise CalendarError("DATE_AFTER_CALENDAR", field, f"{value} is after {LAST_DATE}, the calendar's last day")


def require_count(field: str, value: int) -> None:
    """Refuse a number of days that is not a whole number from 0 up."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise CalendarError("DAYS_NOT_A_COUNT", field, f"a whole number of days from 0 up is expected, got {value!r}")


def past_the_end(field: str, start: dt.date, n: int) -> CalendarError:
    """Describe a count that runs out of the calendar."""
    text = f"{n} days after {start} is past {LAST_DATE}, the calendar's last day"
    return CalendarError("DATE_AFTER_CALENDAR", field, text)
