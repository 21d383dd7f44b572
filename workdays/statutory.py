"""The statutory minima for a year whose notice is not out yet.

Source: the regulation on public holidays (全国年节及纪念日放假办法), as revised on 2024-11-10: Art. 2 (thirteen days off for all
citizens) and Art. 6 (a holiday that falls on a weekend is made up for on a working day). Which days are swapped and which
weekends are worked is known only from the yearly notice, so everything here is provisional.
"""

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache

from workdays.official import name_zh, ordinary_why
from workdays.values import Coverage, Day, Why, WhyCode

FIXED: Mapping[str, tuple[tuple[int, int], ...]] = {
    "New Year's Day": ((1, 1),),
    "Labour Day": ((5, 1), (5, 2)),
    "National Day": ((10, 1), (10, 2), (10, 3)),
}
"""Holidays with the same date every year."""

MOVABLE: Mapping[int, Mapping[str, tuple[tuple[int, int], ...]]] = {
    2027: {
        "Spring Festival": ((2, 5), (2, 6), (2, 7), (2, 8)),
        "Tomb-sweeping Day": ((4, 5),),
        "Dragon Boat Festival": ((6, 9),),
        "Mid-autumn Festival": ((9, 15),),
    },
}
"""Holidays by lunar calendar or solar term, written down year by year; the next year is one more entry."""


def coverage(year: int) -> Coverage:
    """Say how complete the minima of `year` are."""
    return Coverage.STATUTORY_MINIMA if year in MOVABLE else Coverage.FIXED_DATES_ONLY


@lru_cache(maxsize=128)
def holidays(year: int) -> Mapping[dt.date, str]:
    """Give the statutory holidays of `year` by date, weekends included, without substitutes."""
    named = [*FIXED.items(), *MOVABLE.get(year, {}).items()]
    found = {dt.date(year, month, day): name for name, dates in named for month, day in dates}
    return dict(sorted(found.items()))


@lru_cache(maxsize=128)
def substitutes(year: int) -> Mapping[dt.date, str]:
    """Give the weekdays off that make up for holidays on weekends (补假): the next free weekday, in order."""
    taken = holidays(year)
    found: dict[dt.date, str] = {}
    for holiday, name in taken.items():
        if holiday.isoweekday() not in {6, 7}:
            continue
        day = holiday
        while day.isoweekday() in {6, 7} or day in taken or day in found:
            day += dt.timedelta(days=1)
        found[day] = name
    return found


def provisional_day(date: dt.date) -> Day:
    """Answer one day of a year without a notice."""
    why = _why(date, substitutes(date.year).get(date))
    lunar = "" if date.year in MOVABLE else "，农历节日未计入"
    lunar_en = "" if date.year in MOVABLE else ", lunar holidays not included"
    zh = f"{why.zh}（暂定：{date.year}年放假安排未公布{lunar}）"
    en = f"{why.en} (provisional: {date.year} schedule not published{lunar_en})"
    return Day(date, why.code is WhyCode.WORKDAY, provisional=True, why=Why(why.code, zh, en))


def noticed_day(date: dt.date, notice_no: str) -> Day:
    """Answer one day of a year whose notice the overrides carry: what they leave out is an ordinary or statutory day."""
    why = _why(date, None)
    stated = Why(why.code, f"{why.zh}（{notice_no}）", f"{why.en} ({notice_no})")
    return Day(date, why.code is WhyCode.WORKDAY, provisional=False, why=stated)


def _why(date: dt.date, substitute: str | None) -> Why:
    holiday = holidays(date.year).get(date)
    if holiday is not None:
        return Why(WhyCode.STATUTORY_HOLIDAY, f"{name_zh(holiday)}放假", f"Holiday: {holiday}")
    if substitute is not None:
        return Why(WhyCode.SUBSTITUTE_HOLIDAY, f"{name_zh(substitute)}补假", f"Substitute day off, {substitute}")
    return ordinary_why(date)
