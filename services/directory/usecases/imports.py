"""Bulk import of items from a file: the whole file or nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, ValidationError

from chassis.database import Db, Transaction
from chassis.errors import InvalidArgument, Violation, adopt
from services.directory.domain.contents import from_plain
from services.directory.domain.importing import Row, RowError, duplicates, read_csv, read_json
from services.directory.domain.items import Item
from services.directory.usecases.items import drafted, published


@dataclass(frozen=True)
class Target:
    """How far the imported versions go at once, and by which approval."""

    status: str
    document: str


_READERS = {"csv": read_csv, "json": read_json}


def import_items(
    db: Db, row_schema: Schema, *, content: str, dry_run: bool, target_status: str, approval_document: str, **shape: str
) -> dict[str, Any]:
    """Create or revise every item of the file; beyond drafts only by the document that approves the catalogue as a whole.

    Raises InvalidArgument APPROVAL_DOCUMENT_REQUIRED; IMPORT_ROWS_INVALID naming each line and field, unless `dry_run`.
    """
    if target_status != "draft" and not approval_document.strip():
        text = "needed beyond draft"
        raise InvalidArgument("APPROVAL_DOCUMENT_REQUIRED", text, violations=[Violation("approval_document", text)])
    rows, errors = _READERS[shape["format"]](content)
    errors += duplicates(rows)
    checked = []
    for row in rows:
        values, wrong = _checked(row_schema, row)
        errors += wrong
        if values is not None:
            checked.append((row.line, values))
    with db.transaction() as tx:
        outcomes, more = _write(tx, checked, Target(target_status, approval_document), keep=not dry_run)
    errors = sorted(errors + more, key=lambda error: error.line)
    if errors and not dry_run:
        violations = [Violation(f"content.line[{error.line}].{error.field}", error.message) for error in errors]
        raise InvalidArgument("IMPORT_ROWS_INVALID", f"{len(errors)} errors; nothing was imported", violations=violations)
    counts = {f"{outcome}_count": outcomes[outcome] for outcome in ("created", "revised", "unchanged")}
    return {"row_count": len(rows), **counts, "errors": [error.__dict__ for error in errors]}


def _checked(schema: Schema, row: Row) -> tuple[dict[str, Any] | None, list[RowError]]:
    try:
        values: dict[str, Any] = schema.load(row.values)
    except ValidationError as error:
        messages = error.messages if isinstance(error.messages, dict) else {"content": error.messages}
        return None, [RowError(row.line, str(name), str(text)) for name, text in messages.items()]
    content = {name: value for name, value in values.items() if name not in ("item_id", "unit_id")}
    wrong = [RowError(row.line, name, text) for name, text in from_plain(content).problems()]
    return (None if wrong else values), wrong


def _write(tx: Transaction, rows: list[tuple[int, dict[str, Any]]], target: Target, *, keep: bool) -> tuple[Counter[str], list[RowError]]:
    outcomes: Counter[str] = Counter()
    errors: list[RowError] = []
    touched: list[Item] = []
    savepoint = tx.connection.begin_nested()
    for line, values in rows:
        try:
            item, outcome = drafted(tx, **_split(values))
            touched.append(item)
            _advance(tx, item, target)
            outcomes[outcome] += 1
        except Exception as error:
            known = adopt(error)
            if known is None or known.retryable:
                raise
            errors.append(RowError(line, str(known.metadata.get("field", "unit_id")), known.message))
    if keep and not errors:
        tx.session.flush()
        savepoint.commit()
    else:
        # Nothing of this file may remain in the transaction, neither rows nor facts to be told.
        tx.session.expunge_all()
        for item in touched:
            item.pending_events.clear()
        savepoint.rollback()
    return outcomes, errors


def _split(values: dict[str, Any]) -> dict[str, Any]:
    content = {name: value for name, value in values.items() if name not in ("item_id", "unit_id")}
    return {"item_id": values["item_id"], "unit_id": values["unit_id"], "content": content}


def _advance(tx: Transaction, item: Item, target: Target) -> None:
    newest = item.newest()
    assert newest is not None
    if newest.status == "draft" and target.status != "draft":
        item.approve_by_document(target.document)
    if newest.status == "reviewed" and target.status == "in_hall":
        published(tx, item)
