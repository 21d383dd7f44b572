"""Publish rulebooks and say which halls they score."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Db, Transaction
from chassis.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, Violation
from services.scoring import orm
from services.scoring.answers import assignment_answer, rulebook_answer
from services.scoring.assigned import matcher_of
from services.scoring.domain.periods import PeriodKind, period_of
from services.scoring.domain.reading import RulebookError
from services.scoring.domain.rulebook import Rulebook
from services.scoring.domain.values import SubjectKind, parse_marks
from services.scoring.rulebook_file import bundled, checksum, parse
from services.scoring.usecases.rescoring import ASSIGNING

Answer = dict[str, Any]


def publish_rulebook(db: Db, *, text: str, bundled_name: str) -> Answer:
    """Take up a version of a rulebook. The same text again is the same version; another text under its number is refused.

    Raises InvalidArgument (RULEBOOK_INVALID with one violation for each problem), NotFound (RULEBOOK_NOT_BUNDLED),
    AlreadyExists (RULEBOOK_VERSION_PUBLISHED).
    """
    file, text = _source(text, bundled_name)
    try:
        book = parse(text, file)
    except RulebookError as error:
        violations = [Violation(f"text: {problem.where} {problem.field}".replace(":  ", ": "), problem.why) for problem in error.problems]
        raise InvalidArgument("RULEBOOK_INVALID", str(error), violations=violations, file=file) from error
    with db.transaction() as tx:
        values = {
            "code": book.code,
            "version": book.version,
            "name_zh": book.name.zh,
            "name_en": book.name.en,
            "period": str(book.period),
            "text": text,
            "checksum": checksum(text),
            "published_by": tx.caller.staff_id or tx.caller.subject,
            "published_at": tx.now,
        }
        tx.execute(insert(orm.rulebooks).values(**values).on_conflict_do_nothing())
        row = find_rulebook(tx, book.code, book.version)
        if row.checksum != values["checksum"]:
            why = f"{book.code} v{book.version} is published with another text; a published version never changes: raise the version"
            raise AlreadyExists("RULEBOOK_VERSION_PUBLISHED", why, rulebook=book.code, version=book.version, checksum=row.checksum)
        return rulebook_answer(row, book)


def assign_rulebook(db: Db, *, rulebook: str, version: int, valid_from: date, valid_to: date | None, **scope: Any) -> Answer:
    """Let a rulebook score a hall or a region from the first day of a period on. Any number may be in force at once (A-48), each once.

    Raises NotFound (RULEBOOK_NOT_FOUND, HALL_NOT_FOUND), InvalidArgument (NOT_A_PERIOD, BASE_FIXED, PARAMETER_UNKNOWN, OPTION_UNKNOWN,
    MARKS_INVALID), FailedPrecondition (ASSIGNMENT_OVERLAPS).
    """
    with db.transaction() as tx:
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(ASSIGNING)))
        region, hall_id = _place(tx, scope["region"], scope["hall_id"])
        tx.caller.require(region, hall_id)
        row = find_rulebook(tx, rulebook, version)
        chosen = {entry["code"]: entry["option"] for entry in scope["parameters"]}
        book = matcher_of(tx, row, chosen).rulebook
        _check_span(book.period, valid_from, valid_to)
        _check_overlap(tx, rulebook, region, hall_id, valid_from, valid_to)
        assignment_id = tx.new_id()
        values = {
            "assignment_id": assignment_id,
            "rulebook": rulebook,
            "rulebook_version": version,
            "region": region,
            "hall_id": hall_id,
            "valid_from": valid_from,
            "valid_to": valid_to,
            "base": _base(book, scope["base"]),
            "parameters": chosen,
            "assigned_by": tx.caller.staff_id or tx.caller.subject,
            "assigned_at": tx.now,
        }
        tx.execute(sa.insert(orm.assignments).values(**values))
        _mark_dirty(tx, assignment_id, book, valid_from)
        return assignment_answer(_assignment(tx, assignment_id))


def end_assignment(db: Db, *, assignment_id: str, valid_to: date) -> Answer:
    """Let an assignment end with a period; what it scored after that day is reversed.

    Raises NotFound (ASSIGNMENT_NOT_FOUND), InvalidArgument (NOT_A_PERIOD), FailedPrecondition (ASSIGNMENT_ENDED).
    """
    with db.transaction() as tx:
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(ASSIGNING)))
        row = _assignment(tx, assignment_id)
        tx.caller.require(row.region, row.hall_id)
        book = matcher_of(tx, find_rulebook(tx, row.rulebook, row.rulebook_version), row.parameters).rulebook
        _check_span(book.period, row.valid_from, valid_to)
        if row.valid_to is not None and row.valid_to < valid_to:
            raise FailedPrecondition("ASSIGNMENT_ENDED", f"it ended on {row.valid_to}", assignment_id=assignment_id)
        tx.execute(sa.update(orm.assignments).where(orm.assignments.c.assignment_id == assignment_id).values(valid_to=valid_to))
        _mark_dirty(tx, assignment_id, book, valid_to + timedelta(days=1))
        return assignment_answer(_assignment(tx, assignment_id))


def find_rulebook(tx: Transaction, code: str, version: int) -> Any:
    """The stored rulebook; raises NotFound (RULEBOOK_NOT_FOUND)."""
    row = tx.execute(sa.select(orm.rulebooks).where(orm.rulebooks.c.code == code, orm.rulebooks.c.version == version)).one_or_none()
    if row is None:
        raise NotFound("RULEBOOK_NOT_FOUND", f"{code} v{version} is not published", rulebook=code, version=version)
    return row


def _source(text: str, name: str) -> tuple[str, str]:
    if bool(text) == bool(name):
        raise InvalidArgument("INVALID_REQUEST", "give text or bundled", violations=[Violation("text", "give either text or bundled")])
    if text:
        return "text", text
    files = bundled()
    if name not in files:
        raise NotFound("RULEBOOK_NOT_BUNDLED", f"{name!r} does not come with the product; there are {', '.join(files)}", bundled=name)
    return files[name].name, files[name].read_text(encoding="utf-8")


def _place(tx: Transaction, region: str, hall_id: str | None) -> tuple[str, str | None]:
    if hall_id is None:
        if not region:
            raise _wrong("INVALID_REQUEST", "region", "give the region or the hall")
        return region, None
    hall = tx.execute(sa.select(orm.halls).where(orm.halls.c.hall_id == hall_id)).one_or_none()
    if hall is None:
        raise NotFound("HALL_NOT_FOUND", f"no hall {hall_id}", hall_id=hall_id)
    if region and region != hall.region:
        raise _wrong("INVALID_REQUEST", "region", f"hall {hall_id} is in region {hall.region}")
    return hall.region, hall_id


def _check_span(kind: PeriodKind, valid_from: date, valid_to: date | None) -> None:
    if period_of(kind, valid_from).first != valid_from:
        raise _wrong("NOT_A_PERIOD", "valid_from", f"must be the first day of a {kind}: nobody is scored by two texts in one period")
    if valid_to is not None and (valid_to < valid_from or period_of(kind, valid_to).last != valid_to):
        raise _wrong("NOT_A_PERIOD", "valid_to", f"must be the last day of a {kind}, not before valid_from")


def _check_overlap(tx: Transaction, rulebook: str, region: str, hall_id: str | None, first: date, last: date | None) -> None:
    rows = tx.execute(sa.select(orm.assignments).where(orm.assignments.c.rulebook == rulebook))
    for row in rows:
        if last is not None and row.valid_from > last:
            continue
        if row.valid_to is not None and row.valid_to < first:
            continue
        if _meet((row.region, row.hall_id), (region, hall_id)):
            why = f"{rulebook} v{row.rulebook_version} already scores {row.hall_id or row.region} from {row.valid_from}"
            raise FailedPrecondition("ASSIGNMENT_OVERLAPS", why, assignment_id=row.assignment_id)


def _meet(one: tuple[str, str | None], other: tuple[str, str | None]) -> bool:
    if one[1] is not None and other[1] is not None:
        return one[1] == other[1]
    wide, narrow = sorted((one[0], other[0]), key=len)
    below = narrow == wide or narrow.startswith(wide + ".")
    # A hall lies in a region; a region below a hall's own region is another place.
    hall = one if one[1] is not None else other if other[1] is not None else None
    return below and (hall is None or hall[0] == narrow)


def _base(book: Rulebook, text: str) -> int | None:
    if not text:
        return None
    if all(subject.base is not None or subject.record for subject in book.subjects):
        raise _wrong("BASE_FIXED", "base", f"the text of {book.code} fixes the base")
    base = parse_marks(text)
    if base < 0:
        raise _wrong("MARKS_INVALID", "base", "must not be negative")
    return base


def _mark_dirty(tx: Transaction, assignment_id: str, book: Rulebook, since: date) -> None:
    """Queue every sheet with a fact since that day; those outside the assignment cost a look and nothing more."""
    facts = orm.facts.c
    row = _assignment(tx, assignment_id)
    place = (
        facts.hall_id == row.hall_id
        if row.hall_id
        else sa.or_(facts.region == row.region, facts.region.startswith(row.region + ".", autoescape=True))
    )
    if book.period is PeriodKind.MONTH:
        period = sa.func.to_char(facts.occurred_on, sa.literal_column("'YYYY-MM'"))
    else:
        period = sa.func.to_char(facts.occurred_on, sa.literal_column("'YYYY\"Q\"Q'"))
    for subject in book.subjects:
        column = facts[f"{SubjectKind(subject.kind)}_id"]
        found = sa.select(sa.literal(assignment_id), period, sa.literal(str(subject.kind)), column).where(
            column.is_not(None), facts.occurred_on >= since, place
        )
        names = [c.name for c in orm.dirty_sheets.primary_key.columns]
        tx.execute(insert(orm.dirty_sheets).from_select(names, found.distinct()).on_conflict_do_nothing())


def _assignment(tx: Transaction, assignment_id: str) -> Any:
    row = tx.execute(sa.select(orm.assignments).where(orm.assignments.c.assignment_id == assignment_id)).one_or_none()
    if row is None:
        raise NotFound("ASSIGNMENT_NOT_FOUND", f"no assignment {assignment_id}", assignment_id=assignment_id)
    return row


def _wrong(field_reason: str, field: str, why: str) -> InvalidArgument:
    return InvalidArgument(field_reason, f"{field}: {why}", violations=[Violation(field, why)])
