"""An event → deliveries: who is told, in which words, over which channels; the inbox at once, e-mail as due rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Db, Transaction
from chassis.events import ReceivedEvent
from chassis.log import get_logger
from chassis.metrics import counter
from services.notifications import catalog, orm
from services.notifications.catalog import Template
from services.notifications.domain import outcomes
from services.notifications.domain.facts import values
from services.notifications.domain.outcomes import DUE, FAILED, INBOX, SENT, SMTP
from services.notifications.domain.routing import Route
from services.notifications.events import delivery_event
from services.notifications.mail import Mailer
from services.notifications.rendering import Message, render
from services.notifications.usecases.audience import audience, names_of, zone_of
from services.notifications.usecases.templates import template_in_force

log = get_logger(__name__)
deliveries_total = counter("hallbus_notifications_deliveries_total", "Deliveries that ended", ["channel", "outcome", "reason"])


@dataclass(frozen=True)
class _Wish:
    """How a person wants to be told; whoever said nothing gets the inbox alone."""

    recipient_id: str
    email: str = ""
    locale: str = ""
    smtp: bool = False


@dataclass(frozen=True)
class _Occasion:
    """What is the same for everyone who is told of one event by one route."""

    template: Template
    names: dict[str, Any]
    zone: str
    row: dict[str, Any]


def notify(db: Db, event: ReceivedEvent, mailer: Mailer, *, default_locale: str) -> None:
    """Tell everyone whom the routes name; an occasion that somebody was told of before is left out for him."""
    with db.transaction() as tx:
        for route in catalog.load().routes.get(event.type, ()):
            people = audience(tx, event, route.to)
            if not people:
                _nobody(tx, event, route)
                continue
            template = template_in_force(tx, route.template, event.region)
            occasion = _Occasion(template, names_of(tx, event), zone_of(tx, event.hall_id), _row(tx, event, route, template.version))
            for wish in _wishes(tx, people, default_locale):
                _tell(tx, event, occasion, wish, mailer)


def _tell(tx: Transaction, event: ReceivedEvent, occasion: _Occasion, wish: _Wish, mailer: Mailer) -> None:
    template = occasion.template
    locale, texts = template.in_locale(wish.locale)
    words = catalog.load().words
    message = render(texts, values(template.fields, event.data, occasion.names, zone=occasion.zone, locale=locale, words=words))
    row = occasion.row | {"locale": locale, "recipient_id": wish.recipient_id}
    _to_inbox(tx, row, message)
    if wish.smtp:
        _to_mail(tx, row, message, wish, mailer)


def _to_inbox(tx: Transaction, base: dict[str, Any], message: Message) -> None:
    row = base | {"delivery_id": tx.new_id(), "channel": INBOX, "title": message.title, "text": "", "html": ""}
    if not _write(tx, row, SENT, ""):
        return
    columns = ("recipient_id", "event_type", "subject", "region", "hall_id", "created_at")
    values_ = {name: row[name] for name in columns} | {"message_id": row["delivery_id"], "title": message.title, "text": message.text}
    tx.execute(insert(orm.inbox_messages).values(**values_))


def _to_mail(tx: Transaction, base: dict[str, Any], message: Message, wish: _Wish, mailer: Mailer) -> None:
    delivery_id = tx.new_id()
    row = base | {
        "delivery_id": delivery_id,
        "channel": SMTP,
        "title": message.title,
        "text": message.text,
        "html": message.html,
        "message_id": mailer.message_id(delivery_id),
    }
    if not wish.email:
        _write(tx, row, FAILED, outcomes.NO_ADDRESS)
    elif not mailer.enabled:
        _write(tx, row, FAILED, outcomes.NO_SMTP)
    else:
        _write(tx, row | {"next_attempt_at": tx.now}, DUE, "")


def _nobody(tx: Transaction, event: ReceivedEvent, route: Route) -> None:
    """Kept in the delivery log, so that a hall without a head or an administrator is seen and not guessed at."""
    log.warning("notification_without_recipient", event_type=event.type, template=route.template, hall_id=event.hall_id)
    empty = dict.fromkeys(("recipient_id", "locale", "title", "text", "html"), "")
    row = _row(tx, event, route, 0) | empty | {"delivery_id": tx.new_id(), "channel": outcomes.NO_CHANNEL}
    _write(tx, row, FAILED, outcomes.NO_RECIPIENT)


def _row(tx: Transaction, event: ReceivedEvent, route: Route, template_version: int) -> dict[str, Any]:
    return {
        "occasion": route.occasion(event.id, event.data),
        "event_id": event.id,
        "event_type": event.type,
        "subject": event.subject,
        "template": route.template,
        "template_version": template_version,
        "region": event.region,
        "hall_id": event.hall_id or "",
        "created_at": tx.now,
        "message_id": "",
        "next_attempt_at": None,
    }


def _write(tx: Transaction, row: dict[str, Any], state: str, reason: str) -> bool:
    """The delivery, unless the person was told of the occasion over the channel before; whether it is new. What has ended is told."""
    finished = None if state == DUE else tx.now
    statement = insert(orm.deliveries).values(**row, state=state, reason=reason, detail="", attempts=0, finished_at=finished)
    conflict = ["occasion", "recipient_id", "channel"]
    fresh = (
        tx.execute(statement.on_conflict_do_nothing(index_elements=conflict).returning(orm.deliveries.c.delivery_id)).first() is not None
    )
    if fresh and state != DUE:
        ended(tx, row, state, reason)
    return fresh


def ended(tx: Transaction, row: Any, state: str, reason: str) -> None:
    """Tell and count a delivery that will not be tried again; one without a recipient is nobody's news."""
    deliveries_total.labels(channel=row["channel"], outcome=state, reason=reason).inc()
    if row["recipient_id"]:
        tx.emit(delivery_event(row, state, reason, tx.now))


def _wishes(tx: Transaction, people: list[str], default_locale: str) -> list[_Wish]:
    columns = orm.recipients.c
    rows = tx.execute(sa.select(columns.recipient_id, columns.email, columns.locale, columns.smtp).where(columns.recipient_id.in_(people)))
    known = {row.recipient_id: _Wish(row.recipient_id, row.email, row.locale or default_locale, row.smtp) for row in rows}
    return [known.get(person) or _Wish(person, locale=default_locale) for person in people]
