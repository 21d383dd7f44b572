"""The yearly State Council notices as chinesecalendar carries them; the only module that touches the library."""

import datetime as dt

import chinese_calendar
from chinese_calendar import constants

from workdays.values import Day, Why, WhyCode

VERSION: str = chinese_calendar.__version__
FIRST_YEAR: int = min(constants.holidays).year
LAST_YEAR: int = max(constants.holidays).year

_NAMES_ZH: dict[str, str] = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}


def official_day(date: dt.date) -> Day:
    """Answer one day of a year between `FIRST_YEAR` and `LAST_YEAR`."""
    is_workday = bool(chinese_calendar.is_workday(date))
    return Day(date, is_workday, provisional=False, why=_why(date))


def _why(date: dt.date) -> Why:
    makeup = constants.workdays.get(date)
    if makeup is not None:
        return Why(WhyCode.MAKEUP_WORKDAY, f"{name_zh(makeup)}调休上班", f"Make-up working day for {makeup}")
    holiday = constants.holidays.get(date)
    if holiday is not None and date in constants.in_lieu_days:
        return Why(WhyCode.HOLIDAY_IN_LIEU, f"{name_zh(holiday)}调休放假", f"Day off in lieu, {holiday}")
    if holiday is not None:
        return Why(WhyCode.STATUTORY_HOLIDAY, f"{name_zh(holiday)}放假", f"Holiday: {holiday}")
    return ordinary_why(date)


def ordinary_why(date: dt.date) -> Why:
    """Give the reason of a day that no notice mentions."""
    if date.isoweekday() in {6, 7}:
        return Why(WhyCode.WEEKEND, "双休日", "Weekend")
    return Why(WhyCode.WORKDAY, "工作日", "Working day")


def name_zh(name: str) -> str:
    """Give the Chinese name of a holiday; a name the table lacks (a newer library) is shown as it is."""
    return _NAMES_ZH.get(name, name)
