"""Who the selectors of a route find, from the local copy of the staff and the duties kept here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from chassis.database import Transaction
from chassis.events import ReceivedEvent
from services.notifications import orm

_STAFF, _DUTIES = orm.staff.c, orm.duties.c
_ACTIVE = _STAFF.status == "active"


def audience(tx: Transaction, event: ReceivedEvent, selectors: Sequence[str]) -> list[str]:
    """The staff ids to tell, each once, in the order of the selectors."""
    found = (staff_id for name in selectors for staff_id in _SELECTORS[name](tx, event))
    return list(dict.fromkeys(found))


def _case_staff(tx: Transaction, event: ReceivedEvent) -> list[str]:
    staff_id = event.data.get("staff_id")
    return _active_or_unknown(tx, staff_id) if staff_id else []


def _agent(tx: Transaction, event: ReceivedEvent) -> list[str]:
    agent_id = event.data.get("agent_id")
    return _active_or_unknown(tx, agent_id) if agent_id else []


def _unit_staff(tx: Transaction, event: ReceivedEvent) -> list[str]:
    in_charge = (_STAFF.unit_id == event.data.get("unit_id"), _STAFF.post == "A")
    # A unit that has nobody in this hall sits somewhere else.
    return _staff(tx, *in_charge, _STAFF.hall_id == event.hall_id) or _staff(tx, *in_charge)


def _active_or_unknown(tx: Transaction, staff_id: str) -> list[str]:
    status = tx.execute(sa.select(_STAFF.status).where(_STAFF.staff_id == staff_id)).scalar()
    # Unknown here is told all the same: the inbox needs no more than the id, and directory's news may still be on its way.
    return [staff_id] if status in (None, "active") else []


def _window_head(tx: Transaction, event: ReceivedEvent) -> list[str]:
    window_id = event.data.get("window_id")
    if not window_id:
        return []
    return _on_duty(tx, "window_head", _DUTIES.window_id == window_id) or _staff(tx, _STAFF.window_id == window_id, _STAFF.post == "A")


def _window_staff(tx: Transaction, event: ReceivedEvent) -> list[str]:
    data = event.data
    if data.get("window_id"):
        return _staff(tx, _STAFF.window_id == data["window_id"])
    if data.get("staff_id"):
        return _case_staff(tx, event)
    return _staff(tx, _STAFF.unit_id == data.get("unit_id"), _STAFF.hall_id == event.hall_id, _STAFF.post == "A")


def _addressees(tx: Transaction, event: ReceivedEvent) -> list[str]:
    return _nearest(tx, event, "to_")


def _person_concerned(tx: Transaction, event: ReceivedEvent) -> list[str]:
    return _nearest(tx, event, "")


def _nearest(tx: Transaction, event: ReceivedEvent, prefix: str) -> list[str]:
    """The person if one is named, else the window's people, else the unit's."""
    staff_id, window_id, unit_id = (event.data.get(f"{prefix}{name}") for name in ("staff_id", "window_id", "unit_id"))
    if staff_id:
        return _active_or_unknown(tx, staff_id)
    if window_id:
        return _staff(tx, _STAFF.window_id == window_id)
    return _staff(tx, _STAFF.unit_id == unit_id, _STAFF.hall_id == event.hall_id, _STAFF.post == "A")


def _hall_administrators(tx: Transaction, event: ReceivedEvent) -> list[str]:
    return _on_duty(tx, "hall_administrator", _DUTIES.hall_id == event.hall_id)


def _asked_unit(tx: Transaction, event: ReceivedEvent) -> list[str]:
    data = event.data
    named = data.get("handler_id")
    if named and _staff(tx, _STAFF.staff_id == named):
        return [named]
    return _staff(tx, _STAFF.unit_id == data["unit_id"], _STAFF.hall_id == data["unit_hall_id"], _STAFF.post == "A")


def _called_units(tx: Transaction, event: ReceivedEvent) -> list[str]:
    near = sa.or_(_STAFF.region == event.region, _STAFF.region.startswith(event.region + ".", autoescape=True))
    return _staff(tx, _STAFF.unit_id.in_(event.data["unit_ids"]), near, _STAFF.post == "A")


def _on_duty(tx: Transaction, duty: str, place: sa.ColumnElement[bool]) -> list[str]:
    source = orm.duties.outerjoin(orm.staff, _STAFF.staff_id == _DUTIES.recipient_id)
    present = sa.or_(_STAFF.staff_id.is_(None), _ACTIVE)
    statement = sa.select(_DUTIES.recipient_id).select_from(source).where(_DUTIES.duty == duty, place, present)
    return list(tx.execute(statement.order_by(_DUTIES.recipient_id)).scalars())


def _staff(tx: Transaction, *conditions: sa.ColumnElement[bool]) -> list[str]:
    return list(tx.execute(sa.select(_STAFF.staff_id).where(_ACTIVE, *conditions).order_by(_STAFF.staff_id)).scalars())


def _named_staff(tx: Transaction, event: ReceivedEvent) -> list[str]:
    """In the order of the event. Whoever has left is not told; whoever is unknown here is, as with the staff of a case."""
    named = [*event.data.get("staff_ids", ()), *event.data.get("removed_staff_ids", ())]
    left = set(tx.execute(sa.select(_STAFF.staff_id).where(_STAFF.staff_id.in_(named), sa.not_(_ACTIVE))).scalars())
    return [staff_id for staff_id in named if staff_id not in left]


_SELECTORS: dict[str, Callable[[Transaction, ReceivedEvent], list[str]]] = {
    "case_staff": _case_staff,
    "window_head": _window_head,
    "window_staff": _window_staff,
    "agent": _agent,
    "unit_staff": _unit_staff,
    "hall_administrators": _hall_administrators,
    "addressees": _addressees,
    "person_concerned": _person_concerned,
    "named_staff": _named_staff,
    "asked_unit": _asked_unit,
    "called_units": _called_units,
}


def names_of(tx: Transaction, event: ReceivedEvent) -> dict[str, Any]:
    """Names for the ids in the event, as far as they are known here."""
    data = event.data
    wanted = (
        ("hall_name", orm.halls.c.name, orm.halls.c.hall_id, event.hall_id),
        ("window_name", orm.windows.c.name, orm.windows.c.window_id, data.get("window_id")),
        ("item_name", orm.items.c.name, orm.items.c.item_id, data.get("item_id")),
        ("staff_name", _STAFF.name, _STAFF.staff_id, data.get("staff_id")),
    )
    return {name: tx.execute(sa.select(column).where(key == value)).scalar() for name, column, key, value in wanted if value}


def zone_of(tx: Transaction, hall_id: str | None) -> str:
    """The hall's time zone; China has one, so an unknown hall changes nothing."""
    return tx.execute(sa.select(orm.halls.c.zone).where(orm.halls.c.hall_id == hall_id)).scalar() or "Asia/Shanghai"
