"""A case's handling follows the case: it is there from the moment the case is joint, stands still with its limits, and ends with it."""

from __future__ import annotations

import sqlalchemy as sa

from chassis.database import Transaction
from services.intake import reference
from services.intake.domain.case import Case
from services.intake.domain.happenings import Accepted, Reclassified
from services.intake.domain.joint.handling import ENDED, ISSUED, RETURNED, JointHandling
from services.intake.domain.projection import COUNTED
from services.intake.domain.rules import Now
from services.intake.orm.joint import joint_handlings


def enter(tx: Transaction, case: Case, now: Now) -> None:
    """The case has become joint."""
    opened(tx, case, now)


def leave(tx: Transaction, case: Case, now: Now) -> None:
    """The case is joint no more."""
    _close(tx, case, ENDED, now)


def stopped_or_resumed(tx: Transaction, case: Case, now: Now, *, cause: str) -> None:
    """The members' clocks stand still with the case's limits, and run again with them; `cause` is suspended or resumed."""
    if case.routing == "joint":
        opened(tx, case, now).stand(case.stops, now, cause=cause)


def decided(tx: Transaction, case: Case, now: Now) -> None:
    """The case is decided."""
    if case.routing == "joint":
        _close(tx, case, ISSUED if case.decision == "approved" else RETURNED, now)


def _close(tx: Transaction, case: Case, state: str, now: Now) -> None:
    handling = running(tx, case.case_id)
    if handling is not None:
        handling.catch_up(now)
        handling.close(state, now)


def opened(tx: Transaction, case: Case, now: Now) -> JointHandling:
    """The running handling of a locked joint case, locked too and in line with the calendar; it is made when there is none."""
    handling = running(tx, case.case_id)
    if handling is None:
        item = reference.item_version(tx, case.item_id, case.item_version)
        handling = JointHandling(
            handling_id=tx.new_id(), case_id=case.case_id, case_no=case.case_no, item_id=case.item_id, region=case.region, hall_id=case.hall_id,
            lead_unit_id=case.unit_id, lead_window_id=case.window_id, needed=item.joint_needs(now.rules), cause=_cause(case), opened_at=tx.now,
            calendar_edition=now.book.edition,
        )  # fmt: skip
        tx.add(handling.open(tx.now))
        handling.stand(case.stops, now, cause="calendar")
    handling.catch_up(now)
    return handling


def _cause(case: Case) -> str:
    fresh = {type(happening) for happening in case.pending_events}
    if Reclassified in fresh or (Accepted not in fresh and case.reclassifications):
        return "reclassified"
    return "deemed" if case.deemed else "accepted"


def running(tx: Transaction, case_id: str) -> JointHandling | None:
    """The handling of a case that is not closed, locked."""
    found = sa.select(JointHandling).where(joint_handlings.c.case_id == case_id, joint_handlings.c.closed_at.is_(None))
    return tx.session.execute(found.with_for_update(), execution_options={"populate_existing": True}).scalar_one_or_none()


def require_ready(tx: Transaction, case: Case, outcome: str, now: Now) -> None:
    """The gate of the decision. Raises Refused CENTRE_DECIDED_OTHERWISE, JOINT_NOT_CONVENED, OPINIONS_MISSING, MEMBER_DISAGREES."""
    if case.routing == "joint" and case.state in COUNTED:
        opened(tx, case, now).check_decision(outcome)
