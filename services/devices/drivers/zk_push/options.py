"""What a terminal says about itself: `k=v` pairs of options pushes, registrations and INFO answers, and the INFO list of a poll (protocol section 5)."""

from __future__ import annotations

import re

from services.devices.drivers.port import Info

# A comma only separates where another key follows; values may hold commas ("~OEMVendor=ZKTECO CO., LTD.").
_BETWEEN = re.compile(r"(?:,|[\r\n]+)(?=~?[A-Za-z][\w.~]*=)")
MOST, LONGEST = 300, 200


def facts(text: str) -> dict[str, str]:
    """The pairs by key, leading `~` removed, values trimmed; at most 300 of at most 200 characters."""
    found: dict[str, str] = {}
    for pair in _BETWEEN.split(text.strip("\r\n, ")):
        key, separator, value = pair.partition("=")
        if separator and len(found) < MOST:
            found[_clean(key).lstrip("~")[:64]] = _clean(value)[:LONGEST]
    return found


def info(text: str | None) -> Info:
    """The positional INFO list; missing or unreadable places are None."""
    if not text:
        return Info()
    places = [place.strip() for place in text.split(",")]
    places += [""] * (5 - len(places))
    return Info(_clean(places[0])[:80] or None, _count(places[1]), _count(places[3]), _clean(places[4])[:45] or None)


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def _clean(text: str) -> str:
    return "".join(character for character in text if character.isprintable()).strip()
