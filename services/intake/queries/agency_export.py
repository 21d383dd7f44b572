"""The agency register as CSV (代办事项登记表), piece by piece: whole lines each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.paging import Page
from chassis.paging import page_token as page_token_of
from services.intake import agency_views, reference
from services.intake.domain.agency_matter import AgencyMatter
from services.intake.domain.csv_cells import text_cell
from services.intake.domain.rules import Now, Rules
from services.intake.orm import halls, item_versions
from services.intake.orm.agency import agency_matters
from services.intake.queries import agency
from services.intake.queries.export import ROWS, csv_piece, minute, shown

_WORDS = {
    "registered": "已登记", "assigned": "已指派", "submitted": "已报送", "returned": "上级已办结", "notified": "已告知", "collected": "已领取",
    "ended": "已终止", "approved": "准予", "refused": "不予", "needs_more": "需补充材料", "working": "工作日", "natural": "自然日",
    "phone": "电话", "sms": "短信", "mail": "邮寄", "online": "网上", "window": "窗口", "on_collection": "领取时",
}  # fmt: skip

Row = dict[str, Any]


def export_agency_matters(db: Db, rules: Rules, *, page_token: str | None, **filters: Any) -> Row:
    """The next piece in the caller's scope, newest first."""
    page = Page.of(None, page_token, types=(str,))
    with db.read() as tx:
        now = Now(tx.now, reference.book(tx), rules)
        key = agency_matters.c.matter_id
        query = sa.select(AgencyMatter).where(agency.conditions(tx, filters)).order_by(key.desc()).limit(ROWS + 1)
        rows = tx.session.execute(query if page.after is None else query.where(key < page.after[0])).scalars().all()
        found = rows[:ROWS]
        names = _hall_names(tx, {matter.hall_id for matter in found}) | _item_names(tx, {matter.item_id for matter in found})
        lines = [[cell(agency_views.matter_view(matter, now), names) for cell in _COLUMNS.values()] for matter in found]
    token = page_token_of((found[-1].matter_id,)) if len(rows) > ROWS else ""
    return {"text": csv_piece(list(_COLUMNS), lines, first=page.after is None), "next_page_token": token}


def _hall_names(tx: Transaction, ids: set[str]) -> dict[str, str]:
    rows = tx.execute(sa.select(halls.c.hall_id, halls.c.name).where(halls.c.hall_id.in_(ids)))
    return dict(rows.all())


def _item_names(tx: Transaction, ids: set[str]) -> dict[str, str]:
    version = item_versions.c
    # The newest version comes last and gives the name.
    query = sa.select(version.item_id, version.name).where(version.item_id.in_(ids)).order_by(version.item_version)
    return dict(tx.execute(query).all())


def _word(value: str | None) -> str:
    return _WORDS.get(value or "", value or "")


_COLUMNS: dict[str, Callable[[Row, dict[str, str]], str]] = {
    "办件编号": lambda row, _names: text_cell(row["case_no"]),
    "政务服务大厅": lambda row, names: text_cell(names.get(row["hall_id"], row["hall_id"])),
    "事项": lambda row, names: text_cell(names.get(row["item_id"], row["item_id"])),
    "登记时间": lambda row, _names: minute(row["registered_at"]),
    "登记人员": lambda row, _names: text_cell(row["registered_by"]),
    "代办员": lambda row, _names: text_cell(row["agent_id"]),
    "上级部门": lambda row, _names: text_cell(row["upper_department"]),
    "状态": lambda row, _names: _word(row["state"]),
    "轮次": lambda row, _names: shown(row["round"]),
    "承诺报送日": lambda row, _names: shown(row["promised_on"]),
    "报送期限": lambda row, _names: shown(row["due"]),
    "期限单位": lambda row, _names: _word(row["day_kind"]),
    "报送时间": lambda row, _names: minute(row["submitted_at"]),
    "报送超期（工作日）": lambda row, _names: shown(row["overdue_days"]),
    "上级答复期限": lambda row, _names: shown(row["upper_due"]),
    "上级超期（工作日）": lambda row, _names: shown(row["upper_overdue_days"]),
    "上级结果": lambda row, _names: _word(row["upper_result"]),
    "上级答复时间": lambda row, _names: minute(row["returned_at"]),
    "告知时间": lambda row, _names: minute(row["notified_at"]),
    "告知方式": lambda row, _names: _word(row["notified_how"]),
    "领取时间": lambda row, _names: minute(row["collected_at"]),
    "终止时间": lambda row, _names: minute(row["ended_at"]),
    "终止原因": lambda row, _names: text_cell(row["end_reason"]),
}
