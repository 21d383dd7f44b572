"""What each field of the contracts means, in words.

A field's own comment, behind its declaration, says what is special here (often the values in use). Names that mean the same everywhere are explained
once, below. The documents show both; a field with neither fails the contract tests.
"""

from __future__ import annotations

import ast
import functools
import inspect
import io
import re
import sys
import tokenize
from pathlib import Path

from marshmallow import Schema

#: Names with one meaning wherever they appear. Id columns of the city's reference data are directory's ids.
GLOSSARY = {
    "at": "when it happened",
    "case_id": "the case (办件)",
    "case_no": "number of the case as printed on the receipt",
    "charge_id": "the charge (缴费单)",
    "complaint_id": "the complaint",
    "date": "the calendar day",
    "delegation_id": "the delegation",
    "delivery_id": "one message to one recipient over one channel",
    "device_sn": "serial number of the device",
    "due": "last working day on which the case is in time",
    "entry_id": "the ledger line",
    "finding_id": "the finding",
    "grade": "grade of the rating",
    "half": "half of the working day",
    "hall_id": "the hall (政务服务大厅)",
    "inspector_id": "the inspector, a person of directory",
    "item_id": "the service item (事项)",
    "item_version": "version of the item that applies",
    "minutes": "minutes, whole",
    "name": "name as shown to people",
    "overdue_days": "working days over the promise",
    "pin": "number of the person on the hall's terminals",
    "promised_days": "promised time limit in days",
    "received_at": "when it came in",
    "region": "region path of GB/T 2260 codes, for example 52.02.01",
    "revision": "grows with each newer result; the highest one counts",
    "session_id": "the rating session",
    "staff_id": "the person (工作人员)",
    "unit_id": "the window unit (窗口单位)",
    "valid_from": "first day on which it holds",
    "valid_to": "last day on which it holds; null while open",
    "verified_at": "when the decision on its truth was made",
    "verified_by": "the person who decided on its truth",
    "window_id": "the window (窗口)",
}  # fmt: skip

_FOR_TOOLS = re.compile(r"#\s*(noqa|type:|fmt:|pragma)")


@functools.cache
def meanings(schema: type[Schema]) -> dict[str, str]:
    """Field name → meaning of a schema class, inherited fields included; fields nobody explained are left out."""
    said: dict[str, str] = {}
    for name in schema._declared_fields:  # marshmallow has no public list of a class's fields
        comment = next((found for cls in schema.__mro__ if (found := _comments(cls).get(name))), "")
        text = " — ".join(part for part in (GLOSSARY.get(name, ""), comment) if part)
        if text:
            said[name] = text
    return said


def summary(schema: type[Schema]) -> str:
    """The docstring of a schema as one paragraph."""
    return " ".join((inspect.getdoc(schema) or "").split())


def _comments(cls: type) -> dict[str, str]:
    module = sys.modules.get(cls.__module__)
    path = getattr(module, "__file__", None)
    if path is None or not issubclass(cls, Schema) or cls.__module__.startswith("marshmallow"):
        return {}
    return _comments_of_file(Path(path)).get(cls.__qualname__, {})


@functools.cache
def _comments_of_file(path: Path) -> dict[str, dict[str, str]]:
    """Class → field → the comment at the end of the field's declaration."""
    source = path.read_text(encoding="utf-8")
    by_line = {
        token.start[0]: token.string.lstrip("# ").strip()
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT and not _FOR_TOOLS.match(token.string)
    }
    found: dict[str, dict[str, str]] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef):
            found[node.name] = {
                target.id: by_line[statement.end_lineno or 0]
                for statement in node.body
                if isinstance(statement, ast.Assign) and (statement.end_lineno or 0) in by_line
                for target in statement.targets
                if isinstance(target, ast.Name)
            }
    return found
