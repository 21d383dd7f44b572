"""Hand-overs from the comprehensive window (综合窗口) to the owning unit."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.errors import AlreadyExists, FailedPrecondition
from services.intake import agency_views, reference
from services.intake.domain.case import OPEN as CASE_OPEN
from services.intake.domain.case import REGISTERED, SUPPLEMENT, SUSPENDED, Case
from services.intake.domain.handovers import OPEN, HandOver
from services.intake.domain.rules import Now, Rules
from services.intake.orm.agency import handovers
from services.intake.usecases.loading import loaded

Answer = dict[str, Any]


def hand_over_case(db: Db, rules: Rules, *, case_id: str, note: str, staff_id: str | None) -> Answer:
    """Hand a case that a comprehensive window received over to the unit that owns its item.

    Raises FailedPrecondition WINDOW_NOT_COMPREHENSIVE, AlreadyExists HANDOVER_OPEN.
    """
    with db.transaction() as tx:
        # The case is locked: two hand-overs, or a decision and one, wait for each other.
        case, _, now = loaded(tx, case_id, rules)
        case.require(REGISTERED, SUPPLEMENT, *CASE_OPEN, SUSPENDED)
        by, _unit = reference.unit_of(tx, staff_id, case.hall_id, "staff_id")
        kind = reference.window_kind(tx, case.hall_id, case.window_id)
        if kind != "comprehensive":
            text = "only a comprehensive window hands over; the case is at a window of its own unit"
            raise FailedPrecondition("WINDOW_NOT_COMPREHENSIVE", text, window_id=case.window_id)
        if _open_of(tx, case_id) is not None:
            raise AlreadyExists("HANDOVER_OPEN", "the case is handed over already and the unit has not fed back", case_id=case_id)
        handover = HandOver(
            handover_id=tx.new_id(), case_id=case.case_id, case_no=case.case_no, item_id=case.item_id, region=case.region, hall_id=case.hall_id,
            window_id=case.window_id, unit_id=case.unit_id, note=note, channel=case.channel, handed_by=by, handed_at=now.at,
            limit_days=rules.handover_days,
        )  # fmt: skip
        tx.add(handover.hand_over(now))
        return agency_views.handover_view(handover)


def acknowledge_hand_over(db: Db, rules: Rules, *, handover_id: str, staff_id: str | None) -> Answer:
    """Somebody of the owning unit received it."""
    with db.transaction() as tx:
        handover, now = _loaded(tx, handover_id, rules)
        by = reference.acting(tx, staff_id, "staff_id")
        handover.acknowledge(by=by, by_unit=reference.unit_anywhere(tx, by, "staff_id", handover.unit_id), now=now)
        return agency_views.handover_view(handover)


def urge_hand_over(db: Db, rules: Rules, *, handover_id: str, note: str, staff_id: str | None) -> Answer:
    """The window asks where it stays."""
    with db.transaction() as tx:
        handover, now = _loaded(tx, handover_id, rules)
        by, _unit = reference.unit_of(tx, staff_id, handover.hall_id, "staff_id")
        handover.urge(note, by=by, now=now)
        return agency_views.handover_view(handover)


def feed_back_hand_over(db: Db, rules: Rules, *, handover_id: str, outcome: str, feedback: str, staff_id: str | None) -> Answer:
    """The owning unit's answer to the window."""
    with db.transaction() as tx:
        handover, now = _loaded(tx, handover_id, rules)
        by = reference.acting(tx, staff_id, "staff_id")
        handover.feed_back(outcome, feedback, by=by, by_unit=reference.unit_anywhere(tx, by, "staff_id", handover.unit_id), now=now)
        return agency_views.handover_view(handover)


def withdraw_hand_over(db: Db, rules: Rules, *, handover_id: str, reason: str) -> Answer:
    """No answer needed any more."""
    with db.transaction() as tx:
        handover, now = _loaded(tx, handover_id, rules)
        handover.withdraw(reason, now)
        return agency_views.handover_view(handover)


def decided(tx: Transaction, case: Case, *, by: str, now: Now) -> None:
    """The owning unit decided the case: that is its feedback."""
    handover = _open_of(tx, case.case_id)
    if handover is not None:
        handover.catch_up(now)
        handover.decided(by=by, now=now)


def returned(tx: Transaction, case: Case, now: Now) -> None:
    """The case was returned to its applicant: nothing is left to feed back."""
    handover = _open_of(tx, case.case_id)
    if handover is not None:
        handover.catch_up(now)
        handover.withdraw("办件已退回 (the case was returned)", now)


def is_handed_over(case_id: str) -> sa.Exists:
    """Whether a case waits for the owning unit's feedback, as a part of a statement."""
    return sa.exists().where(*_open(case_id))


def _open(case_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    # Spelled out as the partial index spells it.
    states: list[sa.ColumnElement[str]] = [sa.literal_column(f"'{state}'") for state in OPEN]
    return handovers.c.case_id == case_id, handovers.c.state.in_(states)


def _open_of(tx: Transaction, case_id: str) -> HandOver | None:
    return tx.session.execute(sa.select(HandOver).where(*_open(case_id)).with_for_update()).scalar_one_or_none()


def _loaded(tx: Transaction, handover_id: str, rules: Rules) -> tuple[HandOver, Now]:
    handover = tx.get(HandOver, handover_id, for_update=True)
    tx.caller.require(handover.region, handover.hall_id)
    now = Now(tx.now, reference.book(tx), rules)
    handover.catch_up(now)
    return handover, now
