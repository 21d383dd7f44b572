"""Reads of the agency register: one entry, the register, its figures."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.errors import NotFound
from chassis.listing import equal, one_page
from chassis.paging import Page
from services.intake import agency_views, reference
from services.intake.domain.agency_figures import Age, percent, spread
from services.intake.domain.agency_matter import AgencyMatter
from services.intake.domain.agency_states import ENDED, OPEN, PREPARING
from services.intake.domain.case import Case
from services.intake.domain.rules import Now, Rules
from services.intake.orm.agency import agency_matters

Answer = dict[str, Any]
_TABLE = agency_matters.c
# What was told of days over, and not the due day: it knows what a special procedure held up.
_LATE = sa.and_(_TABLE.state.in_(PREPARING), sa.func.cardinality(_TABLE.told) > 0)


def get_agency_matter(db: Db, rules: Rules, *, matter_id: str | None, case_id: str | None) -> Answer:
    """One entry in scope, by its id or the newest of a case. Raises NotFound AGENCY_MATTER_NOT_FOUND."""
    wanted = _TABLE.matter_id == matter_id if matter_id else _TABLE.case_id == case_id
    with db.read() as tx:
        found = tx.session.execute(sa.select(AgencyMatter).where(wanted).order_by(_TABLE.matter_id.desc()).limit(1)).scalar_one_or_none()
        if found is None:
            raise NotFound("AGENCY_MATTER_NOT_FOUND", "no such entry in the agency register")
        tx.caller.require(found.region, found.hall_id)
        return agency_views.matter_view(found, _now(tx, rules))


def live_entry(tx: Transaction, case: Case) -> AgencyMatter | None:
    """The entry that a case has now; an ended one is none."""
    if case.routing != "agency":
        return None
    return tx.session.execute(sa.select(AgencyMatter).where(_TABLE.case_id == case.case_id, _TABLE.state != ENDED)).scalar_one_or_none()


def list_agency_matters(db: Db, rules: Rules, *, page_size: int | None, page_token: str | None, **filters: Any) -> Answer:
    """The register, newest first; `total_size` counts beyond the page."""
    page = Page.of(page_size, page_token)
    with db.read() as tx:
        now = _now(tx, rules)
        query = sa.select(AgencyMatter).where(conditions(tx, filters))
        found = one_page(tx, query, [_TABLE.matter_id], page, newest_first=True)
        return found.answer("matters", lambda matter: agency_views.matter_view(matter, now))


def conditions(tx: Transaction, filters: Mapping[str, Any]) -> sa.ColumnElement[bool]:
    """The caller's scope and the filters that are set."""
    named = ("hall_id", "state", "agent_id", "upper_department", "case_id")
    found = equal(agency_matters, {name: filters[name] for name in named})
    if filters["due_from"] is not None:
        found.append(_TABLE.due >= filters["due_from"])
    if filters["due_to"] is not None:
        found.append(_TABLE.due <= filters["due_to"])
    if filters["overdue"] is not None:
        found.append(_LATE if filters["overdue"] else sa.not_(_LATE))
    return sa.and_(tx.caller.where(_TABLE.region, _TABLE.hall_id), *found)


def get_agency_figures(db: Db, rules: Rules, *, hall_id: str | None, day_from: dt.date, day_to: dt.date) -> Answer:
    """Submission in time of the entries whose first limit ends in the days asked for, and what is open now; of each hall and of all together."""
    with db.read() as tx:
        now = _now(tx, rules)
        seen = sa.and_(tx.caller.where(_TABLE.region, _TABLE.hall_id), *([_TABLE.hall_id == hall_id] if hall_id else []))
        in_time = {row[0]: (row[1], row[2]) for row in tx.execute(_submissions(seen, day_from, day_to))}
        states: dict[str, Counter[str]] = defaultdict(Counter)
        ages: dict[str, list[Age]] = defaultdict(list)
        for hall, state, since, count in tx.execute(_standing(seen)):
            states[hall][state] += count
            if state in OPEN:
                ages[hall].append(Age(agency_views.age(since, now), count))
    halls = sorted({*in_time, *states})
    figures = [{"hall_id": hall, **_figures(in_time.get(hall, (0, 0)), states[hall], ages[hall])} for hall in halls]
    total = (sum(due for due, _ in in_time.values()), sum(good for _, good in in_time.values()))
    together = _figures(total, sum(states.values(), Counter()), [age for found in ages.values() for age in found])
    return {"halls": figures, "total": together, "day_from": day_from, "day_to": day_to}


def _submissions(seen: sa.ColumnElement[bool], day_from: dt.date, day_to: dt.date) -> sa.Select[Any]:
    # Judged: submitted, ended late, or not submitted and late already. What still has time is neither good nor bad.
    judged_now = sa.or_(_TABLE.first_overdue_days.is_not(None), sa.and_(_LATE, _TABLE.round == 1))
    judged = sa.and_(_TABLE.first_due.between(day_from, day_to), judged_now)
    good = sa.func.count().filter(_TABLE.first_overdue_days == 0)
    return sa.select(_TABLE.hall_id, sa.func.count(), good).where(seen, judged).group_by(_TABLE.hall_id)


def _standing(seen: sa.ColumnElement[bool]) -> sa.Select[Any]:
    columns = (_TABLE.hall_id, _TABLE.state, _TABLE.registered_on)
    # Only what is open has an age; the rest needs no day.
    since = sa.case((_TABLE.state.in_(OPEN), _TABLE.registered_on))
    return sa.select(columns[0], columns[1], since, sa.func.count()).where(seen).group_by(columns[0], columns[1], since)


def _figures(judged: tuple[int, int], states: Counter[str], ages: list[Age]) -> Answer:
    due, good = judged
    median, longest = spread(ages)
    return {
        "submission_count": due, "on_time_count": good, "on_time_rate": percent(good, due), "open_count": sum(age.count for age in ages),
        "median_age_days": median, "max_age_days": longest,
        "by_state": [{"state": state, "count": count} for state, count in sorted(states.items())],
    }  # fmt: skip


def _now(tx: Transaction, rules: Rules) -> Now:
    return Now(tx.now, reference.book(tx), rules)
