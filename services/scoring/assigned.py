"""Assignments with their compiled rulebooks: which text scores which halls, from when to when, under which choices."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.database import Transaction
from services.scoring import orm
from services.scoring.domain.facts import Fact
from services.scoring.domain.matching import Matcher
from services.scoring.domain.periods import Period
from services.scoring.domain.rulebook import Subject
from services.scoring.rulebook_file import parse


@dataclass(frozen=True)
class Assigned:
    """One assignment. It covers a hall, or a region with everything below; `valid_to` is its last day."""

    assignment_id: str
    region: str
    hall_id: str | None
    valid_from: date
    valid_to: date | None
    base: int | None
    parameters: dict[str, str]
    matcher: Matcher

    def covers(self, fact: Fact) -> bool:
        """Whether `fact` is scored by it."""
        return self.runs(fact.occurred_on) and self.reaches(fact.region, fact.hall_id)

    def runs(self, day: date) -> bool:
        """Whether it is in force on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def runs_in(self, period: Period) -> bool:
        """Whether it is in force in `period`; assignments begin and end with periods."""
        return self.valid_from <= period.last and (self.valid_to is None or period.first <= self.valid_to)

    def reaches(self, region: str, hall_id: str | None) -> bool:
        """Whether it covers this place."""
        if self.hall_id is not None:
            return hall_id == self.hall_id
        return region == self.region or region.startswith(self.region + ".")

    def base_of(self, subject: Subject) -> int | None:
        """The base of a sheet: the text's, else the administrator's, and none for a personal record."""
        return subject.base if subject.base is not None or subject.record else self.base


def assigned(tx: Transaction, *conditions: Any) -> dict[str, Assigned]:
    """Assignments by id, all unless `conditions` narrow them."""
    table, books = orm.assignments, orm.rulebooks
    joined = table.join(books, sa.and_(books.c.code == table.c.rulebook, books.c.version == table.c.rulebook_version))
    rows = tx.execute(sa.select(table, books.c.checksum).select_from(joined).where(*conditions).order_by(table.c.assignment_id)).all()
    return {row.assignment_id: _of(tx, row) for row in rows}


def matcher_of(tx: Transaction, book: Any, chosen: Mapping[str, str]) -> Matcher:
    """The compiled rulebook of a row with code, version and checksum; its text is read once in a process, because it never changes."""
    key = (book.checksum, tuple(sorted(chosen.items())))
    found = _compiled.get(key)
    if found is None:
        where = (orm.rulebooks.c.code == book.code, orm.rulebooks.c.version == book.version)
        text = tx.execute(sa.select(orm.rulebooks.c.text).where(*where)).scalar_one()
        found = _compiled[key] = Matcher(parse(text, f"{book.code} v{book.version}", chosen))
        while len(_compiled) > MOST_COMPILED:
            _compiled.popitem(last=False)
    return found


MOST_COMPILED = 256
_compiled: OrderedDict[tuple[str, tuple[tuple[str, str], ...]], Matcher] = OrderedDict()


@dataclass(frozen=True)
class _Book:
    code: str
    version: int
    checksum: str


def _of(tx: Transaction, row: Any) -> Assigned:
    return Assigned(
        assignment_id=row.assignment_id,
        region=row.region,
        hall_id=row.hall_id,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        base=row.base,
        parameters=row.parameters,
        matcher=matcher_of(tx, _Book(row.rulebook, row.rulebook_version, row.checksum), row.parameters),
    )
