"""Figures of the agency register: shares and ages, without a float (M-B21: on-time submission rate, age of open cases)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Age:
    """So many entries are so many working days old."""

    days: int
    count: int


def percent(part: int, whole: int) -> str:
    """Percent with one decimal, half up; empty when there is nothing to judge."""
    if not whole:
        return ""
    tenths = (part * 2000 + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}"


def spread(ages: Iterable[Age]) -> tuple[str, int | None]:
    """(median, maximum) of the ages; the median of an even number lies in the middle of two and may end in .5. Empty and None for nothing."""
    ordered = sorted(ages, key=lambda age: age.days)
    total = sum(age.count for age in ordered)
    if not total:
        return "", None
    low, high = _at(ordered, (total - 1) // 2), _at(ordered, total // 2)
    whole, half = divmod(low + high, 2)
    return f"{whole}.5" if half else str(whole), ordered[-1].days


def _at(ordered: list[Age], index: int) -> int:
    """The age of the entry at an index, counted from the youngest."""
    passed = 0
    for age in ordered:
        passed += age.count
        if index < passed:
            return age.days
    raise IndexError(index)
