"""Bulk import of items: file content in, rows or errors out, every error with its line and field."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from services.directory.domain.guides import FEE_KINDS

COLUMNS = (
    "item_id", "name", "unit_id", "item_type", "time_class", "legal_days", "promised_days", "day_kind", "fees", "materials",
    "key_stages", "units_involved", "legal_basis", "long_limit_basis", "item_no", "conditions", "procedure", "phone", "flow_chart", "sample_forms",
)  # fmt: skip
REQUIRED = ("item_id", "name", "unit_id", "time_class", "legal_days", "promised_days")
NUMBERS = ("legal_days", "promised_days", "units_involved")
GUIDE = ("item_no", "conditions", "procedure", "phone", "flow_chart", "sample_forms")
"""Columns that belong to the guide."""


@dataclass(frozen=True)
class RowError:
    """What is wrong in which field of which line (CSV: line of the file; JSON: number of the entry, from 1)."""

    line: int
    field: str
    message: str


@dataclass(frozen=True)
class Row:
    """One item as plain values, not yet checked against the rules."""

    line: int
    values: dict[str, Any]


def read_csv(content: str) -> tuple[list[Row], list[RowError]]:
    """Rows of a CSV file with a header.

    Cells with several entries: materials "M1:申请书:required;M2:照片:optional", stages "accept;review", procedure "受理;审查", sample forms
    "样表:reference;…", fees "F1:登记费:fixed:8000:件:document" (code, name, kind, fen, unit, legal basis).
    """
    reader = csv.DictReader(io.StringIO(content.removeprefix("\ufeff"), newline=""))
    rows: list[Row] = []
    problems: list[RowError] = []
    try:
        problems += _wrong_header(reader.fieldnames or [])
        if problems:
            return [], problems
        for raw in reader:
            row, wrong = _csv_row(reader.line_num, raw)
            rows.append(row)
            problems += wrong
    except csv.Error as error:
        problems.append(RowError(max(1, reader.line_num), "content", f"not CSV: {error}"))
    return rows, problems


def _wrong_header(header: Sequence[str]) -> list[RowError]:
    missing = [RowError(1, name, "column is missing") for name in REQUIRED if name not in header]
    return missing + [RowError(1, str(name), "unknown column") for name in header if name not in COLUMNS]


def read_json(content: str) -> tuple[list[Row], list[RowError]]:
    """Rows of a JSON list of objects with the fields of an item."""
    try:
        entries = json.loads(content)
    except (ValueError, RecursionError) as error:
        return [], [RowError(getattr(error, "lineno", 1), "content", f"not JSON: {error}")]
    if not isinstance(entries, list):
        return [], [RowError(1, "content", "a list of items is expected")]
    rows, problems = [], []
    for line, entry in enumerate(entries, start=1):
        if isinstance(entry, dict):
            rows.append(Row(line, entry))
        else:
            problems.append(RowError(line, "content", "an object is expected"))
    return rows, problems


def duplicates(rows: list[Row]) -> list[RowError]:
    """An item may stand in a file once."""
    seen: dict[str, int] = {}
    found = []
    for row in rows:
        item_id = str(row.values.get("item_id", ""))
        if item_id in seen:
            found.append(RowError(row.line, "item_id", f"{item_id} stands in line {seen[item_id]} already"))
        seen.setdefault(item_id, row.line)
    return found


def _csv_row(line: int, raw: dict[str | Any, str | Any]) -> tuple[Row, list[RowError]]:
    problems: list[RowError] = []
    values: dict[str, Any] = {}
    if None in raw:
        problems.append(RowError(line, "content", "more cells than columns"))
    for name in COLUMNS:
        text = (raw.get(name) or "").strip()
        if name in NUMBERS and text:
            if text.isdecimal():
                values[name] = int(text)
            else:
                problems.append(RowError(line, name, f"{text!r} is not a whole number"))
        elif name in _CELLS and text:
            values[name], wrong = _CELLS[name](line, text)
            problems += wrong
        elif text:
            values[name] = text
    guide = {name: values.pop(name) for name in GUIDE if name in values}
    return Row(line, {**values, **({"guide": guide} if guide else {})}), problems


Cell = tuple[list[Any], list[RowError]]


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _words(_line: int, text: str) -> Cell:
    return _parts(text), []


def _forms(line: int, text: str) -> Cell:
    found, problems = [], []
    for part in _parts(text):
        name, colon, reference = part.partition(":")
        if colon and name.strip() and reference.strip():
            found.append({"name": name.strip(), "reference": reference.strip()})
        else:
            problems.append(RowError(line, "sample_forms", f"{part!r} is not name:reference"))
    return found, problems


def _fees(line: int, text: str) -> Cell:
    found, problems = [], []
    for part in _parts(text):
        cells = [cell.strip() for cell in part.split(":")]
        if len(cells) != 6 or cells[2] not in FEE_KINDS or not (cells[3].isascii() and cells[3].isdecimal()):
            problems.append(RowError(line, "fees", f"{part!r} is not code:name:fixed or per_unit:fen:unit:legal basis"))
        else:
            code, name, kind, amount, unit, basis = cells
            found.append({"code": code, "name": name, "kind": kind, "amount_fen": int(amount), "unit": unit, "basis": basis})
    return found, problems


def _materials(line: int, text: str) -> Cell:
    found, problems = [], []
    for part in _parts(text):
        code, *rest = part.split(":")
        if len(rest) != 2 or rest[1] not in ("required", "optional"):
            problems.append(RowError(line, "materials", f"{part!r} is not code:name:required or code:name:optional"))
        else:
            found.append({"code": code.strip(), "name": rest[0].strip(), "required": rest[1] == "required"})
    return found, problems


_CELLS: dict[str, Callable[[int, str], Cell]] = {
    "materials": _materials, "key_stages": _words, "procedure": _words, "sample_forms": _forms, "fees": _fees,
}  # fmt: skip
