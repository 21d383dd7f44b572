"""A month's reports as CSV: a line for each window, and the sum below the windows of every hall that has compiled."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.paging import Page, page_token
from services.intake.domain.csv_cells import text_cell
from services.intake.domain.monthly.figures import COLUMNS, rates
from services.intake.domain.monthly.hall_report import WAITING
from services.intake.orm import halls
from services.intake.orm.monthly import hall_reports, window_reports

HALLS = 20
"""Halls of a piece, with all their windows."""
_BYTE_ORDER_MARK = "\ufeff"
_STATES = {"open": "待报送", "submitted": "已报送", "compiled": "已汇总", "reported": "已上报"}
TITLES = {
    "received": "收件", "accepted": "受理", "accepted_immediate": "受理·即办", "accepted_promised": "受理·承诺", "kind_immediate": "即办件",
    "kind_promised": "承诺件", "kind_joint": "联办件", "kind_agency": "代办件", "deemed": "视为受理", "returned": "退回件",
    "returned_prohibited": "退回·国家禁止", "returned_not_eligible": "退回·不符合条件", "returned_not_competent": "退回·不属职权",
    "returned_not_supplied": "退回·逾期未补正", "returned_withdrawn": "退回·申请人撤回", "supplement_cases": "补办件（异常办件）",
    "supplement_notices": "一次性告知（次）", "repeated_notices": "再次告知（次）", "decided": "办结", "approved": "准予", "rejected": "不予",
    "decided_immediate": "办结·即办", "decided_promised": "办结·承诺", "in_time": "按时办结", "overdue": "逾期办结", "overdue_days": "逾期工作日合计",
    "promised_days_used": "承诺件用时合计（工作日）", "early_promised": "提前于承诺时限", "early_legal": "提前于法定时限", "green_channel": "绿色通道",
    "joint": "联办办结", "agency": "代办办结", "suspended": "特别程序", "extended": "延期", "delivered": "送达", "delivered_window": "窗口领取",
    "delivered_courier": "邮寄送达", "delivered_elsewhere": "窗口以外送达", "carried_in": "上期结转", "carried_out": "结转下期",
    "charges_paid": "缴费（笔）", "paid_fen": "缴费金额（分）", "waivers": "减免（笔）", "waived_fen": "减免金额（分）",
}  # fmt: skip
_RATES = {
    "in_time_rate": "按时办结率（%）", "early_promised_rate": "提前办结率·承诺（%）", "early_legal_rate": "提前办结率·法定（%）",
    "mean_days": "承诺件平均办结时间（工作日）",
}  # fmt: skip
_HEAD = ("月份", "政务服务大厅", "窗口", "部门", "状态", *(TITLES[column] for column in COLUMNS), *_RATES.values(), "备注")


def export_monthly_reports(db: Db, *, month: dt.date, hall_id: str | None, page_token: str | None) -> dict[str, Any]:
    """The next piece in the caller's scope, by hall and window."""
    page = Page.of(None, page_token, types=(str,))
    table = hall_reports.c
    wanted = [table.month == month, table.state != WAITING, *([table.hall_id == hall_id] if hall_id else [])]
    if page.after is not None:
        wanted.append(table.hall_id > page.after[0])
    with db.read() as tx:
        query = sa.select(hall_reports, halls.c.name).outerjoin(halls, halls.c.hall_id == table.hall_id)
        seen = query.where(tx.caller.where(table.region, table.hall_id), *wanted).order_by(table.hall_id).limit(HALLS + 1)
        found = tx.execute(seen).mappings().all()
        lines = [line for hall in found[:HALLS] for line in _lines(tx, hall, month)]
    head = [list(_HEAD)] if page.after is None else []
    text = (_BYTE_ORDER_MARK if head else "") + _csv([*head, *lines])
    return {"text": text, "next_page_token": _token(found[HALLS - 1]) if len(found) > HALLS else ""}


def _token(last: Mapping[Any, Any]) -> str:
    return page_token((last["hall_id"],))


def _csv(lines: Iterable[list[str]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(lines)
    return written.getvalue()


def _lines(tx: Transaction, hall: Mapping[Any, Any], month: dt.date) -> Iterable[list[str]]:
    name = hall["name"] or hall["hall_id"]
    windows = window_reports.c
    query = sa.select(window_reports).where(windows.hall_id == hall["hall_id"], windows.month == month).order_by(windows.window_id)
    for window in tx.execute(query).mappings():
        yield _line(month, (name, window["window_id"], window["unit_id"], _STATES[window["state"]]), window["figures"], window["remarks"])
    if hall["figures"] is not None:
        without = f"未报送窗口：{'、'.join(hall['missing'])}；{hall['missing_reason']}" if hall["missing"] else ""
        yield _line(month, (name, "合计", "", _STATES[hall["state"]]), hall["figures"], without)


def _line(month: dt.date, place: tuple[str, ...], figures: Mapping[str, int], remarks: str) -> list[str]:
    numbers = [str(figures.get(column, 0)) for column in COLUMNS] + [rates(figures)[rate] for rate in _RATES]
    return [f"{month:%Y-%m}", *map(text_cell, place), *numbers, text_cell(remarks)]
