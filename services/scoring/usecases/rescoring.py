"""The ledger follows the facts: recompute the sheets that a change touches, post the difference.

Locks are always taken in one order (sources, facts, sheets), each by key, so that two batches cannot wait for each other in a circle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Db, Transaction
from services.scoring import orm
from services.scoring.assigned import Assigned, assigned
from services.scoring.domain.causes import Cause, Change
from services.scoring.domain.facts import Fact
from services.scoring.domain.ledger import Posted, Posting, difference
from services.scoring.domain.periods import parse_period, period_of
from services.scoring.domain.score import score
from services.scoring.domain.values import SubjectKind
from services.scoring.usecases.posting import Account, Batch, SheetKey

ASSIGNING = 0x73636F72  # the advisory lock between assigning and scoring


Causes = dict[str, list[Cause]]
"""By the id of the fact that they changed."""


def rescore_facts(tx: Transaction, changes: Iterable[Change]) -> int:
    """Bring every sheet up to date that one of these facts touches; returns how many ledger lines were posted."""
    # Shared: whoever assigns a rulebook waits for the facts in flight, and we for him; none falls between.
    tx.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(ASSIGNING)))
    by_id = assigned(tx)
    places: dict[SheetKey, Fact] = {}
    why: dict[SheetKey, Causes] = defaultdict(lambda: defaultdict(list))
    for change in changes:
        for key in _sheets_of(change.fact, by_id.values()):
            places[key] = change.fact
            why[key][change.fact.fact_id] += change.causes
    return rescore(tx, places, by_id, why)


def _sheets_of(fact: Fact, assignments: Iterable[Assigned]) -> Iterator[SheetKey]:
    for of in assignments:
        if fact.type in of.matcher.fact_types and of.covers(fact):
            period = period_of(of.matcher.rulebook.period, fact.occurred_on).code
            for subject in of.matcher.rulebook.subjects:
                subject_id = fact.subject(subject.kind)
                if subject_id is not None:
                    yield SheetKey(of.assignment_id, period, subject.kind, subject_id)


def rescore_dirty(db: Db, *, limit: int) -> int:
    """Look again at up to `limit` sheets that a change of assignments touched; returns how many there were."""
    with db.transaction() as tx:
        table = orm.dirty_sheets
        due = sa.select(table).order_by(*table.primary_key.columns).limit(limit).with_for_update(skip_locked=True)
        rows = tx.execute(due).all()
        if not rows:
            return 0
        keys = [SheetKey(row.assignment_id, row.period, SubjectKind(row.kind), row.subject_id) for row in rows]
        tx.execute(sa.delete(table).where(sa.tuple_(*table.primary_key.columns).in_([tuple(row) for row in rows])))
        by_id = assigned(tx)
        facts = facts_of(tx, keys, by_id)
        homes = {key: next(iter(facts[key]), None) for key in keys}
        stored = {
            row.sheet_id
            for row in tx.execute(sa.select(orm.sheets.c.sheet_id).where(orm.sheets.c.sheet_id.in_([k.sheet_id for k in keys])))
        }
        rescore(tx, {key: fact for key, fact in homes.items() if fact is not None or key.sheet_id in stored}, by_id, {})
        return len(rows)


def rescore(tx: Transaction, places: Mapping[SheetKey, Fact | None], by_id: dict[str, Assigned], why: Mapping[SheetKey, Causes]) -> int:
    """Lock the sheets, read the facts anew, post what differs. `places` gives each new sheet its region and hall, `why` says what changed on it."""
    if not places:
        return 0
    keys = sorted(places)
    sheets = _lock_sheets(tx, keys, places, by_id)
    # Only now: whoever held the lock before may have brought facts of his own.
    facts = facts_of(tx, keys, by_id)
    standing = standing_lines(tx, [key.sheet_id for key in keys])
    batch = Batch(tx)
    for key in keys:
        result = score(by_id[key.assignment_id].matcher, key.kind, facts[key])
        change = difference(standing[key.sheet_id], [Posting.of(line) for line in result.lines])
        batch.post(Account(key, by_id[key.assignment_id], sheets[key.sheet_id], why.get(key, {})), change, result)
    batch.write()
    return len(batch.entries)


def facts_of(tx: Transaction, keys: Sequence[SheetKey], by_id: dict[str, Assigned]) -> dict[SheetKey, list[Fact]]:
    """The facts of each sheet that were not taken back, verified or not; one query for each period and kind."""
    groups: dict[tuple[str, SubjectKind], set[str]] = defaultdict(set)
    for key in keys:
        groups[key.period, key.kind].add(key.subject_id)
    found: dict[SheetKey, list[Fact]] = {key: [] for key in keys}
    for (period_code, kind), ids in groups.items():
        period, column = parse_period(period_code), orm.facts.c[f"{kind}_id"]
        wanted = sa.select(orm.facts).where(
            column.in_(ids), orm.facts.c.occurred_on.between(period.first, period.last), orm.facts.c.retracted_at.is_(None)
        )
        of_subject: dict[str | None, list[Fact]] = defaultdict(list)
        for row in tx.execute(wanted):
            fact = orm.as_fact(row)
            of_subject[fact.subject(kind)].append(fact)
        for key in keys:
            if (key.period, key.kind) == (period_code, kind):
                found[key] = [fact for fact in of_subject[key.subject_id] if by_id[key.assignment_id].covers(fact)]
    return found


def standing_lines(tx: Transaction, sheet_ids: Sequence[str]) -> dict[str, list[Posted]]:
    """The ledger lines that have not been reversed, as posted."""
    undone = orm.ledger.alias("undone")
    wanted = (
        sa.select(orm.ledger)
        .where(orm.ledger.c.sheet_id.in_(sheet_ids), orm.ledger.c.reverses.is_(None))
        .where(~sa.exists().where(undone.c.reverses == orm.ledger.c.entry_id))
        .order_by(orm.ledger.c.sheet_id, orm.ledger.c.number)
    )
    found: dict[str, list[Posted]] = {sheet_id: [] for sheet_id in sheet_ids}
    for row in tx.execute(wanted):
        posting = Posting(row.line, row.person_id, row.occurred_on, row.points, tuple(row.fact_ids), row.detail)
        found[row.sheet_id].append(Posted(row.entry_id, posting))
    return found


def _lock_sheets(
    tx: Transaction, keys: Sequence[SheetKey], places: Mapping[SheetKey, Fact | None], by_id: dict[str, Assigned]
) -> dict[str, Any]:
    rows = []
    for key in keys:
        fact = places[key]
        if fact is not None:
            rows.append(
                {
                    "sheet_id": key.sheet_id,
                    "assignment_id": key.assignment_id,
                    "rulebook": by_id[key.assignment_id].matcher.rulebook.code,
                    "period": key.period,
                    "kind": str(key.kind),
                    "subject_id": key.subject_id,
                    "region": fact.region,
                    "hall_id": fact.hall_id,
                    "version": 0,
                    "points": 0,
                    "capped_points": 0,
                }
            )
    if rows:
        tx.execute(insert(orm.sheets).values(rows).on_conflict_do_nothing())
    wanted = sa.select(orm.sheets).where(orm.sheets.c.sheet_id.in_([key.sheet_id for key in keys]))
    return {row.sheet_id: row for row in tx.execute(wanted.order_by(orm.sheets.c.sheet_id).with_for_update())}
