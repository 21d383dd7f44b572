"""Reads of devices; every list by scope, by key, with its total."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.errors import NotFound
from chassis.listing import one_page
from chassis.paging import Page
from services.devices.orm import commands, contacts, devices, punches, quarantine, uploads

Answer = dict[str, Any]
_LISTED = sa.select(devices, contacts.c.last_seen_at).select_from(devices.outerjoin(contacts, contacts.c.device_sn == devices.c.device_sn))
_LOCAL = "YYYY-MM-DD HH24:MI:SS"


def _present(row: Any) -> Answer:
    return {key: value for key, value in row.items() if value is not None}


def device_row(tx: Transaction, device_sn: str) -> Answer:
    """A device as it is answered. Raises NotFound DEVICE_NOT_FOUND, PermissionDenied OUT_OF_SCOPE."""
    row = tx.execute(_LISTED.where(devices.c.device_sn == device_sn)).mappings().one_or_none()
    if row is None:
        raise NotFound("DEVICE_NOT_FOUND", f"no device {device_sn}", device_sn=device_sn)
    tx.caller.require(row["region"], row["hall_id"])
    return _present(row)


def get_device(db: Db, *, device_sn: str) -> Answer:
    """One device."""
    with db.read() as tx:
        return device_row(tx, device_sn)


def list_devices(
    db: Db, *, hall_id: str | None, state: str | None, kind: str | None, page_size: int | None, page_token: str | None
) -> Answer:
    """Devices by serial number."""
    wanted = {devices.c.hall_id: hall_id, devices.c.state: state, devices.c.kind: kind}
    with db.read() as tx:
        where = [tx.caller.where(devices.c.region, devices.c.hall_id), *(column == value for column, value in wanted.items() if value)]
        return one_page(tx, _LISTED.where(*where), [devices.c.device_sn], Page.of(page_size, page_token)).answer("devices", _present)


def get_device_health(db: Db, *, device_sn: str) -> Answer:
    """Presence, loss detection, watermark and clock of one device."""
    with db.read() as tx:
        device = device_row(tx, device_sn)
        held = sa.select(devices.c.clock_held_since, devices.c.reported_through).where(devices.c.device_sn == device_sn)
        found = dict(tx.execute(held).mappings().one())
        contact = tx.execute(sa.select(contacts).where(contacts.c.device_sn == device_sn)).mappings().one_or_none()
        found |= dict(contact or {})
        found |= _counts(tx, device_sn)
    on_device, stored = found.get("on_device"), found.get("stored_count", 0) + found.get("quarantined_count", 0)
    found["on_device_count"] = on_device
    found["missing_count"] = max(0, on_device - stored) if on_device is not None else None
    return _present({**found, "device_sn": device_sn, "state": device["state"], "online": device["online"]})


def _counts(tx: Transaction, device_sn: str) -> Answer:
    def count(table: sa.Table, *where: Any) -> int:
        found = tx.execute(sa.select(sa.func.count()).select_from(table).where(table.c.device_sn == device_sn, *where))
        return int(found.scalar_one())

    return {
        "open_quarantine_count": count(quarantine, quarantine.c.dismissed_at.is_(None)),
        "open_command_count": count(commands, commands.c.state.in_(("queued", "sent"))),
        "unparsed_upload_count": count(uploads, uploads.c.state == "unparsed"),
    }


def command_row(tx: Transaction, command_id: int) -> Answer:
    """A command as it is answered. Raises NotFound COMMAND_NOT_FOUND."""
    row = tx.execute(sa.select(commands).where(commands.c.command_id == command_id)).mappings().one_or_none()
    if row is None:
        raise NotFound("COMMAND_NOT_FOUND", f"no command {command_id}", command_id=command_id)
    tx.caller.require(row["region"], row["hall_id"])
    return _present({**row, "command_id": str(row["command_id"])})


def get_command(db: Db, *, command_id: str) -> Answer:
    """One command."""
    with db.read() as tx:
        return command_row(tx, int(command_id))


def list_commands(db: Db, *, device_sn: str, page_size: int | None, page_token: str | None) -> Answer:
    """Commands of a device, newest first."""
    with db.read() as tx:
        device_row(tx, device_sn)
        where = [commands.c.device_sn == device_sn, tx.caller.where(commands.c.region, commands.c.hall_id)]
        page = Page.of(page_size, page_token)
        found = one_page(tx, sa.select(commands).where(*where), [commands.c.command_id], page, newest_first=True)
    return found.answer("commands", lambda row: _present({**row, "command_id": str(row["command_id"])}))


def list_punches(  # noqa: PLR0913  keyword-only: the fields of the request
    db: Db,
    *,
    device_sn: str,
    starts_at: datetime | None,
    ends_at: datetime | None,
    pin: str | None,
    page_size: int | None,
    page_token: str | None,
) -> Answer:
    """Raw punches of a device in the order of its own clock; the window is half open."""
    local = sa.func.to_char(punches.c.local_time, _LOCAL).label("local_text")
    with db.read() as tx:
        device_row(tx, device_sn)
        where = [punches.c.device_sn == device_sn, tx.caller.where(punches.c.region, punches.c.hall_id)]
        where += [punches.c.at >= starts_at] if starts_at else []
        where += [punches.c.at < ends_at] if ends_at else []
        where += [punches.c.pin == pin] if pin else []
        key = [punches.c.local_time, punches.c.pin, punches.c.status, punches.c.verify, punches.c.work_code]
        found = one_page(tx, sa.select(punches, local).where(*where), key, Page.of(page_size, page_token, keys=5))
    return found.answer("punches", lambda row: {**row, "punch_id": row["punch_id"].hex, "local_time": row["local_text"]})


def list_quarantine(  # noqa: PLR0913  keyword-only: the fields of the request
    db: Db,
    *,
    device_sn: str | None,
    hall_id: str | None,
    reason: str | None,
    with_dismissed: bool,
    page_size: int | None,
    page_token: str | None,
) -> Answer:
    """Lines that are no punches, oldest first."""
    wanted = {quarantine.c.device_sn: device_sn, quarantine.c.hall_id: hall_id, quarantine.c.reason: reason}
    with db.read() as tx:
        where = [
            tx.caller.where(quarantine.c.region, quarantine.c.hall_id),
            *(column == value for column, value in wanted.items() if value),
        ]
        where += [] if with_dismissed else [quarantine.c.dismissed_at.is_(None)]
        found = one_page(tx, sa.select(quarantine).where(*where), [quarantine.c.quarantine_id], Page.of(page_size, page_token))
    return found.answer("lines", lambda row: _present({**row, "line": bytes(row["line"]).decode("utf-8", "backslashreplace")}))
