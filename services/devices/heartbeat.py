"""One getrequest: presence, loss detection, the watermark, and one command. Locks the contact row, then the device if a fact has to be told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from chassis.database import Transaction
from services.devices.config import DevicesConfig
from services.devices.domain.commands import reoffer
from services.devices.domain.device import Device
from services.devices.domain.watermark import Poll, delivered_through, is_due
from services.devices.drivers.port import Call, Info, Known
from services.devices.orm import commands, contacts, devices

_CONTACT = (
    sa.select(contacts, devices.c.clock_held_since, devices.c.reported_through, devices.c.reported_at)
    .join(devices, devices.c.device_sn == contacts.c.device_sn)
    .with_for_update(of=contacts)
)  # fmt: skip


def poll(tx: Transaction, known: Known, info: Info, call: Call, config: DevicesConfig) -> tuple[str, str] | None:
    """Note the heartbeat, tell what follows from it, and give the next command as (id, text)."""
    row = tx.execute(_CONTACT.where(contacts.c.device_sn == known.device_sn)).mappings().one_or_none()
    if row is None:
        tx.execute(sa.insert(contacts).values(device_sn=known.device_sn, first_seen_at=call.received_at, last_seen_at=call.received_at))
        row = tx.execute(_CONTACT.where(contacts.c.device_sn == known.device_sn)).mappings().one()
    seen, changes = _judge(row, info, call)
    through = delivered_through(seen)
    if through is not None and _due(row, through, call, config):
        tx.get(Device, known.device_sn, for_update=True).report(through, row["stored_count"], tx.now)
    # Said once per gap, and only when the terminal had its chance to send.
    newly_missing = seen.gap and seen.quiet and row["gap_since"] is None
    if newly_missing:
        tx.get(Device, known.device_sn, for_update=True).find_gap(on_device=seen.on_device or 0, stored=seen.stored, at=tx.now)
    changes["behind"] = through is None
    changes["gap_since"] = (row["gap_since"] or (call.received_at if newly_missing else None)) if seen.gap else None
    tx.execute(sa.update(contacts).where(contacts.c.device_sn == known.device_sn).values(**changes))
    return _next_command(tx, known, call, config)


def _judge(row: Any, info: Info, call: Call) -> tuple[Poll, dict[str, Any]]:
    """The poll as the rule sees it, and what to remember of it."""
    at = call.received_at
    changes: dict[str, Any] = {"last_seen_at": max(row["last_seen_at"], at), "last_poll_at": max(row["last_poll_at"] or at, at)}
    cleared = row["log_cleared_at"]
    if info.punches is not None:
        if row["on_device"] is not None and info.punches < row["on_device"]:
            cleared = changes["log_cleared_at"] = cleared or at
        changes |= {"on_device": info.punches, "on_device_at": at}
    if info.firmware:
        changes |= {"firmware": info.firmware, "users_count": info.users, "ip_address": info.ip_address}
    seen = Poll(
        previous_at=row["last_poll_at"],
        last_upload_at=row["last_upload_at"],
        refused=row["refused_at"] is not None,
        stored=row["stored_count"] + row["quarantined_count"],
        on_device=info.punches,
        log_cleared=cleared is not None,
        clock_held=row["clock_held_since"] is not None,
    )
    return seen, changes


def _due(row: Any, through: Any, call: Call, config: DevicesConfig) -> bool:
    return is_due(
        through,
        last_through=row["reported_through"],
        last_sent_at=row["reported_at"],
        was_behind=row["behind"],
        at=call.received_at,
        every=timedelta(seconds=config.report_seconds),
    )


def _next_command(tx: Transaction, known: Known, call: Call, config: DevicesConfig) -> tuple[str, str] | None:
    """One per poll: the oldest not yet offered, or offered too long ago. Offered often enough without a result, its outcome is unknown."""
    waited = call.received_at - timedelta(seconds=config.command_wait_seconds)
    open_ = sa.or_(commands.c.state == "queued", sa.and_(commands.c.state == "sent", commands.c.offered_at <= waited))
    mine = commands.c.device_sn == known.device_sn
    query = sa.select(commands).where(mine, open_).order_by(commands.c.command_id).limit(5).with_for_update(skip_locked=True)
    for row in tx.execute(query).mappings().all():
        this = sa.update(commands).where(commands.c.command_id == row["command_id"])
        if reoffer(attempts=row["attempts"], most=config.command_attempts):
            tx.execute(this.values(state="sent", attempts=row["attempts"] + 1, offered_at=call.received_at))
            return str(row["command_id"]), row["wire"]
        tx.execute(this.values(state="unknown", finished_at=call.received_at))
    return None
