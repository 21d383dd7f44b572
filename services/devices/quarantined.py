"""Rows that are no punches: kept verbatim with their reason, counted as arrived, never scored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Transaction
from chassis.metrics import counter
from services.devices.config import DevicesConfig
from services.devices.domain.clock_bounds import HOLDING, TOO_OLD, bounds_at
from services.devices.domain.device import Device
from services.devices.drivers.port import Call, Known, Rejected
from services.devices.orm import contacts, quarantine

lines_quarantined = counter("hallbus_devices_lines_quarantined_total", "Lines of uploads that are no punches", ["reason"])


def keep(tx: Transaction, known: Known, rejected: Sequence[Rejected], upload: str, call: Call, config: DevicesConfig) -> None:
    """Store the bad lines that were not there before, and say so when times are impossible. The contact row is locked already."""
    fresh = _insert(tx, known, rejected, upload, call)
    if not fresh:
        return
    counted = {"quarantined_count": contacts.c.quarantined_count + len(fresh)}
    tx.execute(sa.update(contacts).where(contacts.c.device_sn == known.device_sn).values(counted))
    for line in fresh:
        lines_quarantined.labels(line.reason).inc()
    _tell(tx, known, fresh, call, config)


def _insert(tx: Transaction, known: Known, rejected: Sequence[Rejected], upload: str, call: Call) -> list[Rejected]:
    by_digest = {sha256(line.line).hexdigest(): line for line in rejected}
    rows = [
        {
            "quarantine_id": tx.new_id(),
            "device_sn": known.device_sn,
            "line_digest": digest,
            "region": known.region,
            "hall_id": known.hall_id,
            "received_at": call.received_at,
            "upload_id": upload,
            "reason": line.reason,
            "line": line.line[:4000],
            "local_time": line.local_time,
        }
        for digest, line in sorted(by_digest.items())
    ]
    statement = insert(quarantine).values(rows).on_conflict_do_nothing().returning(quarantine.c.line_digest)
    return [by_digest[digest] for (digest,) in tx.execute(statement)]


def _tell(tx: Transaction, known: Known, fresh: Sequence[Rejected], call: Call, config: DevicesConfig) -> None:
    bounds = bounds_at(
        call.received_at, known.zone, ahead=timedelta(seconds=config.ahead_seconds), oldest=timedelta(days=config.oldest_days)
    )
    times = [line for line in fresh if line.reason in (*HOLDING, TOO_OLD) and line.local_time]
    if not times:
        return
    holding = [line for line in times if line.reason in HOLDING]
    skews = [bounds.skew_seconds(line.local_time) for line in holding or times if line.local_time]
    worst = max(skews, key=abs)
    device = tx.get(Device, known.device_sn, for_update=True)
    if holding:
        device.hold_clock(skew_seconds=worst, quarantined=len(times), at=tx.now)
    else:
        device.note_skew(skew_seconds=worst, quarantined=len(times), at=tx.now)
