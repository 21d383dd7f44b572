"""The receipt: the first record of a case, with its number and the token for the applicant."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

import orjson
from sqlalchemy.dialects.postgresql import insert

import workdays
from chassis.database import Db, Transaction
from chassis.errors import Aborted, HallbusError
from chassis.sealing import Vault
from services.intake import reference, sealed
from services.intake.domain.applicant import Applicant
from services.intake.domain.case import Case
from services.intake.domain.receipts import Receipt, RefusedReceipt, register
from services.intake.domain.rules import Now, Rules
from services.intake.events import cases as case_events
from services.intake.orm.cases import refused_receipts
from services.intake.usecases.origins import origin_of

# One statement: it proves that what was read of the local copies still stands, takes the number and writes the case. The numbers are dense, because a
# refused receipt takes its number back with it, and the hall's counter is locked no longer than from here to the commit.
_REGISTER = """
WITH number AS (
    INSERT INTO intake.case_numbers (hall_id, day, last)
    SELECT %(hall_id)s, %(day)s, 1 WHERE coalesce((SELECT seq FROM intake.reference_state), 0) = %(seq)s
    ON CONFLICT (hall_id, day) DO UPDATE SET last = intake.case_numbers.last + 1 RETURNING last
), person AS (
    INSERT INTO intake.applicants (case_id, sealed, id_hash, phone_hash)
    SELECT %(case_id)s, %(sealed)s, %(id_hash)s, %(phone_hash)s FROM number
)
INSERT INTO intake.cases (case_id, case_no, region, hall_id, unit_id, window_id, staff_id, item_id, item_version, channel, applicant,
    track_hash, received_at, state, time_class, required, handed, clock_at, clock_start, timer_at, calendar_edition, version)
SELECT %(case_id)s, %(prefix)s || lpad(last::text, greatest(6, length(last::text)), '0'), %(region)s, %(hall_id)s, %(unit_id)s, %(window_id)s,
    %(staff_id)s, %(item_id)s, %(item_version)s, %(channel)s, %(applicant)s, %(track_hash)s, %(received_at)s,
    %(state)s, %(time_class)s, %(required)s::text[], %(handed)s::text[], %(clock_at)s, %(clock_start)s, %(timer_at)s,
    %(calendar_edition)s, %(version)s
FROM number RETURNING case_no
"""


_ATTEMPTS = 5
_counters = reference.Counters()


def register_receipt(
    db: Db, rules: Rules, vault: Vault, *, applicant: dict[str, Any], staff_id: str | None, **said: Any
) -> dict[str, Any] | HallbusError:
    """Write a receipt (hall, window, item, channel, materials) and give it its number; the answer holds the token for the applicant's slip.

    `appointment_id` or `visit_id` name what it comes from; that is served or handed in by the same commit. An attempt at a cancelled item is refused by
    the answer, not by raising: that it was made is a fact which has to stay.
    """
    token = secrets.token_urlsafe(18)
    place = {name: said[name] for name in ("hall_id", "window_id", "item_id")}
    with db.transaction() as tx:
        origin = origin_of(tx, said["appointment_id"], said["visit_id"])
        who = reference.acting(tx, staff_id, "staff_id")
        case_id, today = tx.new_id(), workdays.beijing_date(tx.now)
        person = Applicant.of(applicant, today=today)
        private = sealed.close(vault, case_id, person)
        for attempt in range(_ATTEMPTS):
            key = (who, today, place["hall_id"], place["window_id"], place["item_id"])
            try:
                known = _counters.get(tx, key, again=attempt > 0, staff_id=who, **place)
            except reference.ItemCancelled as error:
                return _refuse(tx, error, staff_id=who, channel=said["channel"], **place)
            tx.caller.require(known.region, place["hall_id"])
            receipt = Receipt(
                case_id=case_id, region=known.region, hall_id=place["hall_id"], window_id=place["window_id"], staff_id=who, channel=said["channel"],
                applicant=person.masked(), handed=tuple(said["materials"]), track_hash=token_hash(token),
            )  # fmt: skip
            now = Now(tx.now, known.book, rules)
            case = register(receipt, known.item, now=now)
            if _insert(tx, case, private, known.seq):
                origin.received(case, now)
                return {**_slip(case, known, rules), "track_token": token}
    raise Aborted("REFERENCE_CHANGING", "the reference data changes too fast; try again")


def _refuse(tx: Transaction, error: reference.ItemCancelled, **place: str) -> HallbusError:
    refused = RefusedReceipt(
        attempt_id=tx.new_id(), region=error.region, unit_id=error.unit_id, item_version=error.item_version, reason_code="ITEM_CANCELLED",
        attempted_at=tx.now, **place,
    )  # fmt: skip
    # Tried again the same day it is the same attempt.
    attempt = {
        "key": f"{refused.staff_id}/{refused.window_id}/{refused.item_id}/{workdays.beijing_date(tx.now)}",
        "attempt_id": refused.attempt_id,
    }
    fresh = insert(refused_receipts).values(**attempt).on_conflict_do_nothing().returning(refused_receipts.c.attempt_id)
    if tx.execute(fresh).scalar() is not None:
        tx.emit(case_events.receipt_refused(refused))
    return error


def _slip(case: Case, known: reference.Counter, rules: Rules) -> dict[str, Any]:
    notice_due = known.book.calendar.add_workdays(case.clock_start, rules.notice_days).date
    return {
        "case_id": case.case_id, "case_no": case.case_no, "state": case.state, "received_at": case.received_at, "missing": case.missing,
        "notice_due": notice_due, "version": case.version,
    }  # fmt: skip


def _insert(tx: Transaction, case: Case, private: dict[str, str | None], seq: int) -> bool:
    """Write the case unless the reference data has moved on since `seq`."""
    # Not through the ORM: this is the command that the city runs most.
    day = workdays.beijing_date(case.received_at)
    values = {
        **vars(case),
        **private,
        "applicant": orjson.dumps(case.applicant).decode(),
        "day": day,
        "prefix": f"{case.hall_id.upper()}-{day:%Y%m%d}-",
        "seq": seq,
    }
    number = tx.connection.exec_driver_sql(_REGISTER, values).scalar_one_or_none()
    if number is None:
        return False
    case.case_no = number
    for happening in case.pending_events:
        tx.emit(case_events.MAPPERS[type(happening)](case, happening))
    return True


def token_hash(token: str) -> str:
    """What is stored of a tracking token; it has 144 random bits, so a fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
