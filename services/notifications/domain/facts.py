"""From an event to the values that a template may speak of: strings in the reader's language and the hall's own time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

NOTHING = "—"
# Names that the service adds from its copies of directory's data.
NAMES = ("hall_name", "window_name", "item_name", "staff_name")

Words = Mapping[str, Mapping[str, Mapping[str, str]]]


def values(
    fields: Iterable[str], data: Mapping[str, Any], names: Mapping[str, str], *, zone: str, locale: str, words: Words
) -> dict[str, str]:
    """Exactly `fields`, each a string: names, words of code lists in `locale`, moments as local minutes; what is absent is a dash."""
    return {name: _shown(name, names.get(name) if name in NAMES else data.get(name), zone, locale, words) for name in fields}


def _shown(name: str, value: Any, zone: str, locale: str, words: Words) -> str:
    if value is None or value == "":
        return NOTHING
    if name in words:
        return words[name].get(str(value), {}).get(locale, str(value))
    if name.endswith("_at") or name == "at":
        return datetime.fromisoformat(str(value)).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
    return str(value)
