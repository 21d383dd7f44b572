"""Reads of monthly reports: what was signed and compiled, and what the register says today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.errors import NotFound
from chassis.paging import Page, page_token
from services.intake import monthly_views, reference
from services.intake.domain.monthly import days
from services.intake.domain.monthly.figures import differences, total
from services.intake.domain.monthly.hall_report import WAITING, HallReport
from services.intake.domain.monthly.window_report import WindowReport
from services.intake.domain.rules import Now
from services.intake.monthly_register import read_register
from services.intake.orm.monthly import hall_reports, window_reports
from services.intake.usecases.monthly import own_figures, parts_of

Answer = dict[str, Any]


def list_monthly_reports(db: Db, *, page_size: int | None, page_token: str | None, late: bool | None, **equal: Any) -> Answer:
    """Reports of windows, newest first."""
    late_or_not = [] if late is None else [window_reports.c.days_late > 0 if late else window_reports.c.days_late == 0]
    return _page(
        db, WindowReport, window_reports, Page.of(page_size, page_token, types=(str,)), [*_equal(window_reports, equal), *late_or_not]
    )


def list_hall_reports(db: Db, *, page_size: int | None, page_token: str | None, **equal: Any) -> Answer:
    """Reports of halls, newest first; months that are not over have none."""
    conditions = [*_equal(hall_reports, equal), hall_reports.c.state != WAITING]
    return _page(db, HallReport, hall_reports, Page.of(page_size, page_token, types=(str,)), conditions)


def get_monthly_report(db: Db, *, report_id: str) -> Answer:
    """One report as it stands, and where the register says something else today. Raises NotFound MONTHLY_REPORT_NOT_FOUND."""
    with db.read() as tx:
        report = tx.find(WindowReport, report_id)
        if report is None:
            raise NotFound("MONTHLY_REPORT_NOT_FOUND", f"report_id: no report {report_id}", report_id=report_id)
        tx.caller.require(report.region, report.hall_id)
        hall = tx.execute(
            sa.select(hall_reports.c.state).where(hall_reports.c.hall_id == report.hall_id, hall_reports.c.month == report.month)
        )
        fresh = own_figures(read_register(tx, report.hall_id, report.month), report, tx.now)
        changed = monthly_views.differences_view(differences(report.figures, fresh.figures))
        return {**monthly_views.window_view(report), "hall_state": hall.scalar_one(), "differences": changed, "recomputed_at": tx.now}


def get_hall_report(db: Db, *, hall_id: str, month: dt.date) -> Answer:
    """A hall's month. Before it is compiled: its windows as they stand. Raises NotFound HALL_NOT_FOUND, HALL_REPORT_NOT_FOUND."""
    with db.read() as tx:
        tx.caller.require(reference.region_of_hall(tx, hall_id), hall_id)
        table = hall_reports.c
        wanted = sa.select(HallReport).where(table.hall_id == hall_id, table.month == month, table.state != WAITING)
        report = tx.session.execute(wanted).scalar_one_or_none()
        if report is None:
            raise NotFound("HALL_REPORT_NOT_FOUND", f"month: the hall has no report of {month:%Y-%m}", hall_id=hall_id)
        shown = monthly_views.hall_view(report)
        if report.figures is None:
            return {**shown, "windows": _parts(tx, hall_id, month)}
        fresh = total(computed.figures for computed in read_register(tx, hall_id, month).windows.values())
        changed = monthly_views.differences_view(differences(report.figures, fresh))
        return {**shown, "differences": changed, "recomputed_at": tx.now}


def _parts(tx: Transaction, hall_id: str, month: dt.date) -> list[Answer]:
    return [{**vars(part), "figures": monthly_views.figures_view(part.figures)} for part in parts_of(tx, hall_id, month)]


def get_monthly_summary(db: Db, *, month: dt.date, region: str | None, hall_id: str | None, by: str) -> Answer:
    """What the compiled reports of a month come to, by hall or by region; halls that have not compiled are named, never passed over."""
    table = hall_reports.c
    # A hall that still waits for an earlier month has no report of this one either: the scheduler is behind.
    wanted = [sa.or_(table.month == month, sa.and_(table.month < month, table.state == WAITING))]
    if hall_id is not None:
        wanted.append(table.hall_id == hall_id)
    if region is not None:
        wanted.append(sa.or_(table.region == region, table.region.startswith(f"{region}.", autoescape=True)))
    with db.read() as tx:
        over = days.month_after(month) <= Now(tx.now).today
        columns = (table.region, table.hall_id, table.state, table.figures, table.missing)
        query = sa.select(*columns).where(tx.caller.where(table.region, table.hall_id), *wanted).order_by(table.region, table.hall_id)
        rows = tx.execute(query).mappings().all()
    compiled = [row for row in rows if row["figures"] is not None]
    return {
        "month": f"{month:%Y-%m}",
        "figures": monthly_views.figures_view(total(row["figures"] for row in compiled)),
        "rows": _by_region(compiled) if by == "region" else [_of_hall(row) for row in compiled],
        "missing_hall_ids": [row["hall_id"] for row in rows if row["figures"] is None and (over or row["state"] != WAITING)],
    }


def _of_hall(row: Mapping[Any, Any]) -> Answer:
    shown = {
        "region": row["region"],
        "hall_id": row["hall_id"],
        "state": row["state"],
        "hall_count": 1,
        "missing_window_count": len(row["missing"]),
    }
    return {**shown, "figures": monthly_views.figures_view(row["figures"])}


def _by_region(rows: list[Mapping[Any, Any]]) -> list[Answer]:
    regions: dict[str, list[Mapping[Any, Any]]] = {}
    for row in rows:
        regions.setdefault(row["region"], []).append(row)
    return [
        {
            "region": region, "hall_count": len(halls), "missing_window_count": sum(len(row["missing"]) for row in halls),
            "figures": monthly_views.figures_view(total(row["figures"] for row in halls)),
        }
        for region, halls in regions.items()
    ]  # fmt: skip


def _equal(table: sa.Table, equal: dict[str, Any]) -> list[sa.ColumnElement[bool]]:
    return [table.c[name] == value for name, value in equal.items() if value is not None]


def _page(db: Db, aggregate: type, table: sa.Table, page: Page, conditions: list[sa.ColumnElement[bool]]) -> Answer:
    view = monthly_views.window_view if aggregate is WindowReport else monthly_views.hall_view
    with db.read() as tx:
        seen = sa.and_(tx.caller.where(table.c.region, table.c.hall_id), *conditions)
        query: sa.Select[Any] = sa.select(aggregate).where(seen).order_by(table.c.report_id.desc()).limit(page.size + 1)
        if page.after is not None:
            query = query.where(table.c.report_id < page.after[0])
        rows = tx.session.execute(query).scalars().all()
        size = tx.execute(sa.select(sa.func.count()).select_from(table).where(seen)).scalar()
        shown = [view(row) for row in rows[: page.size]]
    return {"reports": shown, "next_page_token": _token(shown) if len(rows) > page.size else "", "total_size": size}


def _token(shown: list[Answer]) -> str:
    return page_token((shown[-1]["report_id"],))
