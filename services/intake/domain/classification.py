"""Another class for a running case: the time class by hand or by green channel, the routing by hand (A-01, M-B11).

The limits stay where acceptance put them: a new label never moves a due day.

The green channel (绿色通道、特事特办) is the conversion of a promised case into an immediate one; flag, approver, reason and original kind are
kept with it. A receipt of the channel "green" needs no approver: it says at which counter the case came in and converts nothing, so that nobody in a
hurry waits for a signature before he has a receipt number. A case taken back to promised is in the channel no more; its history stays.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.intake.domain.case import OPEN, REGISTERED, SUPPLEMENT, SUSPENDED, Case
from services.intake.domain.errors import Invalid, Refused
from services.intake.domain.happenings import Reclassified
from services.intake.domain.rules import Item, Now


@dataclass(frozen=True)
class Change:
    """What becomes of the case (None: as it is), on whose word and why; `approver_id` is needed for the green channel (绿色通道)."""

    time_class: str | None
    routing: str | None
    by: str
    reason: str
    approver_id: str | None = None


def reclassify(case: Case, change: Change, item: Item, *, now: Now) -> None:
    """Give the case another time class or routing.

    Raises Refused CLASS_UNCHANGED; Invalid ROUTING_NOT_POSSIBLE, APPROVER_REQUIRED (promised to immediate), APPROVER_IS_ACTOR.
    """
    case.require(REGISTERED, SUPPLEMENT, *OPEN, SUSPENDED)
    time_class = change.time_class or case.time_class
    routing = case.routing if change.routing is None else item.routing(change.routing, now.rules)
    if change.routing is not None and routing is None:
        raise Invalid("ROUTING_NOT_POSSIBLE", f"routing: {change.routing} with {item.units_involved} units", field="routing")
    if (time_class, routing) == (case.time_class, case.routing):
        raise Refused("CLASS_UNCHANGED", f"the case is {case.kind} already", case_id=case.case_id)
    green = (case.time_class, time_class) == ("promised", "immediate")
    if green:
        _check_approver(change)
    before = {"time_class": case.time_class, "routing": case.routing, "kind": case.kind}
    case.time_class, case.routing = time_class, routing
    after = {"time_class": time_class, "routing": routing, "kind": case.kind}
    entry = {"at": now.at.isoformat(), "by": change.by, "reason": change.reason, "approver_id": change.approver_id, "green_channel": green}
    case.reclassifications = [*case.reclassifications, {**entry, "before": before, "after": after}]
    case.happened(Reclassified, now.at, before=before, after=after, green_channel=green, by=change.by)


def _check_approver(change: Change) -> None:
    if change.approver_id is None:
        raise Invalid("APPROVER_REQUIRED", "approver_id: the green channel needs an approver", field="approver_id")
    if change.approver_id == change.by:
        raise Invalid("APPROVER_IS_ACTOR", "approver_id: somebody else than who asks", field="approver_id")
