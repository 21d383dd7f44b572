"""One function per command of people (and per fact of directory); hardware comes in through `house`."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chassis.copies import write_newest
from chassis.database import Db, Transaction
from chassis.errors import FailedPrecondition, NotFound
from chassis.events import ReceivedEvent
from services.devices import queries
from services.devices.domain.clock_bounds import HOLDING
from services.devices.domain.commands import Order, wire_text
from services.devices.domain.device import FAMILY_OF, TERMINAL, Device, Place
from services.devices.domain.tokens import digest
from services.devices.events import hall_row
from services.devices.orm import commands, contacts, devices, halls, quarantine
from services.devices.register import zone_of

Answer = dict[str, Any]


def register_device(  # noqa: PLR0913  keyword-only: the fields of the request
    db: Db, *, device_sn: str, kind: str, family: str | None, hall_id: str, window_id: str | None,
    zone: str | None, charset: str | None, renew_token: bool,
) -> Answer:  # fmt: skip
    """Register a device, or say where one that showed up by itself stands. The token is told the first time, and again when renewed.

    Raises FailedPrecondition HALL_UNKNOWN, HALL_CLOSED, WINDOW_UNKNOWN (directory has not said so yet: try again), DEVICE_KIND_FIXED, WINDOW_MISSING.
    """
    with db.transaction() as tx:
        place = _place(tx, hall_id, window_id, zone)
        tx.caller.require(place.region, place.hall_id)
        device = tx.find(Device, device_sn, for_update=True)
        if device is None:
            device = Device(device_sn, kind, family or FAMILY_OF[kind], place.zone, tx.now)
            tx.add(device)
        elif device.hall_id is not None:
            tx.caller.require(device.region, device.hall_id)
        device.enrol(place, kind=kind, family=family or FAMILY_OF[kind], charset=charset)
        token = None
        if device.token_hash is None or renew_token:
            token = secrets.token_urlsafe(24)
            device.give_token(digest(token))
        tx.session.flush()
        return {"device": queries.device_row(tx, device_sn), **({"token": token} if token else {})}


def _place(tx: Transaction, hall_id: str, window_id: str | None, zone: str | None) -> Place:
    hall = tx.execute(sa.select(halls).where(halls.c.hall_id == hall_id)).mappings().one_or_none()
    if hall is None:
        raise FailedPrecondition("HALL_UNKNOWN", "directory has not told of this hall", hall_id=hall_id)
    if hall["status"] != "active":
        raise FailedPrecondition("HALL_CLOSED", "this hall is closed", hall_id=hall_id)
    if window_id is not None and window_id not in hall["window_ids"]:
        raise FailedPrecondition(
            "WINDOW_UNKNOWN", "directory has not told of this window in this hall", hall_id=hall_id, window_id=window_id
        )
    return Place(hall["region"], hall_id, window_id, zone or hall["zone"])


def approve_device(db: Db, *, device_sn: str) -> Answer:
    """Let a registered device deliver. Raises NotFound DEVICE_NOT_FOUND, DeviceError DEVICE_HALL_MISSING."""
    with db.transaction() as tx:
        device = _mine(tx, device_sn)
        device.approve(tx.now)
        tx.session.flush()
        return queries.device_row(tx, device_sn)


def disable_device(db: Db, *, device_sn: str) -> Answer:
    """Take a device out of service. Raises NotFound DEVICE_NOT_FOUND."""
    with db.transaction() as tx:
        device = _mine(tx, device_sn)
        device.disable(tx.now)
        tx.session.flush()
        return queries.device_row(tx, device_sn)


def _mine(tx: Transaction, device_sn: str) -> Device:
    device = tx.get(Device, device_sn, for_update=True)
    tx.caller.require(device.region, device.hall_id)
    return device


def send_command(  # noqa: PLR0913  keyword-only: the fields of the request
    db: Db, *, device_sn: str, kind: str, starts_at: datetime | None, ends_at: datetime | None, pin: str | None, name: str | None
) -> Answer:
    """Queue a command for a terminal's next poll. Raises DEVICE_NOT_FOUND, DEVICE_NOT_APPROVED, NOT_A_TERMINAL, CommandRefused."""
    with db.transaction() as tx:
        device = _mine(tx, device_sn)
        if device.kind != TERMINAL:
            raise FailedPrecondition("NOT_A_TERMINAL", "commands are for terminals", device_sn=device_sn)
        if device.state != "approved":
            raise FailedPrecondition("DEVICE_NOT_APPROVED", "an unapproved device gets no commands", device_sn=device_sn)
        language = tx.execute(sa.select(contacts.c.language).where(contacts.c.device_sn == device_sn)).scalar_one_or_none()
        charset = device.charset or ("gb18030" if language in ("83", "84") else "utf-8")
        order = Order(kind, _local(starts_at, device.zone), _local(ends_at, device.zone), pin, name)
        row = {
            "device_sn": device_sn,
            "region": device.region,
            "hall_id": device.hall_id,
            "kind": kind,
            "wire": wire_text(order, charset),
            "state": "queued",
            "attempts": 0,
            "created_at": tx.now,
            "created_by": tx.caller.subject,
        }
        command_id = tx.execute(sa.insert(commands).values(row).returning(commands.c.command_id)).scalar_one()
        return queries.command_row(tx, command_id)


def _local(moment: datetime | None, zone: str) -> datetime | None:
    return None if moment is None else moment.astimezone(zone_of(zone)).replace(tzinfo=None)


def dismiss_quarantine(db: Db, *, device_sn: str, until: datetime | None, note: str) -> Answer:
    """A person has dealt with a device's quarantined lines; the watermark moves again once no row of impossible time is open."""
    with db.transaction() as tx:
        device = _mine(tx, device_sn)
        open_ = sa.and_(quarantine.c.device_sn == device_sn, quarantine.c.dismissed_at.is_(None))
        seen = sa.and_(open_, quarantine.c.received_at <= (until or tx.now))
        said = {"dismissed_at": tx.now, "dismissed_by": tx.caller.subject, "note": note}
        count = tx.execute(sa.update(quarantine).where(seen).values(said)).rowcount
        left = tx.execute(sa.select(sa.func.count()).where(open_, quarantine.c.reason.in_(HOLDING))).scalar_one()
        if left == 0:
            device.release_clock()
        return {"dismissed_count": count, "open_count": left}


def store_hall(db: Db, event: ReceivedEvent) -> None:
    """Keep the present state of a hall; older versions change nothing. Devices follow their hall into another region."""
    row = hall_row(event)
    with db.transaction() as tx:
        if write_newest(tx, halls, [row]):
            moved = sa.and_(devices.c.hall_id == row["hall_id"], devices.c.region != row["region"])
            changes = {"region": row["region"], "enrolment": devices.c.enrolment + 1}
            tx.execute(sa.update(devices).where(moved).values(changes))


def require_device(tx: Transaction, device_sn: str) -> None:
    """Raise NotFound unless the caller may see the device."""
    row = tx.execute(sa.select(devices.c.region, devices.c.hall_id).where(devices.c.device_sn == device_sn)).one_or_none()
    if row is None:
        raise NotFound("DEVICE_NOT_FOUND", f"no device {device_sn}", device_sn=device_sn)
    tx.caller.require(row.region, row.hall_id)
