"""Punches of security PUSH 3.x: `key=value` pairs separated by TABs, one row per line (protocol section 6.5). Tolerated, not the primary dialect.

`index` numbers the records of one terminal, so it takes the work code's place in the identity of a punch. PIN 0 is an event of the door, not a person.
"""

from __future__ import annotations

from services.devices.domain.clock_bounds import Bounds
from services.devices.drivers.port import Punches, Rejected
from services.devices.drivers.zk_push.attlog import CONTROL, readable


def parse(lines: list[str], bounds: Bounds) -> Punches:
    """The persons' rows and bad lines; the door's own events are counted only."""
    found = Punches(lines=len(lines))
    for line in lines:
        fields = pairs(line)
        pin, local_time = fields.get("pin", ""), fields.get("time", "")
        reason = _reason(line, pin, local_time, bounds)
        if pin == "0":
            continue
        if reason is not None:
            found.rejected.append(Rejected(line.encode("latin-1"), reason, local_time if readable(local_time) else None))
            continue
        found.pins.append(pin)
        found.local_times.append(local_time)
        found.statuses.append(fields.get("inoutstatus", "")[:8])
        found.verifies.append(method(fields.get("verifytype", "")))
        found.work_codes.append(fields.get("index", "")[:24])
    return found


def pairs(line: str) -> dict[str, str]:
    """The fields of a row by lower-case key; split at the first `=` only, since values may end in one."""
    found = {}
    for part in line.strip("\r\n").split("\t"):
        key, separator, value = part.partition("=")
        if separator:
            found[key.strip().split(" ")[-1].lower()] = value.strip()
    return found


def method(text: str) -> str:
    """Verify methods may come as a 16-character bit string; shown as hexadecimal to keep every bit in little room."""
    return f"b{int(text, 2):04x}" if len(text) == 16 and set(text) <= {"0", "1"} else text[:8]


def _reason(line: str, pin: str, local_time: str, bounds: Bounds) -> str | None:
    raw = line.encode("latin-1")
    if raw.translate(None, CONTROL) != raw:
        return "CONTROL_CHARACTER"
    if not pin or len(pin) > 24 or not pin.isascii() or not pin.isprintable() or " " in pin:
        return "BAD_PIN"
    return bounds.reason(local_time) if readable(local_time) else "BAD_TIME"
