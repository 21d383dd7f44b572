"""E-mail from due rows: one row, one transaction, one attempt.

The row stays locked while its letter is on the way, so that no second process sends it; the lock dies with the process. A crash after the server took
the letter and before the row says so sends it again: at least once, under the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.failpoints import failpoint
from chassis.metrics import counter
from services.notifications import orm
from services.notifications.domain import outcomes
from services.notifications.domain.outcomes import DUE, FAILED, Outcome, after
from services.notifications.mail import Letter, Mailer
from services.notifications.usecases.dispatch import ended

attempts_total = counter("hallbus_notifications_smtp_attempts_total", "Attempts to send an e-mail", ["outcome", "reason"])

TRANSACTION_SECONDS = 60.0


def send_due(db: Db, mailer: Mailer, *, delays: Sequence[float], limit: int) -> int:
    """Send up to `limit` due letters; returns how many rows were worked on. Stops early when the server is away: the others would only wait in line."""
    for done in range(limit):
        with db.transaction(seconds=TRANSACTION_SECONDS) as tx:
            row = _next(tx)
            if row is None:
                return done
            outcome = _attempt(mailer, row)
            failpoint("notifications.after_send_before_record")
            _record(tx, row, outcome, delays)
        if outcome.reason in outcomes.SERVER_AWAY:
            return 0
    return limit


def _next(tx: Transaction) -> Any:
    table, recipients = orm.deliveries, orm.recipients.c
    address = sa.select(recipients.email).where(recipients.recipient_id == table.c.recipient_id).scalar_subquery()
    statement = (
        sa.select(table, sa.func.coalesce(address, "").label("email"))
        .where(table.c.state == DUE, table.c.next_attempt_at <= tx.now)
        .order_by(table.c.next_attempt_at, table.c.delivery_id)
        .limit(1)
        .with_for_update(of=table, skip_locked=True)
    )
    return tx.execute(statement).mappings().first()


def _attempt(mailer: Mailer, row: Any) -> Outcome:
    if not row["email"]:
        return Outcome(FAILED, outcomes.NO_ADDRESS)
    if not mailer.enabled:
        return Outcome(FAILED, outcomes.NO_SMTP)
    return mailer.send(Letter(row["message_id"], row["email"], row["title"], row["text"], row["html"], row["created_at"]))


def _record(tx: Transaction, row: Any, outcome: Outcome, delays: Sequence[float]) -> None:
    attempts = row["attempts"] + 1
    following = after(outcome, attempts, tx.now, delays)
    attempts_total.labels(outcome=outcome.state, reason=outcome.reason).inc()
    table = orm.deliveries
    changes = {
        "state": following.state,
        "reason": following.reason,
        "detail": " ".join(part for part in (outcome.reason, outcome.detail) if part),
        "attempts": attempts,
        "next_attempt_at": following.next_attempt_at,
        "finished_at": None if following.state == DUE else tx.now,
    }
    tx.execute(sa.update(table).where(table.c.delivery_id == row["delivery_id"]).values(**changes))
    if following.state != DUE:
        ended(tx, row, following.state, following.reason)
