"""Points of score sheets as whole hundredths."""

from __future__ import annotations

from decimal import Decimal
from typing import Any


def hundredths(text: Any) -> int:
    """ "-0.50" as -50."""
    return int(Decimal(str(text)) * 100)


def lines_of(sheet: dict[str, Any]) -> list[tuple[str, int]]:
    """The standing lines of a sheet, sorted: (code, hundredths)."""
    return sorted((line["line"], hundredths(line["points"])) for line in sheet.get("lines", []))
