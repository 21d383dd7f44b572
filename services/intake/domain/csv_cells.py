"""Cells of a file that people open in a spreadsheet."""

from __future__ import annotations

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def text_cell(text: str | None) -> str:
    """Text as text: what a spreadsheet would run as a formula gets an apostrophe in front (CSV injection), also behind blanks."""
    shown = text or ""
    return "'" + shown if shown.lstrip(" \n").startswith(_DANGEROUS) or shown.startswith(("\t", "\r", "\n")) else shown
