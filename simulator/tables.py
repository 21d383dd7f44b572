"""Plain-text tables whose columns stay straight with Chinese in them: a wide character takes two places of a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def width(text: str) -> int:
    """Places that a text takes on a terminal."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def padded(text: str, places: int, *, right: bool = False) -> str:
    """The text with blanks up to `places`."""
    blanks = " " * max(0, places - width(text))
    return blanks + text if right else text + blanks


def cut(text: str, places: int) -> str:
    """As much of the text as fits, with … when something was left out."""
    if width(text) <= places:
        return text
    kept, used = "", 0
    for character in text:
        if used + width(character) > places - 1:
            break
        kept, used = kept + character, used + width(character)
    return kept + "…"


def wrapped(text: str, places: int) -> list[str]:
    """The text in lines of at most `places`, broken at blanks where there are any nearby."""
    lines: list[str] = []
    while width(text) > places:
        end = len(cut(text, places)) - 1
        blank = text.rfind(" ", end // 2, end + 1)
        end = blank if blank > 0 else end
        lines.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return [*lines, text] if text else lines


def table(head: Sequence[str], rows: Sequence[Sequence[object]], *, right: Sequence[int] = ()) -> list[str]:
    """Lines of a table; `right` are the columns of numbers."""
    texts = [[str(cell) for cell in row] for row in rows]
    places = [max(width(row[column]) for row in [list(head), *texts]) for column in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        return "  " + "  ".join(padded(cell, places[n], right=n in right) for n, cell in enumerate(cells)).rstrip()

    return [line(head), "  " + "  ".join("-" * n for n in places), *(line(row) for row in texts)]


def heading(zh: str, en: str) -> list[str]:
    """A section's title."""
    return ["", f"{zh} ({en})"]
