"""Ids of rows and events: UUID version 7 (RFC 9562), time-ordered so that indexes stay compact."""

from __future__ import annotations

import os
import time
import uuid


def uuid7() -> uuid.UUID:
    """48 bits of milliseconds, 74 bits of randomness; unique without coordination."""
    return uuid.UUID(int=_number())


def new_id() -> str:
    """A fresh uuid7 as text; every row and event has one, and uuid.UUID would cost more than all the rest of it."""
    digits = f"{_number():032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _number() -> int:
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    return (value & ~(0x3 << 62)) | (0x2 << 62)
