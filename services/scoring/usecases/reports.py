"""Facts from other services' events, and what those correct of them later; the ledger follows at once.

The newest version of a report replaces what older ones said. A correction is kept by itself, whether its fact is there or not, and whoever writes one of
the two holds the row of the source: so the later of them always sees the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chassis.copies import write_newest
from chassis.database import Db, Transaction
from chassis.events import ReceivedEvent
from services.scoring import orm
from services.scoring.domain.causes import Cause, Change
from services.scoring.domain.facts import DEADLINE, FACT_FIELDS, Fact
from services.scoring.events import CORRECTING_EVENTS, Aspect, Correction, Report, corrections, report
from services.scoring.usecases.rescoring import rescore_facts

DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")
UNTOLD = 0  # older than any event: a source of which only a correction is known


@dataclass
class _Told:
    """What a batch says: the newest report of each source, the newest correction of each aspect, each with its event."""

    reports: dict[str, tuple[Report, ReceivedEvent]] = field(default_factory=dict)
    corrections: dict[tuple[str, Aspect], tuple[Correction, ReceivedEvent]] = field(default_factory=dict)

    def hear(self, said: Report, event: ReceivedEvent) -> None:
        """Keep it unless something newer was said."""
        if said.source_key not in self.reports or self.reports[said.source_key][0].version < said.version:
            self.reports[said.source_key] = said, event

    def correct(self, said: Correction, event: ReceivedEvent) -> None:
        """Keep it unless something newer was said of the same aspect."""
        key = said.source_key, said.aspect
        if key not in self.corrections or self.corrections[key][0].version < said.version:
            self.corrections[key] = said, event

    @property
    def versions(self) -> dict[str, int]:
        """Every source that is spoken of."""
        return {key: UNTOLD for key, _ in self.corrections} | {key: said.version for key, (said, _) in self.reports.items()}


def take_reports(db: Db, events: Sequence[ReceivedEvent]) -> None:
    """One transaction for a batch, in any order of arrival."""
    with db.transaction() as tx:
        told = _read(tx, events)
        accepted = [told.reports[key] for key in _accept(tx, told)]
        changes = replace_facts(tx, [said for said, _ in accepted], {said.source_key: cause_of(event) for said, event in accepted})
        changes += _correct_facts(tx, told, [said for said, _ in accepted])
        rescore_facts(tx, changes)


def replace_facts(tx: Transaction, reports: Sequence[Report], causes: Mapping[str, Cause]) -> list[Change]:
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
    before = [Change(orm.as_fact(row), (causes[row.source_key],)) for row in stored]
    return before + [Change(fact, (causes[said.source_key],)) for said in reports for fact in said.facts]


def cause_of(event: ReceivedEvent, said: Correction | None = None) -> Cause:
    """An event as the reason of a change."""
    code, who = (said.code, said.decided_by) if said else (None, None)
    return Cause(event.type, event.subject, event.version, event.id, code, who)


def _read(tx: Transaction, events: Sequence[ReceivedEvent]) -> _Told:
    zones = _zones(tx, {event.hall_id for event in events if event.hall_id})
    told = _Told()
    for event in events:
        if event.type in CORRECTING_EVENTS:
            for correction in corrections(event):
                told.correct(correction, event)
        elif (said := report(event, zones.get(event.hall_id or "", DEFAULT_ZONE))) is not None:
            told.hear(said, event)
    return told


def _zones(tx: Transaction, hall_ids: set[str]) -> dict[str, ZoneInfo]:
    if not hall_ids:
        return {}
    rows = tx.execute(sa.select(orm.halls.c.hall_id, orm.halls.c.zone).where(orm.halls.c.hall_id.in_(hall_ids)))
    return {row.hall_id: ZoneInfo(row.zone) for row in rows}


def _accept(tx: Transaction, told: _Told) -> list[str]:
    """Keys of the reports whose version goes forward. Every source that is spoken of is locked by it, also where nothing is written (ON CONFLICT)."""
    written = write_newest(tx, orm.fact_sources, [{"source_key": key, "version": version} for key, version in told.versions.items()])
    return sorted(key for (key,) in written if key in told.reports)


def _correct_facts(tx: Transaction, told: _Told, accepted: Iterable[Report]) -> list[Change]:
    """Keep the corrections that are news, and bring the facts in line: those that they are about, and those that came after theirs."""
    news = _keep(tx, told)
    late = [said.source_key for said in accepted if any(fact.channel == DEADLINE for fact in said.facts)]
    if not news and not late:
        return []
    facts, said = orm.facts.c, orm.corrections.c
    concerned = sa.and_(said.source_key == facts.source_key, facts.source_key.in_(sorted({*news, *late})))
    judged = {"judged_staff_fault": said.staff_fault, "judged_by": said.decided_by, "judged_at": said.said_at}
    tx.execute(sa.update(orm.facts).where(concerned, said.aspect == Aspect.FAULT).values(**judged))
    withdrawn = sa.update(orm.facts).where(concerned, said.aspect == Aspect.WITHDRAWN, facts.retracted_at.is_(None))
    tx.execute(withdrawn.values(retracted_at=tx.now))
    rows = tx.execute(sa.select(orm.facts).where(facts.source_key.in_(news))).all() if news else []
    return [Change(orm.as_fact(row), tuple(news[row.source_key])) for row in rows]


def _keep(tx: Transaction, told: _Told) -> dict[str, list[Cause]]:
    """Write what is newer than what is known of the same aspect; why each source's facts change."""
    rows = [
        {
            "source_key": key, "aspect": str(aspect), "version": said.version, "staff_fault": said.staff_fault, "decided_by": said.decided_by,
            "said_at": event.time,
        }
        for (key, aspect), (said, event) in told.corrections.items()
    ]  # fmt: skip
    news: dict[str, list[Cause]] = {}
    for key, aspect in sorted(write_newest(tx, orm.corrections, rows)):
        said, event = told.corrections[key, Aspect(aspect)]
        news.setdefault(key, []).append(cause_of(event, said))
    return news


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
