"""Uploads to cdata: which table holds what, and how each is acknowledged.

A fault of ours in reading a table must not cost the data: the raw request is kept as `unparsed` and acknowledged, and read again later.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from chassis.errors import HallbusError, Unavailable
from chassis.log import get_logger
from services.devices.domain.clock_bounds import Bounds, bounds_at
from services.devices.drivers.port import Call, House, Known, Punches, Raw, Reply
from services.devices.drivers.zk_push import archive, attlog, operlog, options, redact, rtlog
from services.devices.drivers.zk_push.pace import Pace

log = get_logger(__name__)
_OPERATION_TABLES = ("OPERLOG",)
_COUNTED = ("BIODATA", "IDCARD", "ERRORLOG", "USERINFO", "FINGERTMP", "FACE", "BIOPHOTO", "USERPIC")
_VITAL = ("ATTLOG", "OPERLOG", "RTLOG")
"""Tables whose loss matters: one that is too large is refused for ever rather than acknowledged and dropped."""


def take(call: Call, known: Known, house: House, pace: Pace) -> Reply:
    """Store one upload and acknowledge it; raises Unavailable when it cannot be stored now."""
    table = call.query.get("table", "")
    if call.body is None:
        return _too_large(call, known, house, table)
    if call.query.get("type", "").lower() == "postverifydata" or "authtype" in call.query:
        house.store_raw(known.device_sn, known, Raw("verify", redact.clean("verify", call.body), 1), call)
        return Reply(b"OK")
    try:
        return read(call, known, house, pace)
    except HallbusError:
        raise
    except Exception as error:  # noqa: BLE001  any fault of ours in reading: the data comes first
        log.error("upload_unparsed", error, device_sn=known.device_sn, table=table)
        lines = len(operlog.lines_of(call.body))
        house.store_raw(known.device_sn, known, Raw(table[:64], redact.clean(table, call.body), lines, "unparsed"), call)
        return acknowledged(lines)


def read(call: Call, known: Known, house: House, pace: Pace) -> Reply:
    """The same without the net under it: for reading an unparsed request again."""
    return _READERS.get(call.query.get("table", "").upper(), _unknown)(call, known, house, pace)


def acknowledged(lines: int) -> Reply:
    """Accepted: duplicates and rejected lines count too, otherwise the terminal sends the batch again and again."""
    return Reply(f"OK: {lines}".encode())


def bounds_for(call: Call, known: Known, pace: Pace) -> Bounds:
    """The believable row times at this moment in this terminal's zone."""
    ahead, oldest = timedelta(seconds=pace.ahead_seconds), timedelta(days=pace.oldest_days)
    return bounds_at(call.received_at, known.zone, ahead=ahead, oldest=oldest)


def _punches(call: Call, known: Known, house: House, pace: Pace) -> Reply:
    body = call.body or b""
    found = attlog.parse(body, bounds_for(call, known, pace), known.zone)
    house.store_punches(known, found, Raw("ATTLOG", redact.clean_punches(body), found.lines), call)
    return acknowledged(found.lines)


def _operations(call: Call, known: Known, house: House, pace: Pace) -> Reply:
    del pace
    body = call.body or b""
    if call.query.get("contenttype", "").lower() == "tgz":
        try:
            body = archive.unpack(body)
        except archive.NotAnArchive as error:
            log.warning("archive_unreadable", error, device_sn=known.device_sn)
            house.store_raw(known.device_sn, known, Raw("OPERLOG", None, 0, "unknown"), call)
            return Reply(b"OK")
    lines = operlog.lines_of(body)
    raw = Raw("OPERLOG", redact.clean("OPERLOG", body), len(lines))
    house.store_operations(known, operlog.operations(lines), raw, call)
    return acknowledged(len(lines))


def _options(call: Call, known: Known, house: House, pace: Pace) -> Reply:
    del pace
    body = call.body or b""
    text = body.decode(known.charset or "utf-8", errors="replace")
    house.store_facts(known, options.facts(text), Raw("options", redact.clean("options", body), 1), call)
    return Reply(b"OK")


def _counted(call: Call, known: Known, house: House, pace: Pace) -> Reply:
    del pace
    body, table = call.body or b"", call.query.get("table", "").upper()
    lines = len(operlog.lines_of(body))
    house.store_raw(known.device_sn, known, Raw(table, redact.clean(table, body), lines), call)
    return acknowledged(lines)


def _photo(call: Call, known: Known, house: House, pace: Pace) -> Reply:
    del pace
    house.store_raw(known.device_sn, known, Raw("ATTPHOTO", redact.clean("ATTPHOTO", call.body or b""), 1), call)
    return Reply(b"OK")


def _door_log(call: Call, known: Known, house: House, pace: Pace) -> Reply:
    body = call.body or b""
    found = rtlog.parse(operlog.lines_of(body), bounds_for(call, known, pace))
    house.store_punches(known, found, Raw("rtlog", redact.clean("rtlog", body), found.lines), call)
    return Reply(b"OK")


def _door_table(call: Call, known: Known, house: House, pace: Pace) -> Reply:
    """Security tables are acknowledged by their own name and count; a bare OK makes the terminal repeat them for ever."""
    body, name = call.body or b"", call.query.get("tablename", "")
    lines = operlog.lines_of(body)
    found = rtlog.parse(lines, bounds_for(call, known, pace)) if name.lower() == "transaction" else Punches(lines=len(lines))
    house.store_punches(known, found, Raw(f"tabledata/{name}"[:64], redact.clean(name, body), len(lines)), call)
    return Reply(f"{_plain(name)}={len(lines)}".encode())


def _unknown(call: Call, known: Known, house: House, pace: Pace) -> Reply:
    del pace
    table = call.query.get("table", "")
    house.store_raw(known.device_sn, known, Raw(table[:64], redact.clean(table, call.body or b""), 0, "unknown"), call)
    return Reply(b"OK")


def _too_large(call: Call, known: Known, house: House, table: str) -> Reply:
    log.error("upload_too_large", device_sn=known.device_sn, table=table, size=call.size)
    if table.upper() in _VITAL:
        raise Unavailable("BODY_TOO_LARGE", "an upload of punches or operations beyond the body limit is never dropped")
    house.store_raw(known.device_sn, known, Raw(table[:64], None, 0, "too_large"), call)
    return Reply(b"OK")


def _plain(name: str) -> str:
    return "".join(character for character in name if character.isascii() and character.isalnum())


_READERS: dict[str, Callable[[Call, Known, House, Pace], Reply]] = {
    "ATTLOG": _punches,
    "RTLOG": _door_log,
    "RTSTATE": _unknown,
    "TABLEDATA": _door_table,
    "OPTIONS": _options,
    "ATTPHOTO": _photo,
    **dict.fromkeys(_OPERATION_TABLES, _operations),
    **dict.fromkeys(_COUNTED, _counted),
}
