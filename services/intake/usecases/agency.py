"""The agency register (代办事项登记表): what opens and ends an entry with its case, and the commands on it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.errors import FailedPrecondition, InvalidArgument, Violation
from services.intake import agency_views, reference
from services.intake.domain import agency, agency_watch
from services.intake.domain.agency_matter import AgencyMatter
from services.intake.domain.agency_states import DECISION_OF, ENDED, PREPARING, RECLASSIFIED
from services.intake.domain.case import Case
from services.intake.domain.rules import Now, Rules
from services.intake.orm.agency import agency_matters

Answer = dict[str, Any]


def open_entry(tx: Transaction, case: Case, now: Now) -> None:
    """Enter an accepted case in the register, in the transaction that made it an agency case."""
    rules = now.rules
    matter = AgencyMatter(
        matter_id=tx.new_id(), case_id=case.case_id, case_no=case.case_no, item_id=case.item_id, region=case.region, hall_id=case.hall_id,
        unit_id=case.unit_id, window_id=case.window_id, channel=case.channel, registered_by=case.staff_id, registered_at=now.at,
        registered_on=now.today, limit_days=rules.agency_days, day_kind=rules.agency_day_kind, warn_days=rules.agency_warn_days, start_at=now.at,
        stops=_stops(case),
    )  # fmt: skip
    tx.add(agency.register(matter, now))


def leave(tx: Transaction, case: Case, now: Now) -> None:
    """End the entry of a case that is of another class now. Raises Refused while the papers are, or were, with the upper level."""
    matter = _of_case(tx, case.case_id)
    if matter is not None:
        matter.require(*PREPARING)
        agency_watch.catch_up(matter, now)
        change = case.reclassifications[-1]
        agency.end(matter, RECLASSIFIED, change["reason"], by=change["by"], now=now)


def stopped_or_resumed(tx: Transaction, case: Case, now: Now) -> None:
    """A special procedure of an agency case began or ended: its days are none of the submission limit's."""
    matter = _of_case(tx, case.case_id) if case.routing == "agency" else None
    if matter is not None:
        agency_watch.stand_still(matter, _stops(case), now)


def require_result(tx: Transaction, case: Case, outcome: str) -> None:
    """The decision of an agency case records the upper level's answer.

    Raises FailedPrecondition AGENCY_RESULT_OUTSTANDING, InvalidArgument DIFFERS_FROM_UPPER_RESULT.
    """
    matter = _of_case(tx, case.case_id) if case.routing == "agency" else None
    if matter is None:
        return
    expected = DECISION_OF.get(matter.upper_result or "")
    if expected is None:
        text = "the upper level has not decided: record its result, or end the entry of the register"
        raise FailedPrecondition("AGENCY_RESULT_OUTSTANDING", text, case_id=case.case_id, matter_id=matter.matter_id, state=matter.state)
    if outcome != expected:
        text = f"outcome: the upper level has {matter.upper_result} it"
        raise InvalidArgument("DIFFERS_FROM_UPPER_RESULT", text, violations=[Violation("outcome", f"{expected} is what was decided")])


def delivered(tx: Transaction, case: Case, *, by: str, now: Now) -> None:
    """The papers of an agency case were handed over with its result."""
    matter = _of_case(tx, case.case_id) if case.routing == "agency" else None
    if matter is not None:
        agency.collect(matter, by=by, now=now)


def _of_case(tx: Transaction, case_id: str) -> AgencyMatter | None:
    """The entry of a case, locked; an ended one is none."""
    table = agency_matters.c
    query = sa.select(AgencyMatter).where(table.case_id == case_id, table.state != ENDED).with_for_update()
    return tx.session.execute(query).scalar_one_or_none()


def _stops(case: Case) -> list[dict[str, Any]]:
    return [{"since": entry["started_on"], "until": entry["ended_on"]} for entry in case.suspensions]


def assign_agency_agent(
    db: Db, rules: Rules, *, matter_id: str, agent_id: str, upper_department: str, staff_id: str | None, **said: Any
) -> Answer:
    """Make somebody of the hall its agent (`promised_on`, `reason`)."""
    with db.transaction() as tx:
        matter, now = _loaded(tx, matter_id, rules)
        by = reference.acting(tx, staff_id, "staff_id")
        agent, _unit = reference.unit_of(tx, agent_id, matter.hall_id, "agent_id")
        agency.assign(matter, agency.Assignment(agent, upper_department, by=by, **said), now)
        return agency_views.matter_view(matter, now)


def record_upper_contact(db: Db, rules: Rules, *, matter_id: str, note: str, staff_id: str | None) -> Answer:
    """Write down a contact with the upper department."""
    with db.transaction() as tx:
        matter, now = _loaded(tx, matter_id, rules)
        agency.contact(matter, note, by=_of_hall(tx, staff_id, matter), now=now)
        return agency_views.matter_view(matter, now)


def submit_agency_matter(
    db: Db, rules: Rules, *, matter_id: str, upper_department: str, upper_due: dt.date | None, staff_id: str | None
) -> Answer:
    """The papers are with the upper level."""
    with db.transaction() as tx:
        matter, now = _loaded(tx, matter_id, rules)
        agency.submit(matter, upper_department, upper_due, by=_of_hall(tx, staff_id, matter), now=now)
        return agency_views.matter_view(matter, now)


def set_upper_due(db: Db, rules: Rules, *, matter_id: str, upper_due: dt.date, reason: str, staff_id: str | None) -> Answer:
    """The upper level named a day, or another one."""
    with db.transaction() as tx:
        matter, now = _loaded(tx, matter_id, rules)
        agency.move_upper_due(matter, upper_due, reason, by=_of_hall(tx, staff_id, matter), now=now)
        return agency_views.matter_view(matter, now)


def record_upper_result(db: Db, rules: Rules, *, matter_id: str, result: str, note: str, staff_id: str | None) -> Answer:
    """The upper level's answer."""
    with db.transaction() as tx:
        matter, now = _loaded(tx, matter_id, rules)
        agency.take_back(matter, result, note, by=_of_hall(tx, staff_id, matter), now=now)
        return agency_views.matter_view(matter, now)


def notify_agency_result(db: Db, rules: Rules, *, matter_id: str, how: str, staff_id: str | None) -> Answer:
    """The applicant has been told."""
    with db.transaction() as tx:
        matter, now = _loaded(tx, matter_id, rules)
        agency.notify(matter, how, by=_of_hall(tx, staff_id, matter), now=now)
        return agency_views.matter_view(matter, now)


def end_agency_matter(db: Db, rules: Rules, *, matter_id: str, reason_code: str, reason: str, staff_id: str | None) -> Answer:
    """Carry it no further."""
    with db.transaction() as tx:
        matter, now = _loaded(tx, matter_id, rules)
        agency.end(matter, reason_code, reason, by=reference.acting(tx, staff_id, "staff_id"), now=now)
        return agency_views.matter_view(matter, now)


def _loaded(tx: Transaction, matter_id: str, rules: Rules) -> tuple[AgencyMatter, Now]:
    matter = tx.get(AgencyMatter, matter_id, for_update=True)
    tx.caller.require(matter.region, matter.hall_id)
    now = Now(tx.now, reference.book(tx), rules)
    agency_watch.catch_up(matter, now)
    return matter, now


def _of_hall(tx: Transaction, staff_id: str | None, matter: AgencyMatter) -> str:
    return reference.unit_of(tx, staff_id, matter.hall_id, "staff_id")[0]
