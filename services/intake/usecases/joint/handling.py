"""Commands on a joint handling: name and ask members, give an opinion, decide for the centre."""

from __future__ import annotations

from typing import Any

from chassis.database import Db, Transaction
from services.intake import joint_views, reference
from services.intake.domain.case import OPEN, Case
from services.intake.domain.errors import Refused
from services.intake.domain.joint import centre
from services.intake.domain.joint.handling import JointHandling
from services.intake.domain.joint.members import Asked
from services.intake.domain.rules import Now, Rules
from services.intake.usecases.deadlines import person
from services.intake.usecases.joint import finding
from services.intake.usecases.joint.following import opened
from services.intake.usecases.loading import loaded

Answer = dict[str, Any]


def convene(db: Db, rules: Rules, *, case_id: str, members: list[Answer], after_meeting: bool, staff_id: str | None) -> Answer:
    """Name members of a joint case's handling, and ask them unless a meeting shall come first."""
    with db.transaction() as tx:
        case, _, now = loaded(tx, case_id, rules)
        case.require(*OPEN)
        if case.routing != "joint":
            raise Refused("CASE_NOT_JOINT", "the case is not handled jointly", case_id=case_id, routing=case.routing or "")
        by, _unit = reference.unit_of(tx, staff_id, case.hall_id, "staff_id")
        handling = opened(tx, case, now)
        asked = [_asked(tx, case, one, rules, by) for one in members]
        handling.convene(asked, after_meeting=after_meeting, now=now)
        return joint_views.handling_view(handling, now)


def _asked(tx: Transaction, case: Case, one: Answer, rules: Rules, by: str) -> Asked:
    region, hall_id = finding.place_of(tx, one["unit_id"], case.region, case.hall_id)
    if one["person_id"] is not None:
        finding.require_person_of(tx, one["person_id"], one["unit_id"], "members.person_id")
    days = rules.joint_opinion_days if one["limit_days"] is None else one["limit_days"]
    return Asked(one["unit_id"], region, hall_id, one["question"], days, by, one["person_id"])


def give_opinion(db: Db, rules: Rules, *, handling_id: str, unit_id: str, staff_id: str | None, **said: str) -> Answer:
    """A member's opinion (`outcome`, `opinion`), by somebody of that member and in his own name."""
    with db.transaction() as tx:
        now = finding.circumstances(tx, rules)
        handling = finding.locked_for(tx, handling_id, unit_id, now)
        by = tx.caller.acting_as(staff_id, "staff_id")
        finding.require_person_of(tx, by, unit_id, "staff_id")
        handling.give_opinion(unit_id, said["outcome"], said["opinion"], by=by, now=now)
        return joint_views.handling_view(handling, now)


def decide(db: Db, rules: Rules, *, handling_id: str, **ruling: Any) -> Answer:
    """The centre decides (`kind`, `reason`, `unit_id`, `days`, `meeting_id`); who calls decides. Raises PermissionDenied PERSON_REQUIRED."""
    with db.transaction() as tx:
        # The case first: the decision on it and the centre's wait for each other.
        case, handling, now = _with_case(tx, handling_id, rules)
        by = person(tx)
        centre.check_decider(case, handling, by)
        centre.decide(handling, centre.Ruling(by=by, **ruling), now=now)
        return joint_views.handling_view(handling, now)


def _with_case(tx: Transaction, handling_id: str, rules: Rules) -> tuple[Case, JointHandling, Now]:
    case_id = tx.get(JointHandling, handling_id).case_id
    case, _, now = loaded(tx, case_id, rules)
    return case, finding.locked(tx, handling_id, now), now
