"""Statutory working days (法定工作日) of mainland China: a calendar value and counting on it, pure functions only.

Three layers decide one day, the first that knows it wins:

1. overrides: what a notice says about one day (also for past years: 2019 and 2020 were amended mid-year),
2. chinesecalendar: the yearly notices of the General Office of the State Council (国务院办公厅关于部分节假日安排的通知),
3. for a year without a notice the statutory minima, every such day marked provisional (未公布).

Counting follows the Civil Code Art. 201 (the starting day is not counted) and Art. 203 (a natural-day limit that ends on a
rest day ends on the next working day), and the Administrative Licensing Law Art. 82 (limits are working days).

The last days of December belong to the notice of the *following* year (2006, 2007, 2011 and 2018 had swapped December days).
They are answered from the year's own notice until the library or an override says more; recalculate open cases when
`Calendar.version` changes, not only those whose due date was provisional.
"""

from workdays.acceptance import BEIJING, EffectiveStart, RestDayRule, StartCause, beijing_date, effective_start
from workdays.calendar import Calendar
from workdays.errors import CalendarError
from workdays.values import Coverage, Day, Due, Override, Why, WhyCode, YearNotice

__all__ = [
    "BEIJING",
    "Calendar",
    "CalendarError",
    "Coverage",
    "Day",
    "Due",
    "EffectiveStart",
    "Override",
    "RestDayRule",
    "StartCause",
    "Why",
    "WhyCode",
    "YearNotice",
    "beijing_date",
    "effective_start",
]
