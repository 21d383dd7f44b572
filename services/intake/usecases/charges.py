"""Commands on a charge: one function each, one transaction, one charge."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

import workdays
from chassis.database import Db, Transaction
from chassis.errors import AlreadyExists, HallbusError, adopt
from services.intake import charge_views, reference
from services.intake.domain import charges as c
from services.intake.domain.case import OPEN, Case
from services.intake.domain.errors import Refused
from services.intake.domain.rules import Item
from services.intake.domain.waivers import Waiver
from services.intake.orm.charges import charge_numbers, charges
from services.intake.usecases import fee_violations

Answer = dict[str, Any]


def issue_charge(
    db: Db, *, case_id: str, lines: list[dict[str, Any]], total_fen: int, issued_by: str | None
) -> Answer | HallbusError | None:
    """Issue the bank slip of a case by the standards of its item version.

    An order that the standards do not allow is refused, and the attempt recorded (M-D1).
    """
    with db.transaction() as tx:
        case = tx.get(Case, case_id, for_update=True)
        tx.caller.require(case.region, case.hall_id)
        case.require(*OPEN)
        who = tx.caller.acting_as(issued_by, "issued_by")
        asked = [c.Asked(**line) for line in lines]
        c.check_not_charged(asked, stands(tx, case_id))
        try:
            found = c.by_standard(reference.standards(tx, case.item_id, case.item_version), asked, total_fen)
        except c.NotByStandard as error:
            # Returned, not raised: the refusal is answered and its trace committed in one.
            fee_violations.record(tx, fee_violations.attempted(case, error, who, tx.now, [one.code for one in asked]))
            return adopt(error)
        charge = _charge(tx, case, found, who)
        tx.add(charge.issue(tx.now))
        return charge_views.charge_view(charge)


def _charge(tx: Transaction, case: Case, lines: tuple[c.Line, ...], who: str) -> c.Charge:
    day = workdays.beijing_date(tx.now)
    return c.Charge(
        charge_id=tx.new_id(), charge_no=f"{case.hall_id.upper()}-{day:%Y%m%d}-F{_number(tx, case.hall_id, day):06}", case_id=case.case_id,
        case_no=case.case_no, region=case.region, hall_id=case.hall_id, unit_id=case.unit_id, window_id=case.window_id, item_id=case.item_id,
        item_version=case.item_version, lines=[vars(line) for line in lines], standard_fen=sum(line.total_fen for line in lines),
        issued_by=who, issued_identity=tx.caller.identity, issued_at=tx.now, day=day,
    )  # fmt: skip


def _number(tx: Transaction, hall_id: str, day: dt.date) -> int:
    statement = insert(charge_numbers).values(hall_id=hall_id, day=day, last=1)
    next_one = {"last": charge_numbers.c.last + 1}
    taken = statement.on_conflict_do_update(index_elements=["hall_id", "day"], set_=next_one).returning(charge_numbers.c.last)
    return int(tx.execute(taken).scalar_one())


def stands(tx: Transaction, case_id: str) -> list[c.Stand]:
    """How every charge of a case stands."""
    rows = tx.execute(sa.select(charges.c.state, charges.c.lines).where(charges.c.case_id == case_id))
    return [c.Stand(row.state, frozenset(line["code"] for line in row.lines)) for row in rows]


def require_settled(tx: Transaction, case: Case, item: Item, *, refusing: bool = False) -> None:
    """The gate of the stage `pay` and of the decision, for a case that is locked. Raises Refused FEE_PENDING."""
    # Nothing is ever charged that is not in the item's standards.
    if item.has_fee:
        c.check_settled(has_fee=True, charges=stands(tx, case.case_id), refusing=refusing)


def cancel_charge(db: Db, *, charge_id: str, reason: str) -> Answer:
    """Withdraw a slip that nobody has paid."""
    with db.transaction() as tx:
        charge = locked(tx, charge_id)
        charge.cancel(reason=reason, at=tx.now)
        return charge_views.charge_view(charge)


def record_payment(db: Db, *, charge_id: str, **payment: Any) -> Answer | HallbusError | None:
    """The bank's clerk records what came in. Cash is refused, and the attempt recorded (M-D4)."""
    with db.transaction() as tx:
        charge = locked(tx, charge_id)
        who = tx.caller.identity
        _check_serial(tx, charge, payment["bank_serial"])
        try:
            charge.pay(c.Payment(**payment), by=who, at=tx.now)
        except Refused as error:
            if error.reason != "CASH_REFUSED":
                raise
            fee_violations.record(tx, fee_violations.cash(charge, who, tx.now, payment["amount_fen"]))
            return adopt(error)
        return charge_views.charge_view(charge)


def _check_serial(tx: Transaction, charge: c.Charge, bank_serial: str) -> None:
    # Two clerks with the same payment wait for each other, instead of meeting in the unique index.
    tx.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"{charge.hall_id}/{bank_serial}", 0))))
    known = sa.select(charges.c.charge_no).where(charges.c.hall_id == charge.hall_id, charges.c.bank_serial == bank_serial)
    other = tx.execute(known).scalar()
    if other is not None and other != charge.charge_no:
        raise AlreadyExists("BANK_SERIAL_USED", f"bank_serial: this payment belongs to {other}", charge_no=other)


def request_waiver(db: Db, *, charge_id: str, requested_by: str | None, **wanted: Any) -> Answer:
    """Ask for a waiver or reduction with its basis document."""
    with db.transaction() as tx:
        charge = locked(tx, charge_id)
        who = tx.caller.acting_as(requested_by, "requested_by")
        charge.request_waiver(
            Waiver(tx.new_id(), charge_id, requested_by=who, requested_identity=tx.caller.identity, requested_at=tx.now, **wanted)
        )
        return charge_views.charge_view(charge)


def decide_waiver(db: Db, *, charge_id: str, waiver_id: str, approved: bool, note: str) -> Answer:
    """Another person approves the waiver, or rejects it."""
    with db.transaction() as tx:
        charge = locked(tx, charge_id)
        charge.waiver(waiver_id).decide(approve=approved, by=tx.caller.identity, note=note, at=tx.now)
        return charge_views.charge_view(charge)


def apply_waiver(db: Db, *, charge_id: str, waiver_id: str) -> Answer:
    """Take the approved amount off the slip."""
    with db.transaction() as tx:
        charge = locked(tx, charge_id)
        charge.apply_waiver(waiver_id, by=tx.caller.identity, at=tx.now)
        return charge_views.charge_view(charge)


def locked(tx: Transaction, charge_id: str) -> c.Charge:
    """The charge, locked and in the caller's scope."""
    charge = tx.get(c.Charge, charge_id, for_update=True)
    tx.caller.require(charge.region, charge.hall_id)
    return charge
