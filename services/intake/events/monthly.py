"""Happenings → contract payloads: monthly case statistics of the windows (办件统计月报)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chassis.clock import iso
from chassis.events import Event
from services.intake.domain.monthly import happenings as h
from services.intake.domain.monthly.hall_report import HallReport
from services.intake.domain.monthly.window_report import WindowReport

_HEADLINES = ("received", "accepted", "returned", "decided", "in_time", "overdue", "delivered", "paid_fen")


def _of(report: WindowReport | HallReport, verb: str, happening: h.ReportHappening, **data: Any) -> Event:
    window = report if isinstance(report, WindowReport) else None
    common = {
        "report_id": report.report_id, "month": f"{report.month:%Y-%m}", "round": report.round,
        "window_id": window.window_id if window else None, "unit_id": window.unit_id if window else None,
    }  # fmt: skip
    type_ = f"intake.monthly_report.{verb}"
    return Event(type_, report.report_id, happening.version, report.region, report.hall_id, happening.at, {**common, **data})


def _headlines(report: WindowReport | HallReport) -> dict[str, int]:
    return {name: (report.figures or {}).get(name, 0) for name in _HEADLINES}


def opened(report: WindowReport, happening: h.WindowOpened) -> Event:
    """Ready to be signed."""
    return _of(report, "opened", happening, due=report.due.isoformat(), opened_at=iso(happening.at))


def submitted(report: WindowReport, happening: h.WindowSubmitted) -> Event:
    """Signed; the remarks stay here."""
    data = {"submitted_by": report.submitted_by, "days_late": report.days_late, "computed_at": iso(report.computed_at)}
    return _of(report, "submitted", happening, submitted_at=iso(happening.at), **data, **_headlines(report))


def late(report: WindowReport, happening: h.WindowLate) -> Event:
    """One more working day without a signature."""
    return _of(report, "late", happening, due=report.due.isoformat(), days_late=happening.days_late, as_of=happening.as_of.isoformat())


def compile_late(report: HallReport, happening: h.HallLate) -> Event:
    """One more working day without a sum."""
    assert report.due is not None
    days = {"days_late": happening.days_late, "as_of": happening.as_of.isoformat()}
    return _of(report, "compile_late", happening, due=report.due.isoformat(), **days)


def compiled(report: HallReport, happening: h.HallCompiled) -> Event:
    """Summed up."""
    assert report.computed_at is not None
    data = {
        "compiled_by": report.compiled_by, "days_late": report.days_late, "window_count": len(report.windows), "missing_window_ids": report.missing,
        "computed_at": iso(report.computed_at), "log_epoch": report.log_epoch, "log_seq": report.log_seq,
    }  # fmt: skip
    return _of(report, "compiled", happening, compiled_at=iso(happening.at), **data, **_headlines(report))


def reported(report: HallReport, happening: h.HallReported) -> Event:
    """Forwarded."""
    return _of(report, "reported", happening, reported_by=report.reported_by, reported_at=iso(happening.at), **_headlines(report))


def reopened(report: WindowReport | HallReport, happening: h.ReportHappening) -> Event:
    """Taken back; why stays here."""
    assert report.due is not None
    by = report.history[-1]["reopened_by"]
    return _of(report, "reopened", happening, reopened_by=by, reopened_at=iso(happening.at), due=report.due.isoformat())


MAPPERS: dict[type, Callable[[Any, Any], Event]] = {
    h.WindowOpened: opened,
    h.WindowSubmitted: submitted,
    h.WindowLate: late,
    h.WindowReopened: reopened,
    h.HallCompiled: compiled,
    h.HallLate: compile_late,
    h.HallReported: reported,
    h.HallReopened: reopened,
}
