"""What happens to the report of a window or of a hall."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class ReportHappening:
    """`version` counts the happenings of one report without gaps; `at` is when it was recorded."""

    version: int
    at: dt.datetime


@dataclass(frozen=True)
class WindowOpened(ReportHappening):
    """The window's report of a month stands ready to be checked and signed."""


@dataclass(frozen=True)
class WindowSubmitted(ReportHappening):
    """The window has signed."""


@dataclass(frozen=True)
class WindowLate(ReportHappening):
    """One more working day without the window's signature."""

    days_late: int
    as_of: dt.date


@dataclass(frozen=True)
class WindowReopened(ReportHappening):
    """The signature was taken back."""


@dataclass(frozen=True)
class HallCompiled(ReportHappening):
    """The hall has summed its windows up."""


@dataclass(frozen=True)
class HallLate(ReportHappening):
    """One more working day on which the hall has not compiled."""

    days_late: int
    as_of: dt.date


@dataclass(frozen=True)
class HallReported(ReportHappening):
    """The hall's report went to the upper centre."""


@dataclass(frozen=True)
class HallReopened(ReportHappening):
    """The hall's report was taken back."""
