"""Monthly case statistics: what the windows sign, what the hall compiles and forwards."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.errors import HallbusError, NotFound, adopt
from services.intake import monthly_views, reference
from services.intake.domain.monthly.days import MonthlyRules
from services.intake.domain.monthly.figures import Computed, nothing
from services.intake.domain.monthly.hall_report import Compilation, HallReport, Part
from services.intake.domain.monthly.window_report import SUBMITTED, Signature, WindowReport
from services.intake.domain.rules import Now
from services.intake.monthly_register import Register, read_register
from services.intake.orm.monthly import hall_reports, window_reports

Answer = dict[str, Any]


def submit_monthly_report(
    db: Db, rules: MonthlyRules, *, report_id: str, computed_at: dt.datetime, remarks: str, submitted_by: str | None
) -> Answer | HallbusError | None:
    """The window signs the figures it has seen; changed ones are stored and shown first."""
    with db.transaction() as tx:
        report = _locked(tx, report_id)
        _hall_of(tx, report.hall_id, report.month, share=True).require_open()
        fresh = own_figures(read_register(tx, report.hall_id, report.month), report, tx.now)
        signature = Signature(tx.caller.acting_as(submitted_by, "submitted_by"), computed_at, remarks)
        changed = report.submit(signature, fresh, now=_now(tx), rules=rules)
        # Returned, not raised: the new figures stay.
        return adopt(changed) if changed is not None else monthly_views.window_view(report)


def reopen_monthly_report(db: Db, rules: MonthlyRules, *, report_id: str, reason: str) -> Answer:
    """Take a window's signature back; the hall must not have compiled it."""
    with db.transaction() as tx:
        report = _locked(tx, report_id)
        _hall_of(tx, report.hall_id, report.month, share=True).require_open()
        report.reopen(by=tx.caller.identity, reason=reason, now=_now(tx), rules=rules)
        return monthly_views.window_view(report)


def compile_monthly_reports(
    db: Db, rules: MonthlyRules, *, hall_id: str, month: dt.date, missing_window_ids: list[str], reason: str
) -> Answer:
    """Sum up the windows of a hall."""
    with db.transaction() as tx:
        report = _hall_of(tx, hall_id, month)
        register = read_register(tx, hall_id, month)
        wanted = Compilation(tx.caller.identity, tuple(missing_window_ids), reason)
        report.compile(wanted, parts_of(tx, hall_id, month), register.windows, now=_now(tx), rules=rules, at_log=register.log)
        return monthly_views.hall_view(report)


def forward_hall_report(db: Db, *, hall_id: str, month: dt.date) -> Answer:
    """Forward the compiled report to the upper centre."""
    with db.transaction() as tx:
        report = _hall_of(tx, hall_id, month)
        report.report(by=tx.caller.identity, now=_now(tx))
        return monthly_views.hall_view(report)


def reopen_hall_report(db: Db, rules: MonthlyRules, *, hall_id: str, month: dt.date, reason: str) -> Answer:
    """Take a hall's report back; what was compiled is kept, and windows that had not signed are reminded again."""
    with db.transaction() as tx:
        report = _hall_of(tx, hall_id, month)
        report.reopen(by=tx.caller.identity, reason=reason, now=_now(tx), rules=rules)
        table = window_reports.c
        missing = sa.and_(table.hall_id == hall_id, table.month == month, table.state != SUBMITTED)
        tx.execute(sa.update(window_reports).where(missing).values(timer_at=tx.now))
        return monthly_views.hall_view(report)


def own_figures(register: Register, report: WindowReport, at: dt.datetime) -> Computed:
    """The window's figures in the register, also when it has none."""
    return register.windows.get(report.window_id, Computed(nothing(), report.unit_id, at, *register.log))


def parts_of(tx: Transaction, hall_id: str, month: dt.date) -> list[Part]:
    """The reports of a hall's windows, by window."""
    table = window_reports.c
    rows = tx.execute(sa.select(window_reports).where(table.hall_id == hall_id, table.month == month).order_by(table.window_id))
    return [Part(row.window_id, row.unit_id, row.report_id, row.state == SUBMITTED, row.round, row.due, row.figures) for row in rows]


def _locked(tx: Transaction, report_id: str) -> WindowReport:
    report = tx.find(WindowReport, report_id, for_update=True)
    if report is None:
        raise NotFound("MONTHLY_REPORT_NOT_FOUND", f"report_id: no report {report_id}", report_id=report_id)
    tx.caller.require(report.region, report.hall_id)
    return report


def _hall_of(tx: Transaction, hall_id: str, month: dt.date, *, share: bool = False) -> HallReport:
    # Signing shares the hall's row and compiling has it alone, so that nothing is signed beside a sum that is being made.
    tx.caller.require(reference.region_of_hall(tx, hall_id), hall_id)
    table = hall_reports.c
    wanted = sa.select(HallReport).where(table.hall_id == hall_id, table.month == month, table.state != "waiting")
    report: HallReport | None = tx.session.execute(
        wanted.with_for_update(read=share), execution_options={"populate_existing": True}
    ).scalar_one_or_none()
    if report is None:
        raise NotFound("HALL_REPORT_NOT_FOUND", f"month: the hall has no report of {month:%Y-%m}", hall_id=hall_id)
    return report


def _now(tx: Transaction) -> Now:
    return Now(tx.now, reference.book(tx))
