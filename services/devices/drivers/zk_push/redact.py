"""What is removed from a request before it is kept: passwords, card and identity numbers, templates, photographs (PIPL; protocol sections 6.2-6.6).

Works on bytes and on every line, so that a line no parser understands is cleaned too.
"""

from __future__ import annotations

import re

MARK = b"<removed>"
_SECRET = re.compile(
    rb"(?i)\b(passwd|password|card|cardno|viceCard|tmp|content|template|photo|idnum|idno|address|name|username)=([^\t\r\n&,\0]*)"
)
_IDENTITY_NUMBER = re.compile(rb"(?<![0-9])[1-9]\d{16}[\dXx](?![0-9A-Za-z])")
SHORTEST_WITH_NUMBER = len("1\t2026-01-01 00:00:00") + 18
NOT_KEPT = frozenset({"IDCARD", "ATTPHOTO", "FDATA", "BIOPHOTO", "USERPIC", "FINGERTMP", "FACE"})
"""Tables whose rows are nothing but personal data: only that they came is kept."""


def clean(table: str, body: bytes) -> bytes | None:
    """The body as it may be kept; None when nothing of it may."""
    if table.upper() == "ATTPHOTO":
        return body.partition(b"\0")[0][:400]
    if table.upper() in NOT_KEPT:
        return None
    if table.upper() == "ATTLOG":
        return clean_punches(body)
    return _IDENTITY_NUMBER.sub(MARK, _SECRET.sub(rb"\1=" + MARK, body))


def clean_punches(body: bytes) -> bytes:
    """Identity-card terminals (人证) put the citizen's number into field 8 of a punch."""
    return _IDENTITY_NUMBER.sub(MARK, body) if _may_hold_number(body) else body


def _may_hold_number(body: bytes) -> bool:
    # A row with an 18-digit number and its own fields is longer than any ordinary row; measuring lines is far cheaper than searching them.
    return max(map(len, body.split(b"\n"))) >= SHORTEST_WITH_NUMBER and re.search(rb"\d{17}", body) is not None
