"""Monthly reports as the dicts that the answers show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.intake.domain.monthly.figures import Difference, rates
from services.intake.domain.monthly.hall_report import HallReport
from services.intake.domain.monthly.window_report import WindowReport

_OF_WINDOW = (
    "report_id", "region", "hall_id", "window_id", "unit_id", "due", "state", "round", "days_late", "opened_at", "computed_at", "log_epoch",
    "log_seq", "remarks", "submitted_by", "submitted_at", "version",
)  # fmt: skip
_OF_HALL = (
    "report_id", "region", "hall_id", "due", "state", "round", "days_late", "opened_at", "computed_at", "log_epoch", "log_seq", "missing_reason",
    "corrections", "compiled_by", "compiled_at", "reported_by", "reported_at", "version",
)  # fmt: skip


def figures_view(figures: Mapping[str, int]) -> dict[str, Any]:
    """Figures with the rates that follow from them."""
    return {**figures, **rates(figures)}


def window_view(report: WindowReport) -> dict[str, Any]:
    """A window's report with what was signed before."""
    return {
        **{name: getattr(report, name) for name in _OF_WINDOW},
        "month": f"{report.month:%Y-%m}", "figures": figures_view(report.figures), "history": [_round(entry) for entry in report.history],
    }  # fmt: skip


def hall_view(report: HallReport) -> dict[str, Any]:
    """A hall's report with its windows and what was compiled before."""
    return {
        **{name: getattr(report, name) for name in _OF_HALL},
        "month": f"{report.month:%Y-%m}", "missing_window_ids": report.missing,
        "figures": None if report.figures is None else figures_view(report.figures),
        "windows": [{**window, "figures": figures_view(window["figures"])} for window in report.windows],
        "history": [_round(entry) for entry in report.history],
    }  # fmt: skip


def differences_view(found: list[Difference]) -> list[dict[str, Any]]:
    """What the register says else today."""
    return [vars(difference) for difference in found]


def _round(entry: Mapping[str, Any]) -> dict[str, Any]:
    shown = {**entry, "figures": figures_view(entry["figures"])}
    if "missing" in entry:
        shown["missing_window_ids"] = entry["missing"]
    return shown
