"""What drivers are offered: `drivers.port.House` on the database. Each method is one transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Db, Transaction
from chassis.errors import HallbusError, Unavailable
from chassis.failpoints import failpoint
from chassis.ids import new_id
from chassis.log import get_logger
from services.devices import heartbeat, ingest, quarantined
from services.devices.config import DevicesConfig
from services.devices.domain.device import Device
from services.devices.drivers.port import Call, Greeting, Info, Known, Operation, Punches, Raw, Result
from services.devices.drivers.zk_push.operlog import CLEARING, FALSIFYING
from services.devices.hotstore import HotStore
from services.devices.orm import commands, contacts, devices, operations, presses, uploads
from services.devices.register import Register
from services.devices.telling import rating_pressed

log = get_logger(__name__)
_STAMP = re.compile(r"[0-9A-Za-z]{1,16}")


class DeviceHouse:
    """The application side of the device port, one per process."""

    def __init__(self, db: Db, config: DevicesConfig) -> None:
        self._db = db
        self._config = config
        self._register = Register(db, config)
        self._hot = HotStore(db, config.request_seconds)
        self._refused: set[str] = set()

    # --- who

    def known(self, device_sn: str) -> Known | None:
        return self._register.known(device_sn)

    def greet(self, device_sn: str, greeting: Greeting, call: Call) -> Known | None:
        return self._register.greet(device_sn, greeting, call)

    def touch(self, known: Known, call: Call) -> None:
        with self._db.transaction() as tx:
            _seen(tx, known.device_sn, call)

    def refuse(self, device_sn: str) -> None:
        # Refusals happen when the database is away, too: they are remembered here until it can be told.
        if len(self._refused) < 100_000:
            self._refused.add(device_sn)
        try:
            self._tell_refusals()
        except HallbusError:
            log.warning("refusal_not_stored_yet", device_sn=device_sn)

    def _tell_refusals(self) -> None:
        refused = list(self._refused)
        if not refused:
            return
        with self._db.transaction() as tx:
            now, sn = sa.literal(tx.now, contacts.c.refused_at.type), devices.c.device_sn
            registered = sa.select(sn, now, now, now).where(sn.in_(refused)).order_by(sn)
            row = insert(contacts).from_select(["device_sn", "first_seen_at", "last_seen_at", "refused_at"], registered)
            tx.execute(row.on_conflict_do_update(index_elements=[contacts.c.device_sn], set_={"refused_at": tx.now}))
        self._refused.difference_update(refused)

    def poll(self, known: Known, info: Info, call: Call) -> tuple[str, str] | None:
        self._tell_refusals()
        with self._db.transaction() as tx:
            return heartbeat.poll(tx, known, info, call, self._config)

    # --- what they bring

    def store_punches(self, known: Known, punches: Punches, raw: Raw, call: Call) -> None:
        for _ in range(3):
            parcel = ingest.pack(known, punches, raw, call, _new_stamp(known, call, "ATTLOG"))
            approved = self._store_with_rejects(known, punches, parcel, call) if punches.rejected else self._hot.store(parcel)
            if approved:
                self._refused.discard(known.device_sn)
                failpoint("devices.after_commit_before_answer")
                return
            again = self._register.known(known.device_sn, fresh=True)
            if again is None or not again.approved:
                break
            known = again
        raise Unavailable("NOT_APPROVED", "the device is not approved")

    def _store_with_rejects(self, known: Known, punches: Punches, parcel: ingest.Parcel, call: Call) -> bool:
        with self._db.transaction() as tx:
            approved = ingest.store_within(tx, parcel)
            if approved:
                quarantined.keep(tx, known, punches.rejected, parcel.upload_id, call, self._config)
            return approved

    def store_operations(self, known: Known, operations_: Sequence[Operation], raw: Raw, call: Call) -> None:
        with self._db.transaction() as tx:
            upload = self._keep(tx, known.device_sn, known, raw, call)
            _seen(tx, known.device_sn, call, refused_at=None, **_stamped(known, call, "OPERLOG"))
            fresh = _new_operations(tx, known, operations_, upload, call)
            if any(operation.code in CLEARING for operation in fresh):
                tx.execute(sa.update(contacts).where(contacts.c.device_sn == known.device_sn).values(log_cleared_at=call.received_at))
            falsifying = [operation for operation in fresh if operation.code in FALSIFYING]
            if falsifying:
                device = tx.get(Device, known.device_sn, for_update=True)
                for operation in falsifying:
                    device.tamper(operation=operation.code, operator=operation.operator, local_time=operation.local_time, at=tx.now)
        failpoint("devices.after_commit_before_answer")

    def store_raw(self, device_sn: str, known: Known | None, raw: Raw, call: Call) -> None:
        with self._db.transaction() as tx:
            self._keep(tx, device_sn, known, raw, call)
            if known is not None:
                _seen(tx, device_sn, call)

    def store_facts(self, known: Known, facts: Mapping[str, str], raw: Raw, call: Call) -> None:
        with self._db.transaction() as tx:
            self._keep(tx, known.device_sn, known, raw, call)
            _seen(tx, known.device_sn, call, facts=contacts.c.facts.concat(sa.cast(dict(facts), contacts.c.facts.type)))

    def store_results(self, device_sn: str | None, results: Sequence[Result], raw: Raw, call: Call) -> None:
        with self._db.transaction() as tx:
            known = self._register.known(device_sn) if device_sn else None
            self._keep(tx, device_sn or "", known, raw, call)
            for result in results:
                _finish(tx, device_sn, result, call)
            if device_sn:
                facts = {key: value for result in results if result.command.upper() == "INFO" for key, value in result.facts.items()}
                _seen(tx, device_sn, call, **({"facts": contacts.c.facts.concat(sa.cast(facts, contacts.c.facts.type))} if facts else {}))

    def store_press(self, known: Known, press: Mapping[str, Any], call: Call) -> bool:
        assert known.window_id is not None  # a rating device without a window cannot be registered
        row = {**press, "device_sn": known.device_sn, "window_id": known.window_id, "region": known.region, "hall_id": known.hall_id}
        with self._db.transaction() as tx:
            _seen(tx, known.device_sn, call)
            fresh = bool(tx.execute(insert(presses).values(**row, received_at=call.received_at).on_conflict_do_nothing()).rowcount)
            if fresh:
                tx.emit(rating_pressed(row))
        failpoint("devices.after_commit_before_answer")
        return fresh

    def _keep(self, tx: Transaction, device_sn: str, known: Known | None, raw: Raw, call: Call) -> str:
        upload = new_id()
        row = {
            "upload_id": upload,
            "device_sn": device_sn,
            "region": known.region if known else "",
            "hall_id": known.hall_id if known else None,
            "received_at": call.received_at,
            "method": call.method[:16],
            "path": call.path[:200],
            "query": call.raw_query[:2000],
            "table_name": raw.table,
            "body": raw.body,
            "size": call.size,
            "line_count": raw.lines,
            "state": raw.state,
        }
        tx.execute(sa.insert(uploads), row)
        return upload


def _seen(tx: Transaction, device_sn: str, call: Call, **changes: Any) -> None:
    row = insert(contacts).values(device_sn=device_sn, first_seen_at=call.received_at, last_seen_at=call.received_at)
    update = {"last_seen_at": sa.func.greatest(contacts.c.last_seen_at, call.received_at), **changes}
    tx.execute(row.on_conflict_do_update(index_elements=[contacts.c.device_sn], set_=update))


def _new_stamp(known: Known, call: Call, table: str) -> str | None:
    stamp = call.query.get("stamp") or call.query.get("opstamp") or ""
    return stamp if _STAMP.fullmatch(stamp) and known.stamps.get(table) != stamp else None


def _stamped(known: Known, call: Call, table: str) -> dict[str, Any]:
    stamp = _new_stamp(known, call, table)
    return {} if stamp is None else {"stamps": contacts.c.stamps.concat(sa.cast({table: stamp}, contacts.c.stamps.type))}


def _new_operations(tx: Transaction, known: Known, found: Sequence[Operation], upload: str, call: Call) -> list[Operation]:
    if not found:
        return []
    common = {
        "device_sn": known.device_sn,
        "region": known.region,
        "hall_id": known.hall_id,
        "received_at": call.received_at,
        "upload_id": upload,
    }
    rows = [{"operation": o.code, "operator": o.operator, "local_time": o.local_time, "objects": o.objects, **common} for o in found]
    statement = insert(operations).values(rows).on_conflict_do_nothing()
    returned = statement.returning(operations.c.operation, operations.c.operator, operations.c.local_time, operations.c.objects)
    return [Operation(*row) for row in tx.execute(returned)]


def _finish(tx: Transaction, device_sn: str | None, result: Result, call: Call) -> None:
    """The first result stands; one for another device's command, or for none of ours, changes nothing."""
    if not (result.command_id.isascii() and result.command_id.isdigit()):
        return
    open_ = commands.c.state.in_(("queued", "sent", "unknown"))
    mine = sa.true() if device_sn is None else commands.c.device_sn == device_sn
    state = "failed" if result.code is None or result.code < 0 else "done"
    tx.execute(
        sa.update(commands)
        .where(commands.c.command_id == int(result.command_id), open_, mine)
        .values(state=state, return_code=result.code, result=result.detail, finished_at=call.received_at)
    )
