"""Templates in force: the built-in ones, and versions written over the API for a region and everything below it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Db, Transaction
from chassis.errors import InvalidArgument, NotFound, Violation
from services.notifications import catalog, orm
from services.notifications.catalog import Template
from services.notifications.rendering import check


def builtin(code: str) -> Template:
    """The template the house came with. Raises TEMPLATE_NOT_FOUND."""
    found = catalog.load().templates.get(code)
    if found is None:
        raise NotFound("TEMPLATE_NOT_FOUND", f"no template {code}")
    return found


def template_in_force(tx: Transaction, code: str, region: str) -> Template:
    """The newest version of the nearest region that has its own, else the built-in one. Raises TEMPLATE_NOT_FOUND."""
    original, columns = builtin(code), orm.templates.c
    parts = region.split(".") if region else []
    above = ["", *(".".join(parts[: n + 1]) for n in range(len(parts)))]
    nearest = sa.select(orm.templates).where(columns.code == code, columns.region.in_(above))
    row = tx.execute(nearest.order_by(sa.func.length(columns.region).desc(), columns.version.desc()).limit(1)).one_or_none()
    return original if row is None else stored(original, row)


def stored(original: Template, row: Any) -> Template:
    """A version from the database; what it may speak of stays what the event allows."""
    fields = tuple(sorted(catalog.allowed_fields(original.event)))
    return replace(original, version=row.version, region=row.region, texts=row.texts, fields=fields)


def upsert_template(db: Db, *, code: str, region: str, texts: list[dict[str, str]]) -> Template:
    """Write a new version for a region; the same texts again change nothing.

    Raises TEMPLATE_NOT_FOUND (a code the house does not send), OUT_OF_SCOPE, TEMPLATE_INVALID naming language, part and what is wrong.
    """
    with db.transaction() as tx:
        tx.caller.require(region, None)
        original = builtin(code)
        by_locale = {text["locale"]: {part: text[part] for part in ("title", "text", "html") if text.get(part)} for text in texts}
        draft = checked(original, region, by_locale)
        # Versions of one template and region are dense: writers take turns.
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"notifications.template:{code}/{region}", 0))))
        columns = orm.templates.c
        mine = sa.select(orm.templates).where(columns.code == code, columns.region == region).order_by(columns.version.desc()).limit(1)
        row = tx.execute(mine).one_or_none()
        if row is not None and row.texts == by_locale:
            return stored(original, row)
        version = (row.version if row else original.version) + 1
        values = {"code": code, "region": region, "version": version, "texts": by_locale}
        tx.execute(insert(orm.templates).values(**values, created_at=tx.now, created_by=tx.caller.subject))
        return replace(draft, version=version)


def checked(original: Template, region: str, texts: dict[str, dict[str, str]]) -> Template:
    """The template with other texts. Raises TEMPLATE_INVALID."""
    draft = replace(original, region=region, texts=texts, fields=tuple(sorted(catalog.allowed_fields(original.event))))
    problems = check(draft)
    if problems:
        violations = [Violation(f"texts[{place}]", problem) for place, _, problem in (line.partition(": ") for line in problems)]
        raise InvalidArgument("TEMPLATE_INVALID", "; ".join(problems), violations=violations)
    return draft
