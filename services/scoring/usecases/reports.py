"""Facts from other services' events: the newest version of a report replaces what older ones said, and the ledger follows at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chassis.copies import write_newest
from chassis.database import Db, Transaction
from chassis.events import ReceivedEvent
from services.scoring import orm
from services.scoring.domain.facts import FACT_FIELDS, Fact
from services.scoring.events import Report, report
from services.scoring.usecases.rescoring import rescore_facts

DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")


def take_reports(db: Db, events: Sequence[ReceivedEvent]) -> None:
    """One transaction for a batch: the newest report of each source, in any order of arrival."""
    with db.transaction() as tx:
        zones = _zones(tx, {event.hall_id for event in events if event.hall_id})
        newest: dict[str, Report] = {}
        for event in events:
            said = report(event, zones.get(event.hall_id or "", DEFAULT_ZONE))
            if said is not None and (said.source_key not in newest or newest[said.source_key].version < said.version):
                newest[said.source_key] = said
        accepted = _accept(tx, newest)
        changed = replace_facts(tx, [newest[key] for key in accepted])
        rescore_facts(tx, changed)


def replace_facts(tx: Transaction, reports: Sequence[Report]) -> list[Fact]:
    """Write the facts of reports and take back those that they do not name any more; returns every fact as it was and as it is."""
    if not reports:
        return []
    keys = [said.source_key for said in reports]
    stored = tx.execute(sa.select(orm.facts).where(orm.facts.c.source_key.in_(keys), orm.facts.c.retracted_at.is_(None))).all()
    present = {fact.fact_id for said in reports for fact in said.facts}
    vanished = sorted(row.fact_id for row in stored if row.fact_id not in present)
    if vanished:
        tx.execute(sa.update(orm.facts).where(orm.facts.c.fact_id.in_(vanished)).values(retracted_at=tx.now))
    rows = {fact.fact_id: _row(tx, fact, said) for said in reports for fact in said.facts}
    if rows:
        _upsert(tx, [rows[fact_id] for fact_id in sorted(rows)])
    return [orm.as_fact(row) for row in stored] + [fact for said in reports for fact in said.facts]


def _zones(tx: Transaction, hall_ids: set[str]) -> dict[str, ZoneInfo]:
    if not hall_ids:
        return {}
    rows = tx.execute(sa.select(orm.halls.c.hall_id, orm.halls.c.zone).where(orm.halls.c.hall_id.in_(hall_ids)))
    return {row.hall_id: ZoneInfo(row.zone) for row in rows}


def _accept(tx: Transaction, newest: dict[str, Report]) -> list[str]:
    """Keys whose version goes forward; the row lock lets one report of a source through at a time."""
    written = write_newest(tx, orm.fact_sources, [{"source_key": key, "version": said.version} for key, said in newest.items()])
    return sorted(key for (key,) in written)


def _row(tx: Transaction, fact: Fact, said: Report) -> dict[str, Any]:
    values = {name: getattr(fact, name) for name in FACT_FIELDS}
    told = {
        "source_key": said.source_key,
        "evidence": said.evidence,
        "recorded_by": said.recorded_by or fact.channel,
        "recorded_through": said.recorded_through,
        "recorded_at": tx.now,
    }
    return {**values, **told, "judgement_note": "", "retracted_at": None}


def _upsert(tx: Transaction, rows: list[dict[str, Any]]) -> None:
    statement = insert(orm.facts).values(rows)
    kept = {"fact_id", "recorded_at", "judgement_note"}
    changes = {name: statement.excluded[name] for name in rows[0] if name not in kept}
    tx.execute(statement.on_conflict_do_update(index_elements=["fact_id"], set_=changes))
