"""Reads of enquiries and of failures of first-asked duty: in scope, or the one a token opens; and the figures of a month."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from chassis.database import Db
from chassis.errors import NotFound
from chassis.listing import Slice, equal, one_page
from chassis.paging import Page, page_token
from services.intake import enquiry_views, places, reference
from services.intake.domain.enquiries import WAITING, Enquiry
from services.intake.domain.rules import Now, Rules
from services.intake.orm import item_versions
from services.intake.orm.enquiries import asker_reveals, enquiries, first_asked_failures
from services.intake.usecases.receipts import token_hash

Answer = dict[str, Any]


def get_enquiry(db: Db, *, enquiry_id: str | None, enquiry_no: str | None) -> Answer:
    """One enquiry in scope, by id or number. Raises NotFound ENQUIRY_NOT_FOUND."""
    wanted = enquiries.c.enquiry_id == enquiry_id if enquiry_id else enquiries.c.enquiry_no == enquiry_no
    with db.read() as tx:
        found = tx.session.execute(sa.select(Enquiry).where(wanted)).scalar_one_or_none()
        if found is None:
            raise NotFound("ENQUIRY_NOT_FOUND", "no such enquiry")
        tx.caller.require(found.region, found.hall_id)
        return enquiry_views.enquiry_view(found, enquiry_views.papers_of(tx, found.enquiry_id))


def list_enquiries(
    db: Db,
    *,
    page_size: int | None,
    page_token: str | None,
    day_from: dt.date | None,
    day_to: dt.date | None,
    overdue: bool | None,
    **wanted: Any,
) -> Answer:
    """Newest first. `overdue`: whether days over have been told of a ticket that still waits."""
    table = enquiries.c
    filters = [] if day_from is None else [table.day >= day_from]
    filters += [] if day_to is None else [table.day <= day_to]
    if overdue is not None:
        late = sa.and_(table.state.in_(WAITING), table.overdue_days > 0)
        filters.append(late if overdue else sa.not_(late))
    return _newest(db, enquiries, "enquiry_id", Page.of(page_size, page_token), [*filters, *equal(enquiries, wanted)]).answer("enquiries")


def _newest(db: Db, table: sa.Table, key: str, page: Page, filters: list[sa.ColumnElement[bool]]) -> Slice:
    with db.read() as tx:
        query = sa.select(table).where(tx.caller.where(table.c.region, table.c.hall_id), *filters)
        return one_page(tx, query, [table.c[key]], page, newest_first=True)


def track_enquiry(db: Db, rules: Rules, *, token: str) -> Answer:
    """The enquiry that the token opens; no scope, the token is the right to look. Raises NotFound TRACKING_TOKEN_UNKNOWN."""
    with db.read() as tx:
        found = tx.session.execute(sa.select(Enquiry).where(enquiries.c.track_hash == token_hash(token))).scalar_one_or_none()
        if found is None:
            raise NotFound("TRACKING_TOKEN_UNKNOWN", "no enquiry answers to this token")
        version = item_versions.c
        of_item = sa.select(version.name).where(version.item_id == found.item_id, version.item_version == found.item_version)
        names = {"hall_name": places.name_of(tx, found.hall_id), "item_name": tx.execute(of_item).scalar() or ""}
        papers = enquiry_views.papers_of(tx, found.enquiry_id)
        return enquiry_views.tracked_enquiry(found, papers, names, Now(tx.now, reference.book(tx), rules))


def list_enquiry_figures(db: Db, *, month: str, hall_id: str | None, page_size: int | None, page_token: str | None) -> Answer:
    """What was asked in a month, hall by hall: how much, answered, answered in time, bounced, and the average working days to an answer."""
    page = Page.of(page_size, page_token, types=(str,))
    first = dt.date.fromisoformat(f"{month}-01")
    table = enquiries.c
    with db.read() as tx:
        seen = [tx.caller.where(table.region, table.hall_id), table.day >= first, table.day < _next_month(first)]
        seen += [table.hall_id == hall_id] if hall_id is not None else []
        query = sa.select(*_figures()).where(*seen).group_by(table.region, table.hall_id).order_by(table.hall_id).limit(page.size + 1)
        if page.after is not None:
            query = query.where(table.hall_id > page.after[0])
        rows = tx.execute(query).mappings().all()
        total = tx.execute(sa.select(sa.func.count(sa.distinct(table.hall_id))).where(*seen)).scalar()
    shown = [{**row, "month": month, "average_days": average(row["elapsed_days"], row["answered"])} for row in rows[: page.size]]
    token = _after(shown[-1]["hall_id"]) if len(rows) > page.size else ""
    return {"figures": shown, "next_page_token": token, "total_size": total}


def _after(hall_id: str) -> str:
    return page_token((hall_id,))


def _figures() -> tuple[sa.ColumnElement[Any], ...]:
    table = enquiries.c
    answered = table.answered_at.is_not(None)
    count = sa.func.count()
    return (
        table.region,
        table.hall_id,
        count.label("enquiries"),
        count.filter(answered).label("answered"),
        count.filter(answered, table.overdue_days == 0).label("answered_in_time"),
        count.filter(table.bounced > 0).label("bounced"),
        count.filter(table.state.in_(WAITING), table.overdue_days > 0).label("waiting_overdue"),
        sa.func.coalesce(sa.func.sum(table.elapsed_days), 0).label("elapsed_days"),
    )


def _next_month(first: dt.date) -> dt.date:
    return (first + dt.timedelta(days=31)).replace(day=1)


def average(total: int, number: int) -> str:
    """Working days with two decimals, half up, without a float; empty when nothing has been answered."""
    if not number:
        return ""
    hundredths = (total * 200 + number) // (2 * number)
    return f"{hundredths // 100}.{hundredths % 100:02}"


def list_asker_reveals(db: Db, *, page_size: int | None, page_token: str | None, staff_id: str | None, **wanted: Any) -> Answer:
    """Who saw whose data in plain and what for, newest first."""
    filters = equal(asker_reveals, {**wanted, "revealed_to": staff_id})
    return _newest(db, asker_reveals, "reveal_id", Page.of(page_size, page_token), filters).answer("reveals")


def list_first_asked_failures(db: Db, *, page_size: int | None, page_token: str | None, **wanted: Any) -> Answer:
    """Newest first."""
    filters = equal(first_asked_failures, wanted)
    return _newest(db, first_asked_failures, "failure_id", Page.of(page_size, page_token), filters).answer("failures")
