"""Commands on an on-site joint inspection: plan, move, record, cancel."""

from __future__ import annotations

import datetime as dt
from typing import Any

from chassis.database import Db, Transaction
from chassis.errors import FailedPrecondition
from chassis.sealing import Vault
from services.intake import joint_views, reference, sealed
from services.intake.domain.case import Case
from services.intake.domain.joint.handling import JointHandling
from services.intake.domain.joint.inspections import JointInspection, Outcome, latest_day
from services.intake.domain.rules import Rules
from services.intake.usecases.joint import finding

Answer = dict[str, Any]


def plan_inspection(db: Db, rules: Rules, vault: Vault, *, handling_id: str, staff_id: str | None, **said: Any) -> Answer:
    """Plan one with units of the handling (`planned_on`, `place`, `unit_ids`); the site is sealed."""
    with db.transaction() as tx:
        now = finding.circumstances(tx, rules)
        handling = finding.locked(tx, handling_id, now)
        handling.require_running()
        _check_units(handling, said["unit_ids"])
        by, _unit = reference.unit_of(tx, staff_id, handling.hall_id, "staff_id")
        inspection_id = tx.new_id()
        site = vault.seal(said["place"], context=sealed.inspection_place(inspection_id))
        inspection = JointInspection(
            inspection_id=inspection_id, handling_id=handling_id, case_id=handling.case_id, case_no=handling.case_no, region=handling.region,
            hall_id=handling.hall_id, place_sealed=site, planned_on=said["planned_on"],
            units=list(dict.fromkeys(said["unit_ids"])), planned_by=by, planned_at=tx.now, latest=_latest(tx, handling),
        )  # fmt: skip
        tx.add(inspection.plan(now))
        return joint_views.inspection_view(inspection, vault)


def move_inspection(db: Db, rules: Rules, vault: Vault, *, inspection_id: str, staff_id: str | None, **said: Any) -> Answer:
    """On another day (`planned_on`, `reason`)."""
    with db.transaction() as tx:
        inspection = _locked(tx, inspection_id)
        by, _unit = reference.unit_of(tx, staff_id, inspection.hall_id, "staff_id")
        latest = _latest(tx, tx.get(JointHandling, inspection.handling_id))
        inspection.move(said["planned_on"], said["reason"], latest=latest, by=by, now=finding.circumstances(tx, rules))
        return joint_views.inspection_view(inspection, vault)


def record_inspection(db: Db, rules: Rules, vault: Vault, *, inspection_id: str, staff_id: str | None, **said: Any) -> Answer:
    """What was found and decided on the spot (`participants`, `findings`, `result`, `decision`, `done_on`); today unless said otherwise."""
    with db.transaction() as tx:
        inspection, now = _locked(tx, inspection_id), finding.circumstances(tx, rules)
        by, _unit = reference.unit_of(tx, staff_id, inspection.hall_id, "staff_id")
        seats = tuple(finding.seats(tx, said.pop("participants"), "participants"))
        outcome = Outcome(seats=seats, done_on=said.pop("done_on") or now.today, **said)
        inspection.record(outcome, by=by, latest=_latest(tx, tx.get(JointHandling, inspection.handling_id)), now=now)
        return joint_views.inspection_view(inspection, vault)


def cancel_inspection(db: Db, rules: Rules, vault: Vault, *, inspection_id: str, reason: str) -> Answer:
    """They do not go."""
    with db.transaction() as tx:
        inspection = _locked(tx, inspection_id)
        inspection.cancel(reason, finding.circumstances(tx, rules))
        return joint_views.inspection_view(inspection, vault)


def _locked(tx: Transaction, inspection_id: str) -> JointInspection:
    inspection = tx.get(JointInspection, inspection_id, for_update=True)
    tx.caller.require(inspection.region, inspection.hall_id)
    return inspection


def _latest(tx: Transaction, handling: JointHandling) -> dt.date | None:
    return latest_day(tx.get(Case, handling.case_id).promised_due, handling.limit_due)


def _check_units(handling: JointHandling, unit_ids: list[str]) -> None:
    involved = {handling.lead_unit_id, *(member.unit_id for member in handling.members)}
    if strange := sorted(set(unit_ids) - involved):
        units = ",".join(strange)
        raise FailedPrecondition("NOT_A_MEMBER", f"unit_ids: {units} takes no part", units=units, handling_id=handling.handling_id)
