"""Ids of rows and events: UUID version 7 (RFC 9562), time-ordered so that indexes stay compact."""

from __future__ import annotations

import os
import time
import uuid


def uuid7() -> uuid.UUID:
    """48 bits of milliseconds, 74 bits of randomness; unique without coordination."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return uuid.UUID(int=value)


def new_id() -> str:
    """A fresh uuid7 as text."""
    return str(uuid7())
