"""Ledger lines, totals and events of the sheets that one transaction touches, written together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from chassis import metrics
from chassis.database import Transaction
from chassis.events import Event
from services.scoring import orm
from services.scoring.assigned import Assigned
from services.scoring.domain.causes import Cause, reasons
from services.scoring.domain.ledger import Difference, Posted, Posting
from services.scoring.domain.score import Score
from services.scoring.domain.values import SubjectKind, marks

LINES = metrics.counter("hallbus_scoring_ledger_lines_total", "Ledger lines written", ["rulebook", "outcome"])


@dataclass(frozen=True, order=True)
class SheetKey:
    """Which sheet: one assignment, one period, one subject."""

    assignment_id: str
    period: str
    kind: SubjectKind
    subject_id: str

    @property
    def sheet_id(self) -> str:
        """The id, which is also the subject of the ledger's events."""
        return f"{self.assignment_id}/{self.period}/{self.kind}/{self.subject_id}"


@dataclass(frozen=True)
class Account:
    """A sheet that is written on: which, under which assignment, its row, and what changed on it (causes by fact)."""

    key: SheetKey
    of: Assigned
    sheet: Any
    why: Mapping[str, Sequence[Cause]]


class Batch:
    """Ledger lines, sheet totals and events of one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self.entries: list[dict[str, Any]] = []
        self._sheets: list[dict[str, Any]] = []

    def post(self, on: Account, change: Difference, result: Score) -> None:
        """Add what one sheet needs: reversals with the reason, then the new lines."""
        number = on.sheet.version
        lines: list[tuple[Posting, Posted | None]] = [(posted.posting, posted) for posted in change.reverse]
        lines += [(posting, None) for posting in change.post]
        for number, (posting, undone) in enumerate(lines, on.sheet.version + 1):
            entry = self._entry(on, number, posting, undone)
            self.entries.append(entry)
            LINES.labels(on.of.matcher.rulebook.code, "reversed" if undone else "posted").inc()
            self._tx.emit(_posted(on, entry))
        if lines or (on.sheet.points, on.sheet.capped_points) != (result.points, result.capped_points):
            totals = {"of": on.key.sheet_id, "new_version": number, "new_points": result.points, "new_capped": result.capped_points}
            self._sheets.append(totals)

    def _entry(self, on: Account, number: int, posting: Posting, undone: Posted | None) -> dict[str, Any]:
        because = [cause.as_json() for cause in reasons(posting.fact_ids, on.why)] if undone else []
        return {
            "entry_id": self._tx.new_id(),
            "sheet_id": on.key.sheet_id,
            "number": number,
            "line": posting.line,
            "person_id": posting.person_id,
            "occurred_on": posting.occurred_on,
            "points": -posting.points if undone else posting.points,
            "fact_ids": list(posting.fact_ids),
            "detail": posting.detail | {"because": because} if undone else posting.detail,
            "reverses": undone.entry_id if undone else None,
            "posted_at": self._tx.now,
        }

    def write(self) -> None:
        """Send it all."""
        if self.entries:
            self._tx.execute(sa.insert(orm.ledger), self.entries)
        if self._sheets:
            bind: dict[str, Any] = {
                "version": sa.bindparam("new_version"),
                "points": sa.bindparam("new_points"),
                "capped_points": sa.bindparam("new_capped"),
            }
            self._tx.execute(sa.update(orm.sheets).where(orm.sheets.c.sheet_id == sa.bindparam("of")).values(**bind), self._sheets)


def _posted(on: Account, entry: dict[str, Any]) -> Event:
    book = on.of.matcher.rulebook
    data = {
        "entry_id": entry["entry_id"],
        "rulebook": book.code,
        "rulebook_version": book.version,
        "line": entry["line"],
        "subject_kind": str(on.key.kind),
        "subject_id": on.key.subject_id,
        "person_id": entry["person_id"],
        "period": on.key.period,
        "occurred_on": entry["occurred_on"].isoformat(),
        "points": marks(entry["points"]),
        "fact_ids": entry["fact_ids"],
        "reverses": entry["reverses"],
    }
    if entry["reverses"]:
        data["because"] = [
            {name: cause.get(name) for name in ("source", "subject", "version", "code")} for cause in entry["detail"]["because"]
        ]
    return Event("scoring.ledger.posted", on.key.sheet_id, entry["number"], on.sheet.region, on.sheet.hall_id, entry["posted_at"], data)
