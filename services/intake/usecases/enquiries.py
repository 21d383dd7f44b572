"""Enquiries: the record, what is given out with it, and the way of the ticket. One function each, one transaction, one enquiry."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Db, Transaction
from chassis.errors import PermissionDenied
from chassis.log import get_logger
from chassis.sealing import Vault
from services.intake import enquiry_views, papers, places, reference, sealed_askers
from services.intake.domain.askers import Asker
from services.intake.domain.enquiries import TOLD, Enquiry, check_window, due_day
from services.intake.domain.errors import Refused
from services.intake.domain.masking import mask_text
from services.intake.domain.rules import Now, Rules
from services.intake.domain.told import ItemGuide, Said, what_is_told
from services.intake.orm.enquiries import asker_reveals, enquiries, enquiry_askers, enquiry_numbers, enquiry_papers
from services.intake.usecases.receipts import token_hash
from services.intake.usecases.timers import Timed, run

log = get_logger(__name__)
Answer = dict[str, Any]


def register_enquiry(
    db: Db, rules: Rules, vault: Vault, *, asker: dict[str, str], told: dict[str, Any], answer: str, **said: Any
) -> Answer:
    """Write the ticket, give out the item's guide, and answer at once if there is an answer; the asker's token is in the answer.

    Who is answered at a desk, a window or on the phone has heard it: his ticket is closed with it. Online he still has to read it.
    """
    token = secrets.token_urlsafe(18)
    with db.transaction() as tx:
        hall = places.open_hall(tx, said["hall_id"])
        now = Now(tx.now, reference.book(tx), rules)
        guide = None if said["item_id"] is None else places.guide_of(tx, said["item_id"])
        who = Asker.of(asker)
        enquiry = _written(tx, hall, who, now, {**said, "track_hash": token_hash(token)})
        enquiry.register(now)
        _inform(tx, enquiry, guide, told, hall.name)
        if answer:
            enquiry.answer_it(answer, by=enquiry.first_asked_id, by_unit=enquiry.unit_id, now=now)
            if enquiry.channel != "online":
                enquiry.close(TOLD, by=enquiry.first_asked_id, by_unit=enquiry.unit_id, note="", now=now)
        tx.add(enquiry)
        if who.known:
            tx.execute(
                enquiry_askers.insert(), {"enquiry_id": enquiry.enquiry_id, "sealed": sealed_askers.close(vault, enquiry.enquiry_id, who)}
            )
        tx.session.flush()
        return {"enquiry": enquiry_views.enquiry_view(enquiry, _papers(tx, enquiry)), "track_token": token}


def _written(tx: Transaction, hall: places.Hall, asker: Asker, now: Now, said: dict[str, Any]) -> Enquiry:
    check_window(said["channel"], said["window_id"])
    if said["window_id"] is not None:
        hall.unit_of(said["window_id"], "window_id")
    who, unit = reference.unit_of(tx, tx.caller.acting_as(said["first_asked_id"], "first_asked_id"), hall.hall_id, "first_asked_id")
    item_id, own_duty = said["item_id"], said["own_duty"]
    return Enquiry(
        enquiry_id=tx.new_id(), enquiry_no=_number(tx, hall.hall_id, now.today), region=hall.region, hall_id=hall.hall_id, day=now.today,
        channel=said["channel"], asker=asker.masked(), question=mask_text(said["question"]), item_id=item_id, item_version=None,
        rule=now.rules.enquiries.version, own_duty=own_duty, first_asked_id=who, unit_id=unit, window_id=said["window_id"],
        registered_at=now.at, track_hash=said["track_hash"], due=due_day(now, own_duty=own_duty), holder_id=who, holder_unit_id=unit,
        holder_window_id=said["window_id"],
    )  # fmt: skip


def _number(tx: Transaction, hall_id: str, day: dt.date) -> str:
    statement = insert(enquiry_numbers).values(hall_id=hall_id, day=day, last=1)
    next_one = {"last": enquiry_numbers.c.last + 1}
    taken = statement.on_conflict_do_update(index_elements=["hall_id", "day"], set_=next_one).returning(enquiry_numbers.c.last)
    return f"{hall_id.upper()}-{day:%Y%m%d}-Q{int(tx.execute(taken).scalar_one()):06}"


def _inform(tx: Transaction, enquiry: Enquiry, guide: ItemGuide | None, told: dict[str, Any], hall_name: str) -> None:
    enquiry.told = what_is_told(guide, Said(**told))
    if guide is None:
        return
    enquiry.item_id, enquiry.item_version = guide.item_id, guide.item_version
    if not guide.offered:
        return
    assert enquiry.told is not None
    template, (legal, promised) = papers.newest("pre_service_notice"), guide.limits()
    materials = [material["name"] if material["required"] else f"{material['name']}（视情况提交）" for material in guide.materials]
    values = {
        **enquiry.told, "materials": materials, "enquiry_no": enquiry.enquiry_no, "item_name": guide.name, "legal_limit": legal,
        "promised_limit": promised, "fees": guide.charges(), "hall_name": hall_name, "issued_on": f"{Now.day_of(tx.now)}",
    }  # fmt: skip
    # The paper refers to the ticket, so the ticket is written first.
    tx.add(enquiry)
    tx.session.flush()
    row = {"enquiry_id": enquiry.enquiry_id, "kind": template.kind, "template_version": template.version}
    tx.execute(enquiry_papers.insert(), {**row, "title": template.title, "text": template.render(values), "issued_at": tx.now})


def route_enquiry(db: Db, rules: Rules, *, enquiry_id: str, reason: str, staff_id: str | None, **to: str | None) -> Answer:
    """Pass the ticket on to a person, a window or a unit (`to_staff_id`, `to_window_id`, `to_unit_id`)."""
    with db.transaction() as tx:
        enquiry, now = _loaded(tx, enquiry_id, rules)
        by, unit = _acting(tx, staff_id, enquiry.unit_id)
        desk = places.addressed(tx, places.hall_of(tx, enquiry.hall_id), **to)
        enquiry.route(desk, by=by, by_unit=unit, reason=mask_text(reason), now=now)
        return _shown(tx, enquiry)


def take_enquiry(db: Db, rules: Rules, *, enquiry_id: str, staff_id: str | None) -> Answer:
    """Accept a ticket that was passed on."""
    with db.transaction() as tx:
        enquiry, now = _loaded(tx, enquiry_id, rules)
        by, unit = _acting(tx, staff_id, enquiry.routed_unit_id)
        enquiry.take(by=by, by_unit=unit, now=now)
        return _shown(tx, enquiry)


def return_enquiry(db: Db, rules: Rules, *, enquiry_id: str, reason: str, staff_id: str | None) -> Answer:
    """Give a ticket back to the first-asked person."""
    with db.transaction() as tx:
        enquiry, now = _loaded(tx, enquiry_id, rules)
        by, unit = _acting(tx, staff_id, enquiry.routed_unit_id)
        enquiry.give_back(by=by, by_unit=unit, reason=mask_text(reason), now=now)
        return _shown(tx, enquiry)


def answer_enquiry(db: Db, rules: Rules, *, enquiry_id: str, answer: str, staff_id: str | None, **guide: Any) -> Answer:
    """Answer the question; what is only clear now, the item (`item_id`) or words of one's own (`told`), is given out with the answer.

    Raises Refused ALREADY_TOLD.
    """
    with db.transaction() as tx:
        enquiry, now = _loaded(tx, enquiry_id, rules)
        by, unit = _acting(tx, staff_id, enquiry.holder_unit_id)
        item_id, told = guide["item_id"], guide["told"]
        enquiry.answer_it(answer, by=by, by_unit=unit, now=now)
        if item_id is not None or any(told.values()):
            if enquiry.told is not None or (item_id is not None and enquiry.item_id is not None):
                raise Refused("ALREADY_TOLD", "the guide has been given out with the question", enquiry_id=enquiry_id)
            known = None if item_id is None else places.guide_of(tx, item_id)
            _inform(tx, enquiry, known, told, places.name_of(tx, enquiry.hall_id))
        return _shown(tx, enquiry)


def close_enquiry(db: Db, rules: Rules, *, enquiry_id: str, outcome: str, note: str, staff_id: str | None) -> Answer:
    """The asker has been told, cannot be reached, or has withdrawn his question."""
    with db.transaction() as tx:
        enquiry, now = _loaded(tx, enquiry_id, rules)
        by, unit = _acting(tx, staff_id, enquiry.holder_unit_id)
        enquiry.close(outcome, by=by, by_unit=unit, note=mask_text(note), now=now)
        return _shown(tx, enquiry)


def reveal_asker(db: Db, vault: Vault, *, enquiry_id: str, purpose: str) -> Answer:
    """The asker in plain for whoever has to call him back, with a record of who saw him and what for.

    Raises PermissionDenied PERSON_REQUIRED, FailedPrecondition HOLDER_OF_OTHER_UNIT, ASKER_UNKNOWN (he left nothing).
    """
    with db.transaction() as tx:
        enquiry = tx.get(Enquiry, enquiry_id)
        tx.caller.require(enquiry.region, enquiry.hall_id)
        if not tx.caller.staff_id:
            raise PermissionDenied("PERSON_REQUIRED", "only a person may do this, not a program's key")
        _who, unit = _acting(tx, None, enquiry.holder_unit_id)
        if not enquiry.concerns(unit):
            raise Refused("HOLDER_OF_OTHER_UNIT", "another unit holds the ticket", enquiry_id=enquiry_id)
        sealed = tx.execute(sa.select(enquiry_askers.c.sealed).where(enquiry_askers.c.enquiry_id == enquiry_id)).scalar()
        if sealed is None:
            raise Refused("ASKER_UNKNOWN", "the asker left nothing to reach him by", enquiry_id=enquiry_id)
        reveal_id = tx.new_id()
        row = {
            "reveal_id": reveal_id, "enquiry_id": enquiry_id, "region": enquiry.region, "hall_id": enquiry.hall_id, "purpose": mask_text(purpose),
            "revealed_to": tx.caller.staff_id, "account": tx.caller.subject, "revealed_at": tx.now,
        }  # fmt: skip
        tx.execute(asker_reveals.insert(), row)
        log.info("asker_revealed", reveal_id=reveal_id, enquiry_id=enquiry_id, hall_id=enquiry.hall_id, staff_id=tx.caller.staff_id)
        return {"reveal_id": reveal_id, "asker": sealed_askers.open_(vault, enquiry_id, sealed).plain()}


def run_enquiry_timers(db: Db, rules: Rules, *, limit: int) -> int:
    """Serve up to `limit` due enquiries; how many were served."""
    serve = Timed(Enquiry, enquiries, enquiries.c.enquiry_id, lambda tx, enquiry: enquiry.run_timer(Now(tx.now, reference.book(tx), rules)))
    return run(db, serve, limit)


def _loaded(tx: Transaction, enquiry_id: str, rules: Rules) -> tuple[Enquiry, Now]:
    enquiry = tx.get(Enquiry, enquiry_id, for_update=True)
    tx.caller.require(enquiry.region, enquiry.hall_id)
    return enquiry, Now(tx.now, reference.book(tx), rules)


def _acting(tx: Transaction, staff_id: str | None, unit_id: str | None) -> tuple[str, str]:
    """Who acts and for which of his units, the one that matters if he is of it. Raises NOT_YOURSELF, STAFF_NOT_FOUND."""
    who = tx.caller.acting_as(staff_id, "staff_id")
    return who, reference.unit_anywhere(tx, who, "staff_id", unit_id)


def _shown(tx: Transaction, enquiry: Enquiry) -> Answer:
    return enquiry_views.enquiry_view(enquiry, _papers(tx, enquiry))


def _papers(tx: Transaction, enquiry: Enquiry) -> list[dict[str, Any]]:
    return enquiry_views.papers_of(tx, enquiry.enquiry_id)
