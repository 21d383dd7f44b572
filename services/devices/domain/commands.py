"""Commands to a terminal: a closed list of typed commands, never free text (protocol section 7: SHELL is code execution on the terminal).

Every command here may be carried out twice without harm, because delivery is at least once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.devices.domain.errors import CommandRefused

CHECK, LOG, INFO, QUERY_PUNCHES, SET_USER = "check", "log", "info", "query_punches", "set_user"
KINDS: Final = (CHECK, LOG, INFO, QUERY_PUNCHES, SET_USER)

NAME_BYTES = 24
"""What a terminal keeps of a name, in its own encoding."""

_PLAIN = {CHECK: "CHECK", LOG: "LOG", INFO: "INFO"}
_PIN = re.compile(r"[0-9A-Za-z]{1,24}")
_FORM = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True)
class Order:
    """What to ask of the terminal; window times are in its own zone."""

    kind: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    pin: str | None = None
    name: str | None = None


def wire_text(order: Order, charset: str) -> str:
    """The command without `C:<id>:`. Raises CommandRefused with COMMAND_UNKNOWN, WINDOW_MISSING, WINDOW_REVERSED, PIN_INVALID or NAME_MISSING."""
    if order.kind in _PLAIN:
        return _PLAIN[order.kind]
    if order.kind == QUERY_PUNCHES:
        return _query(order)
    if order.kind == SET_USER:
        return _set_user(order, charset)
    raise CommandRefused("COMMAND_UNKNOWN", f"kind must be one of {', '.join(KINDS)}", kind=order.kind)


def _query(order: Order) -> str:
    if order.starts_at is None or order.ends_at is None:
        raise CommandRefused("WINDOW_MISSING", "starts_at and ends_at are needed for query_punches")
    if order.ends_at < order.starts_at:
        raise CommandRefused("WINDOW_REVERSED", "ends_at is before starts_at")
    return f"DATA QUERY ATTLOG StartTime={order.starts_at.strftime(_FORM)}\tEndTime={order.ends_at.strftime(_FORM)}"


def _set_user(order: Order, charset: str) -> str:
    if order.pin is None or not _PIN.fullmatch(order.pin):
        raise CommandRefused("PIN_INVALID", "pin must be 1 to 24 letters or digits", pin=order.pin)
    name = cut(clean(order.name or ""), charset, NAME_BYTES)
    if not name:
        raise CommandRefused("NAME_MISSING", "name is needed for set_user")
    return f"DATA UPDATE USERINFO PIN={order.pin}\tName={name}\tPri=0\tPasswd=\tCard=\tGrp=1\tTZ=0000000100000000\tVerify=-1"


def clean(value: str) -> str:
    """A value without control characters: a name with a line end would be a second command."""
    return "".join(character for character in value if character.isprintable()).strip()


def cut(value: str, charset: str, limit: int) -> str:
    """As many whole characters as fit into `limit` bytes of `charset`."""
    return value.encode(charset, errors="replace")[:limit].decode(charset, errors="ignore")


def reoffer(*, attempts: int, most: int) -> bool:
    """Whether a command without a result is offered again; else its outcome stays unknown."""
    return attempts < most
