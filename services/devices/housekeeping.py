"""Work that falls due without anybody calling: presence, unread requests, old raw requests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from chassis.database import Db
from chassis.log import get_logger
from services.devices.config import DevicesConfig
from services.devices.domain.device import Device
from services.devices.drivers.port import Call
from services.devices.drivers.zk_push import uploads as reading
from services.devices.drivers.zk_push.pace import Pace
from services.devices.house import DeviceHouse
from services.devices.http import parameters
from services.devices.orm import contacts, devices, uploads

log = get_logger(__name__)


def sweep_presence(db: Db, config: DevicesConfig, *, limit: int) -> int:
    """Tell who fell silent and who came back; computed from contacts, so any process may do it. Rating devices count once they send heartbeats."""
    with db.transaction() as tx:
        horizon = tx.now - config.presence_window
        silent = sa.and_(devices.c.online, contacts.c.last_seen_at < horizon)
        back = sa.and_(sa.not_(devices.c.online), contacts.c.last_seen_at >= horizon)
        beats = sa.or_(devices.c.kind == "terminal", contacts.c.last_poll_at.is_not(None))
        query = (
            sa.select(devices.c.device_sn, contacts.c.last_seen_at)
            .join(contacts, contacts.c.device_sn == devices.c.device_sn)
            .where(devices.c.state == "approved", beats, sa.or_(silent, back))
            .limit(limit)
            .with_for_update(of=devices, skip_locked=True)
        )
        rows = tx.execute(query).all()
        for device_sn, last_seen_at in rows:
            device = tx.get(Device, device_sn, for_update=True)
            if last_seen_at >= horizon:
                device.come_online(last_seen_at)
            else:
                device.go_offline(last_seen_at, tx.now)
        return len(rows)


def reread_unparsed(db: Db, config: DevicesConfig, *, limit: int) -> int:
    """Read again what a fault of ours left unread. What still cannot be read stays and is tried again after the next start."""
    with db.read() as tx:
        query = sa.select(uploads).where(uploads.c.state == "unparsed").order_by(uploads.c.upload_id).limit(limit)
        rows = tx.execute(query).mappings().all()
    return sum(_reread(db, config, row) for row in rows)


def _reread(db: Db, config: DevicesConfig, row: Any) -> int:
    house = DeviceHouse(db, config)
    known = house.known(row["device_sn"])
    if known is None or not known.approved or row["body"] is None:
        return 0
    query = parameters(row["query"])
    call = Call(row["method"], row["path"], row["query"], query, {}, bytes(row["body"]), row["size"], row["received_at"])
    pace = Pace(config.poll_delay_seconds, config.error_delay_seconds, config.ahead_seconds, config.oldest_days)
    try:
        reading.read(call, known, house, pace)
    except Exception as error:  # noqa: BLE001  the fault is still there
        log.error("upload_still_unparsed", error, upload_id=str(row["upload_id"]))
        return 0
    # Reading stored the rows under a request of its own; doing it twice after a crash here finds only duplicates.
    with db.transaction() as tx:
        tx.execute(sa.update(uploads).where(uploads.c.upload_id == row["upload_id"]).values(state="reread"))
    return 1


def purge_raw(db: Db, config: DevicesConfig, *, limit: int) -> int:
    """Forget raw requests older than the setting; punches, quarantine and operations stay."""
    with db.transaction() as tx:
        old = tx.now - timedelta(days=config.raw_days)
        # Ids begin with their time, so the primary key finds the oldest; unread requests are never forgotten.
        oldest = (
            sa.select(uploads.c.upload_id, uploads.c.received_at, uploads.c.state).order_by(uploads.c.upload_id).limit(limit).subquery()
        )
        expired = sa.select(oldest.c.upload_id).where(oldest.c.received_at < old, oldest.c.state != "unparsed")
        return int(tx.execute(sa.delete(uploads).where(uploads.c.upload_id.in_(expired))).rowcount)
