"""How people want to be told, and which duties make them the ones to be told."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Db, Transaction
from chassis.errors import InvalidArgument, NotFound, PermissionDenied, Violation
from services.notifications import orm
from services.notifications.domain.addresses import AddressError, masked, replaced


def set_recipient(db: Db, *, recipient_id: str, duties: dict[str, Any] | None, **wishes: Any) -> dict[str, Any]:
    """Change a person's preferences and duties; fields left out stay. The answer shows the address masked.

    Raises RECIPIENT_NOT_FOUND, OUT_OF_SCOPE (person's or duty's hall), EMAIL_MALFORMED, EMAIL_MASKED, HALL_UNKNOWN, WINDOW_NOT_IN_HALL.
    """
    with db.transaction() as tx:
        _in_scope(tx, recipient_id)
        _store(tx, recipient_id, wishes)
        if duties is not None:
            _replace_duties(tx, recipient_id, duties["items"])
        return shown(tx, recipient_id)


def set_my_preferences(db: Db, **wishes: Any) -> dict[str, Any]:
    """Change one's own address, language and channels. Raises PERSON_REQUIRED, EMAIL_MALFORMED, EMAIL_MASKED."""
    with db.transaction() as tx:
        mine = person(tx)
        _store(tx, mine, wishes)
        return shown(tx, mine)


def get_recipient(db: Db, *, recipient_id: str) -> dict[str, Any]:
    """A person's preferences and duties, the address masked. Raises RECIPIENT_NOT_FOUND, OUT_OF_SCOPE."""
    with db.read() as tx:
        _in_scope(tx, recipient_id)
        return shown(tx, recipient_id)


def person(tx: Transaction) -> str:
    """The person behind the caller. Raises PERSON_REQUIRED for programs."""
    if not tx.caller.staff_id:
        raise PermissionDenied("PERSON_REQUIRED", "only a person has an inbox and preferences, not a program's key")
    return tx.caller.staff_id


def shown(tx: Transaction, recipient_id: str) -> dict[str, Any]:
    """Preferences as an answer; the address never leaves unmasked."""
    row = tx.execute(sa.select(orm.recipients).where(orm.recipients.c.recipient_id == recipient_id)).one_or_none()
    duties = tx.execute(
        sa.select(orm.duties)
        .where(orm.duties.c.recipient_id == recipient_id)
        .order_by(orm.duties.c.duty, orm.duties.c.hall_id, orm.duties.c.window_id)
    ).mappings()
    return {
        "recipient_id": recipient_id,
        "email": masked(row.email) if row else "",
        "locale": row.locale if row else "",
        "smtp": bool(row and row.smtp),
        "duties": {"items": [dict(duty) for duty in duties]},
    }


def _in_scope(tx: Transaction, recipient_id: str) -> None:
    columns = orm.staff.c
    row = tx.execute(sa.select(columns.region, columns.hall_id).where(columns.staff_id == recipient_id)).one_or_none()
    if row is None:
        raise NotFound("RECIPIENT_NOT_FOUND", "no such person")
    tx.caller.require(row.region, row.hall_id)


def _store(tx: Transaction, recipient_id: str, wishes: dict[str, Any]) -> None:
    table = orm.recipients
    tx.execute(insert(table).values(recipient_id=recipient_id, email="", locale="", smtp=False, updated_at=tx.now).on_conflict_do_nothing())
    present = tx.execute(sa.select(table.c.email).where(table.c.recipient_id == recipient_id).with_for_update()).scalar_one()
    changes = {name: value for name, value in wishes.items() if value is not None}
    if "email" in changes:
        try:
            changes["email"] = replaced(present, changes["email"])
        except AddressError as error:
            raise InvalidArgument(error.reason, f"email: {error}", violations=[Violation("email", str(error))]) from None
    tx.execute(sa.update(table).where(table.c.recipient_id == recipient_id).values(**changes, updated_at=tx.now))


def _replace_duties(tx: Transaction, recipient_id: str, duties: list[dict[str, str]]) -> None:
    for index, duty in enumerate(duties):
        _check_duty(tx, index, duty)
    tx.execute(sa.delete(orm.duties).where(orm.duties.c.recipient_id == recipient_id))
    if duties:
        tx.execute(insert(orm.duties).values([duty | {"recipient_id": recipient_id} for duty in duties]).on_conflict_do_nothing())


def _check_duty(tx: Transaction, index: int, duty: dict[str, str]) -> None:
    region = tx.execute(sa.select(orm.halls.c.region).where(orm.halls.c.hall_id == duty["hall_id"])).scalar()
    if region is None:
        raise _invalid("HALL_UNKNOWN", f"duties.items[{index}].hall_id", "no such hall")
    tx.caller.require(region, duty["hall_id"])
    if duty["window_id"]:
        window = sa.and_(orm.windows.c.window_id == duty["window_id"], orm.windows.c.hall_id == duty["hall_id"])
        if tx.execute(sa.select(orm.windows.c.window_id).where(window)).first() is None:
            raise _invalid("WINDOW_NOT_IN_HALL", f"duties.items[{index}].window_id", "no such window in this hall")


def _invalid(reason: str, field: str, description: str) -> InvalidArgument:
    return InvalidArgument(reason, f"{field}: {description}", violations=[Violation(field, description)])
