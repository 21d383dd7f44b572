"""ATTLOG: the punches of attendance PUSH 2.x (protocol section 6.1), one per line, TAB separated, positional.

PIN, time, status, verify, work code, then 0 to 7 more fields that are kept in the raw request and never an error. One bad line never costs the
others: it goes to the quarantine with its reason and counts as received.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo

from services.devices.domain.clock_bounds import FORM, Bounds
from services.devices.drivers.port import Punches, Rejected

CONTROL = bytes(code for code in (*range(0x20), 0x7F) if code not in b"\t\n")
_PIN = re.compile(r"[\x21-\x7e]{1,24}")
_EPOCH = re.compile(r"\d{9,10}")

_TIMES: frozenset[str] = frozenset(f" {h:02}:{m:02}:{s:02}" for h in range(24) for m in range(60) for s in range(60))
"""Every clock reading of a day: looking one up is a tenth of the price of parsing it."""

_days: dict[str, bool] = {}


def parse(body: bytes, bounds: Bounds, zone: tzinfo) -> Punches:
    """The rows and bad lines of an upload; reasons: CONTROL_CHARACTER, TOO_FEW_FIELDS, BAD_PIN, BAD_TIME, BAD_FIELD, CLOCK_AHEAD, CLOCK_RESET, TOO_OLD."""
    if b"\r" in body:
        body = body.replace(b"\r\n", b"\n")
    found = Punches()
    # latin-1 never fails and never changes a byte; the fields we read are ASCII, the others stay in the raw request.
    lines = body.decode("latin-1").split("\n")
    if body.isascii() and len(body.translate(None, CONTROL)) == len(body):
        lines = _take_plain(lines, found, bounds)
    for line in lines:
        if not line or line.isspace() or line.startswith("TableName"):
            continue
        found.lines += 1
        raw = line.encode("latin-1")
        if raw.translate(None, CONTROL) != raw:
            found.rejected.append(Rejected(raw, "CONTROL_CHARACTER"))
        else:
            _take(line, found, bounds, zone)
    return found


def _take_plain(lines: list[str], found: Punches, bounds: Bounds) -> list[str]:
    """Take the rows that are beyond doubt, in one tight loop: a backlog has hundreds. Gives back the lines that need a closer look."""
    earliest, latest, days, times = bounds.earliest, bounds.latest, _days, _TIMES
    pins, local_times, statuses = found.pins.append, found.local_times.append, found.statuses.append
    verifies, work_codes = found.verifies.append, found.work_codes.append
    doubtful: list[str] = []
    for line in lines:
        fields = line.split("\t", 5)
        if len(fields) >= 5:
            pin, local_time, status, verify, code = fields[:5]
            sure = local_time[10:] in times and days.get(local_time[:10]) and earliest <= local_time <= latest
            if sure and pin.isalnum() and len(pin) <= 24 and len(status) <= 8 and len(verify) <= 8 and len(code) <= 24:
                pins(pin)
                local_times(local_time)
                statuses(status)
                verifies(verify)
                work_codes(code)
                continue
        doubtful.append(line)
    found.lines = len(found.pins)
    return doubtful


def _take(line: str, found: Punches, bounds: Bounds, zone: tzinfo) -> None:
    fields = line.split("\t")
    if len(fields) < 2:
        found.rejected.append(Rejected(line.encode("latin-1"), "TOO_FEW_FIELDS"))
        return
    pin, local_time = fields[0], fields[1]
    status, verify, work_code = (fields[2], fields[3], fields[4]) if len(fields) > 4 else (*fields[2:5], "", "", "")[:3]
    if not readable(local_time):
        local_time = _from_epoch(local_time, zone) or ""
    reason = _reason(pin, local_time, (status, verify, work_code), bounds)
    if reason is not None:
        found.rejected.append(Rejected(line.encode("latin-1"), reason, local_time or None))
        return
    found.pins.append(pin)
    found.local_times.append(local_time)
    found.statuses.append(status)
    found.verifies.append(verify)
    found.work_codes.append(work_code)


def _reason(pin: str, local_time: str, small: tuple[str, str, str], bounds: Bounds) -> str | None:
    if not (pin.isalnum() and pin.isascii() and len(pin) <= 24) and not _PIN.fullmatch(pin):
        return "BAD_PIN"
    if not local_time:
        return "BAD_TIME"
    if len(small[0]) > 8 or len(small[1]) > 8 or len(small[2]) > 24 or not (small[0] + small[1] + small[2]).isascii():
        return "BAD_FIELD"
    # The common case costs two comparisons; only what falls outside asks why.
    return None if bounds.earliest <= local_time <= bounds.latest else bounds.reason(local_time)


def readable(local_time: str) -> bool:
    """Whether it is a real moment as terminals write it; day 31 of a short month, which their packed calendar can produce, is none."""
    return local_time[10:] in _TIMES and real_day(local_time[:10])


def real_day(day: str) -> bool:
    """Whether YYYY-MM-DD exists in the calendar."""
    known = _days.get(day)
    if known is None:
        if len(_days) > 4000:
            _days.clear()
        try:
            known = datetime.strptime(day, "%Y-%m-%d").strftime("%Y-%m-%d") == day  # noqa: DTZ007  a day of the terminal's own calendar
        except ValueError:
            known = False
        _days[day] = known
    return known


def _from_epoch(text: str, zone: tzinfo) -> str | None:
    return datetime.fromtimestamp(int(text), UTC).astimezone(zone).strftime(FORM) if _EPOCH.fullmatch(text) else None
