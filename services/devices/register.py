"""The register as the device port reads it: a short-lived cache in front of it, and first contacts."""

from __future__ import annotations

import time
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from chassis.database import Db, Transaction
from services.devices.config import DevicesConfig
from services.devices.domain.device import FAMILY_OF, TERMINAL, Device
from services.devices.domain.tokens import digest
from services.devices.drivers.port import Call, Greeting, Known
from services.devices.orm import contacts, devices

CACHE_SECONDS = 2.0
"""How long a change of enrolment may stay unseen by heartbeats; uploads check it again in their own statement."""

_CHINESE = ("83", "84")
"""Menu languages whose terminals write names in GB2312 (protocol section 10)."""

_SELECT = (
    sa.select(devices, contacts.c.device_type, contacts.c.dialect, contacts.c.language, contacts.c.stamps)
    .select_from(devices.outerjoin(contacts, contacts.c.device_sn == devices.c.device_sn))
)  # fmt: skip


class Register:
    """Who is who at the device port of this process."""

    def __init__(self, db: Db, config: DevicesConfig) -> None:
        self._db = db
        self._config = config
        self._cache: dict[str, tuple[float, Known]] = {}

    def known(self, device_sn: str, *, fresh: bool = False) -> Known | None:
        """The device, at most CACHE_SECONDS old unless `fresh`."""
        cached = self._cache.get(device_sn)
        if cached is not None and not fresh and cached[0] > time.monotonic():
            return cached[1]
        with self._db.read() as tx:
            return self._load(tx, device_sn)

    def _load(self, tx: Transaction, device_sn: str) -> Known | None:
        row = tx.execute(_SELECT.where(devices.c.device_sn == device_sn)).mappings().one_or_none()
        if row is None:
            self._cache.pop(device_sn, None)
            return None
        found = _known(row)
        if len(self._cache) > 50_000:
            self._cache.clear()
        self._cache[device_sn] = (time.monotonic() + CACHE_SECONDS, found)
        return found

    def greet(self, device_sn: str, greeting: Greeting, call: Call) -> Known | None:
        """Note what the device says of itself; an unknown one becomes a pending terminal. None when too many are pending already."""
        with self._db.transaction() as tx:
            if self._load(tx, device_sn) is None and not self._admit(tx, device_sn):
                return None
            _note(tx, device_sn, greeting, call)
            return self._load(tx, device_sn)

    def _admit(self, tx: Transaction, device_sn: str) -> bool:
        pending = tx.execute(sa.select(sa.func.count()).select_from(devices).where(devices.c.state == "pending")).scalar_one()
        if pending >= self._config.pending_limit:
            return False
        device = Device(device_sn, TERMINAL, FAMILY_OF[TERMINAL], self._config.default_zone, tx.now)
        row = {column.name: getattr(device, column.name) for column in devices.columns}
        tx.execute(sa.dialects.postgresql.insert(devices).on_conflict_do_nothing(), row)
        return True


def _note(tx: Transaction, device_sn: str, greeting: Greeting, call: Call) -> None:
    key = digest(greeting.comm_key) if greeting.comm_key else None
    said = {
        "language": greeting.language,
        "push_version": greeting.push_version,
        "device_type": greeting.device_type,
        "dialect": greeting.dialect,
        "comm_key_hash": key,
    }
    told = {name: value[:64] for name, value in said.items() if value}
    insert = sa.dialects.postgresql.insert(contacts).values(
        device_sn=device_sn, first_seen_at=call.received_at, last_seen_at=call.received_at, **told
    )
    update: dict[str, Any] = {**told, "last_seen_at": sa.func.greatest(contacts.c.last_seen_at, call.received_at)}
    if key is not None:
        # The key a terminal was approved with stays the reference; another one is shown to the operator instead of replacing it.
        update["comm_key_hash"] = sa.func.coalesce(contacts.c.comm_key_hash, key)
        differs = sa.and_(contacts.c.comm_key_hash.is_not(None), contacts.c.comm_key_hash != key)
        update["comm_key_changed_at"] = sa.case((differs, call.received_at), else_=contacts.c.comm_key_changed_at)
    tx.execute(insert.on_conflict_do_update(index_elements=[contacts.c.device_sn], set_=update))


def _known(row: Any) -> Known:
    charset = row["charset"] or ("gb18030" if row["language"] in _CHINESE else None)
    return Known(
        device_sn=row["device_sn"],
        family=row["family"],
        state=row["state"],
        enrolment=row["enrolment"],
        region=row["region"],
        hall_id=row["hall_id"],
        window_id=row["window_id"],
        zone=zone_of(row["zone"]),
        charset=charset,
        token_hash=row["token_hash"],
        device_type=row["device_type"],
        dialect=row["dialect"],
        stamps=row["stamps"] or {},
    )


_zones: dict[str, tzinfo] = {}


def zone_of(name: str) -> tzinfo:
    """The zone by its IANA name."""
    if name not in _zones:
        _zones[name] = ZoneInfo(name)
    return _zones[name]
