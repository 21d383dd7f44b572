"""Reads of notifications: the delivery log by scope, the inbox by its owner, templates and their previews."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from chassis.database import Db
from chassis.listing import between, equal, one_page
from chassis.paging import Page, page_token
from services.notifications import catalog, orm
from services.notifications.catalog import Template
from services.notifications.domain.facts import NAMES, values
from services.notifications.rendering import render
from services.notifications.usecases.recipients import person
from services.notifications.usecases.templates import builtin, checked, stored, template_in_force

# What a preview shows for the names that only a real event can tell.
_SAMPLE_NAMES = {"hall_name": "示例市政务服务中心", "window_name": "企业登记", "item_name": "食品经营许可", "staff_name": "王丽"}
_SHOWN = (
    "delivery_id", "recipient_id", "channel", "event_type", "event_id", "subject", "template", "template_version", "locale", "title", "state", "reason",
    "detail", "attempts", "next_attempt_at", "created_at", "finished_at", "hall_id",
)  # fmt: skip


def list_deliveries(db: Db, *, page: Page, created_from: datetime | None, created_to: datetime | None, **filters: Any) -> dict[str, Any]:
    """Deliveries, newest first; filters hall_id, recipient_id, channel, state, reason, template, event_type, subject and a span of creation."""
    table = orm.deliveries
    with db.read() as tx:
        seen = tx.caller.where(table.c.region, table.c.hall_id)
        query = sa.select(*(table.c[name] for name in _SHOWN)).where(
            seen, *equal(table, filters), *between(table.c.created_at, created_from, created_to)
        )
        return one_page(tx, query, [table.c.created_at, table.c.delivery_id], page, newest_first=True).answer("deliveries")


def list_inbox(db: Db, *, page: Page, unread: bool) -> dict[str, Any]:
    """One's own messages, newest first. Raises PERSON_REQUIRED."""
    table = orm.inbox_messages
    with db.read() as tx:
        # The recipient's id is the scope: an inbox belongs to a person, not to a hall.
        mine = [table.c.recipient_id == person(tx)]
        open_ = [*mine, table.c.read_at.is_(None)]
        query = sa.select(table).where(*(open_ if unread else mine))
        found = one_page(tx, query, [table.c.created_at, table.c.message_id], page, newest_first=True)
        unread_count = tx.execute(sa.select(sa.func.count()).select_from(table).where(*open_)).scalar_one()
    return {**found.answer("messages"), "unread_count": unread_count}


def list_templates(db: Db, *, page: Page) -> dict[str, Any]:
    """The newest version of every template and region, the built-in ones under region ""; a caller sees his regions' and the built-in ones."""
    columns = orm.templates.c
    newest = (
        sa.select(orm.templates)
        .ext(distinct_on(columns.code, columns.region))
        .order_by(columns.code, columns.region, columns.version.desc())
    )
    known = catalog.load().templates
    with db.read() as tx:
        found = {(t.code, ""): t for t in known.values()}
        rows = tx.execute(newest.where(sa.or_(columns.region == "", tx.caller.where(columns.region, sa.null())))).all()
        found |= {(row.code, row.region): stored(known[row.code], row) for row in rows if row.code in known}
    keys = [key for key in sorted(found) if page.after is None or key > (str(page.after[0]), str(page.after[1]))]
    shown = [template_answer(found[key]) for key in keys[: page.size]]
    token = page_token(keys[page.size - 1]) if len(keys) > page.size else ""
    return {"templates": shown, "next_page_token": token, "total_size": len(found)}


def template_answer(template: Template) -> dict[str, Any]:
    """A template with all its languages."""
    texts = [{"locale": locale, **parts} for locale, parts in sorted(template.texts.items())]
    return {
        "code": template.code,
        "region": template.region,
        "version": template.version,
        "event_type": template.event,
        "fields": list(template.fields),
        "texts": texts,
    }


def preview(db: Db, *, code: str, region: str, locale: str, draft: dict[str, str] | None) -> dict[str, Any]:
    """A message from the event's example, with the texts in force for a region or with a draft that nobody else sees.

    Raises TEMPLATE_NOT_FOUND, TEMPLATE_INVALID.
    """
    if draft:
        texts = {part: draft[part] for part in ("title", "text", "html") if draft.get(part)}
        template = checked(builtin(code), region, {catalog.REQUIRED_LOCALE: texts})
    else:
        with db.read() as tx:
            template = template_in_force(tx, code, region)
    found, texts = template.in_locale(locale)
    known = catalog.load()
    names = {name: _SAMPLE_NAMES[name] for name in NAMES}
    shown = values(template.fields, catalog.sample(template.event), names, zone="Asia/Shanghai", locale=locale, words=known.words)
    message = render(texts, shown)
    return {
        "locale": locale if draft else found,
        "version": template.version,
        "title": message.title,
        "text": message.text,
        "html": message.html,
    }
