"""Papers: what has just happened to a case is put in writing in the same transaction, under the template version of the day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa

import workdays
from chassis.database import Transaction
from services.intake.domain.agency_states import ENDED
from services.intake.domain.case import Case
from services.intake.domain.happenings import Accepted, Decided, Happening, Reclassified, Returned, SupplementRequested
from services.intake.domain.rules import Item
from services.intake.orm import halls, papers
from services.intake.orm.agency import agency_matters
from services.intake.papers import newest

_NOT_ACCEPTED = ("not_eligible", "not_competent")


def put_in_writing(tx: Transaction, case: Case, item: Item) -> None:
    """Write the papers that the case's new happenings call for."""
    wanted = [(kind, happening) for happening in case.pending_events for kind in _kinds(case, happening)]
    if not wanted:
        return
    hall_name = tx.execute(sa.select(halls.c.name).where(halls.c.hall_id == case.hall_id)).scalar() or case.hall_id
    for kind, happening in wanted:
        template = newest(kind)
        submit_by = _submit_by(tx, case) if kind == "agency_register" else None
        values = {**_values(case, item, happening), "hall_name": hall_name, "submit_by": submit_by, "issued_on": _day(tx.now)}
        row = {"case_id": case.case_id, "kind": kind, "case_version": happening.version, "template_version": template.version}
        tx.write(papers.insert().values(**row, title=template.title, text=template.render(values), issued_at=tx.now))


def _submit_by(tx: Transaction, case: Case) -> dt.date | None:
    """The last day for taking the papers up, as the entry of the register that was just made has it."""
    entry = agency_matters.c
    due: dt.date | None = tx.execute(sa.select(entry.due).where(entry.case_id == case.case_id, entry.state != ENDED)).scalar()
    return due


def _kinds(case: Case, happening: Happening) -> tuple[str, ...]:
    match happening:
        case SupplementRequested():
            return ("one_time_notice",)
        case Returned(reason_code=code):
            return ("non_acceptance" if code in _NOT_ACCEPTED else "return_notice",)
        case Accepted():
            promised = ("promise_notice",) if case.time_class == "promised" else ()
            return (*promised, "agency_register") if case.routing == "agency" else promised
        case Decided(outcome="rejected"):
            return ("rejection_decision",)
        case Reclassified(before=before, after=after) if case.accepted_at is not None:
            return ("agency_register",) if "agency" == after["routing"] != before["routing"] else ()
    return ()


def _values(case: Case, item: Item, happening: Happening) -> dict[str, Any]:
    names = {material["code"]: material["name"] for material in item.materials}
    notice = case.notices[-1] if isinstance(happening, SupplementRequested) else {}
    return {
        "applicant": case.applicant["name"], "case_no": case.case_no, "item_name": item.name, "staff_id": case.staff_id,
        "received_on": _day(case.received_at), "accepted_on": _day(case.accepted_at), "promised_due": case.promised_due, "legal_due": case.legal_due,
        "materials": [names.get(code, code) for code in notice.get("missing", ())], "supply_by": notice.get("supply_by"),
        "reason": notice.get("reason") or case.return_reason or case.opinion or "",
    }  # fmt: skip


def _day(moment: dt.datetime | None) -> str:
    return "" if moment is None else workdays.beijing_date(moment).isoformat()
