"""OPERLOG: what was done at the terminal itself (protocol section 6.2); lines of mixed kinds, the first word says which.

Only OPLOG lines are read. USER, FP, FACE and the like are about people and are counted, not kept (see `redact`).
"""

from __future__ import annotations

from services.devices.drivers.port import Operation

FALSIFYING = frozenset({13, 21, 22, 23, 82, 83, 105, 113})
"""Clear data, set time, factory reset, delete punches, server address and port changed, delete punches, and 113: what can falsify records."""

CLEARING = frozenset({13, 22, 23, 105})
"""Operations after which the terminal holds fewer punches than it once had."""


def lines_of(body: bytes) -> list[str]:
    """The non-blank lines; bytes survive as latin-1."""
    return [line for line in body.decode("latin-1").replace("\r\n", "\n").split("\n") if line.strip("\0\r\t ")]


def operations(lines: list[str]) -> list[Operation]:
    """The OPLOG lines that can be read; others are left to the raw request."""
    found = []
    for line in lines:
        kind, _, rest = line.partition(" ")
        if kind.upper() != "OPLOG":
            continue
        fields = [_plain(field) for field in rest.split("\t")]
        if len(fields) < 3 or not fields[0].isdigit() or len(fields[0]) > 6:
            continue
        found.append(Operation(int(fields[0]), fields[1][:24], fields[2][:32], "|".join(fields[3:])[:120]))
    return found


def _plain(field: str) -> str:
    return "".join(character for character in field.strip() if character.isascii() and character.isprintable())
