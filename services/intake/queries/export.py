"""Cases as CSV, piece by piece: whole lines each, so that the pieces only have to be put one behind the other."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa

import workdays
from chassis.database import Db, Transaction
from chassis.paging import Page, page_token
from chassis.sealing import Vault
from services.intake import reference
from services.intake.domain.case import Case
from services.intake.domain.csv_cells import text_cell
from services.intake.domain.rules import Now, Rules
from services.intake.orm import cases, halls, item_versions
from services.intake.queries.filters import conditions
from services.intake.queries.listing import detached
from services.intake.views import remaining_days

ROWS = 1000
"""Lines of a piece: a fraction of a second of work and half a megabyte on the bus."""
_BYTE_ORDER_MARK = "\ufeff"
_WORDS = {
    "registered": "已收件", "supplement": "待补正", "accepted": "已受理", "in_review": "审核中", "suspended": "特别程序", "fee_pending": "待缴费",
    "decided": "已办结", "delivered": "已送达", "returned": "不予受理", "window": "窗口", "online": "网上", "appointment": "预约", "visit": "上门",
    "green": "绿色通道", "immediate": "即办件", "promised": "承诺件", "joint": "联办件", "supplementary": "补办件", "agency": "代办件", "approved": "准予",
    "rejected": "不予", "courier": "邮寄", "elsewhere": "窗口以外",
}  # fmt: skip

Names = dict[Any, str]


def export_cases(db: Db, rules: Rules, vault: Vault, *, page_token: str | None, **filters: Any) -> dict[str, Any]:
    """The next piece in the caller's scope, newest first; applicants masked."""
    page = Page.of(None, page_token)
    with db.read() as tx:
        seen = sa.and_(tx.caller.where(cases.c.region, cases.c.hall_id), *conditions(filters, vault, by_due=False))
        query = sa.select(cases).where(seen).order_by(cases.c.case_id.desc()).limit(ROWS + 1)
        if page.after is not None:
            query = query.where(cases.c.case_id < page.after[0])
        rows = tx.execute(query).mappings().all()
        found = [detached(row) for row in rows[:ROWS]]
        lines = list(_lines(found, _hall_names(tx, found), _item_names(tx, found), Now(tx.now, reference.book(tx), rules)))
    return {
        "text": csv_piece(list(_COLUMNS), lines, first=page.after is None),
        "next_page_token": _token(found[-1]) if len(rows) > ROWS else "",
    }


def _token(last: Case) -> str:
    return page_token((last.case_id,))


def csv_piece(titles: list[str], lines: list[list[str]], *, first: bool) -> str:
    """Lines of a file; the byte order mark and the titles stand in the first piece only."""
    return _BYTE_ORDER_MARK + _csv([titles, *lines]) if first else _csv(lines)


def _csv(lines: Iterable[list[str]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(lines)
    return written.getvalue()


def _hall_names(tx: Transaction, found: list[Case]) -> Names:
    ids = {case.hall_id for case in found}
    return dict(tx.execute(sa.select(halls.c.hall_id, halls.c.name).where(halls.c.hall_id.in_(ids))).all())


def _item_names(tx: Transaction, found: list[Case]) -> Names:
    keys = {(case.item_id, case.item_version) for case in found}
    version = item_versions.c
    query = sa.select(version.item_id, version.item_version, version.name).where(sa.tuple_(version.item_id, version.item_version).in_(keys))
    return {(row[0], row[1]): row[2] for row in tx.execute(query)}


def _lines(found: list[Case], hall_names: Names, item_names: Names, now: Now) -> Iterable[list[str]]:
    for case in found:
        names = (hall_names.get(case.hall_id, case.hall_id), item_names.get((case.item_id, case.item_version), case.item_id))
        yield [cell(case, names, now) for cell in _COLUMNS.values()]


def minute(moment: dt.datetime | None) -> str:
    """A moment as a spreadsheet shows it, in China's time; empty when there is none."""
    return "" if moment is None else f"{moment.astimezone(workdays.BEIJING):%Y-%m-%d %H:%M}"


def shown(value: Any) -> str:
    """A number or a day; empty when there is none."""
    return "" if value is None else str(value)


def _word(value: str | None) -> str:
    return _WORDS.get(value or "", value or "")


_COLUMNS: dict[str, Callable[[Case, tuple[str, str], Now], str]] = {
    "办件编号": lambda case, _names, _now: text_cell(case.case_no),
    "政务服务大厅": lambda _case, names, _now: text_cell(names[0]),
    "部门": lambda case, _names, _now: text_cell(case.unit_id),
    "窗口": lambda case, _names, _now: text_cell(case.window_id),
    "受理人员": lambda case, _names, _now: text_cell(case.staff_id),
    "事项": lambda _case, names, _now: text_cell(names[1]),
    "渠道": lambda case, _names, _now: _word(case.channel),
    "申请人": lambda case, _names, _now: text_cell(case.applicant.get("name")),
    "证件号码": lambda case, _names, _now: text_cell(case.applicant.get("id_number")),
    "联系电话": lambda case, _names, _now: text_cell(case.applicant.get("phone")),
    "代理人": lambda case, _names, _now: text_cell(case.applicant.get("agent", {}).get("name")),
    "状态": lambda case, _names, _now: _word(case.state),
    "办件类型": lambda case, _names, _now: _word(case.kind),
    "收件时间": lambda case, _names, _now: minute(case.received_at),
    "受理时间": lambda case, _names, _now: minute(case.accepted_at),
    "承诺办结日": lambda case, _names, _now: shown(case.promised_due),
    "法定办结日": lambda case, _names, _now: shown(case.legal_due),
    "剩余工作日": lambda case, _names, now: shown(remaining_days(case, now)),
    "办理结果": lambda case, _names, _now: _word(case.decision),
    "办结时间": lambda case, _names, _now: minute(case.decided_at),
    "用时（工作日）": lambda case, _names, _now: shown(case.elapsed_days),
    "超期（工作日）": lambda case, _names, _now: shown(case.overdue_days),
    "送达方式": lambda case, _names, _now: _word(case.delivery_method),
    "送达时间": lambda case, _names, _now: minute(case.delivered_at),
}
