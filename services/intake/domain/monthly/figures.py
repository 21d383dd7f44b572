"""The figures of a month: what is counted, their sums, their differences and the rates that follow. Whole numbers; money is fen, time working days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

RETURN_REASONS = ("prohibited", "not_eligible", "not_competent", "not_supplied", "withdrawn")
TIME_CLASSES = ("immediate", "promised")
KINDS = ("immediate", "promised", "joint", "agency")
METHODS = ("window", "courier", "elsewhere")

COLUMNS = (
    "received",
    "accepted", *(f"accepted_{time_class}" for time_class in TIME_CLASSES), *(f"kind_{kind}" for kind in KINDS), "deemed",
    "returned", *(f"returned_{reason}" for reason in RETURN_REASONS),
    "supplement_cases", "supplement_notices", "repeated_notices",
    "decided", "approved", "rejected", *(f"decided_{time_class}" for time_class in TIME_CLASSES),
    "in_time", "overdue", "overdue_days", "promised_days_used", "early_promised", "early_legal",
    "green_channel", "joint", "agency",
    "suspended", "extended",
    "delivered", *(f"delivered_{method}" for method in METHODS),
    "carried_in", "carried_out",
    "charges_paid", "paid_fen", "waivers", "waived_fen",
)  # fmt: skip
"""Cases by what happened to them in the month; `kind_…` and `accepted_…` split `accepted`; the other two of the six kinds (六件) are `supplement_cases`
and `returned`. `supplement_cases` are the abnormal cases (异常办件), counted in the month of their first notice; `repeated_notices` the second lists.
`carried_…` are accepted and undecided cases at the month's beginning and end: carried_in + accepted = decided + carried_out.
"""

Figures = dict[str, int]


@dataclass(frozen=True)
class Computed:
    """Figures with the moment at which they were computed and the position of the case log: every event up to `log_seq` of `log_epoch` is in them."""

    figures: Figures
    unit_id: str
    at: dt.datetime
    log_epoch: int
    log_seq: int


@dataclass(frozen=True)
class Difference:
    """One figure that is not what was reported."""

    column: str
    reported: int
    now: int


def nothing() -> Figures:
    """Figures of a month without cases."""
    return dict.fromkeys(COLUMNS, 0)


def total(parts: Iterable[Mapping[str, int]]) -> Figures:
    """The sum of figures, column by column."""
    whole = nothing()
    for part in parts:
        for column in COLUMNS:
            whole[column] += part.get(column, 0)
    return whole


def differences(reported: Mapping[str, int], now: Mapping[str, int]) -> list[Difference]:
    """What has changed since, in the order of the columns."""
    return [
        Difference(column, reported.get(column, 0), now.get(column, 0))
        for column in COLUMNS
        if reported.get(column, 0) != now.get(column, 0)
    ]


def rates(figures: Mapping[str, int]) -> dict[str, str]:
    """Percentages and the mean of working days used, both with two decimals, half up; a dash when there is nothing to divide by (§4.2)."""
    promised = figures["decided_promised"]
    return {
        "in_time_rate": _quotient(100 * figures["in_time"], figures["decided"]),
        "early_promised_rate": _quotient(100 * figures["early_promised"], promised),
        "early_legal_rate": _quotient(100 * figures["early_legal"], promised),
        "mean_days": _quotient(figures["promised_days_used"], promised),
    }


def _quotient(part: int, whole: int) -> str:
    if not whole:
        return "–"
    hundredths = (200 * part + whole) // (2 * whole)
    return f"{hundredths // 100}.{hundredths % 100:02}"
