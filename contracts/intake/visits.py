"""Events of intake: door-to-door visits (上门服务)."""

from contracts.fields import Code, Count, Day, Id, Many, Time
from contracts.registry import REGISTRY, Payload

_ASKED = {"visit_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0f01", "item_ids": ["i0001"], "ground": "illness", "due": "2026-11-26"}
_TWO = {"visit_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0f02", "item_ids": ["i0001", "i0002"], "ground": "age", "due": "2026-11-27"}
_PLAN = {
    "starts_at": "2026-11-25T01:00:00+00:00", "ends_at": "2026-11-25T03:00:00+00:00", "staff_ids": ["s0001", "s0002"], "outing_id": "out-0007",
}  # fmt: skip
_GOING = {**_ASKED, **_PLAN}
_ALONE = {**_TWO, **_PLAN, "staff_ids": ["s0003"], "outing_id": None}
_NOBODY: dict[str, object] = {"starts_at": None, "ends_at": None, "staff_ids": [], "outing_id": None}


class VisitPayload(Payload):
    """What every event of a visit (上门服务) carries; whom it is to and where stays in intake."""

    visit_id = Id()  # the visit, subject of this event
    item_ids = Many(Id())  # the items it is about
    ground = Code()  # illness | disability | age | other
    due = Day()  # last working day to dispatch somebody in time


class PlannedPayload(VisitPayload):
    """With who goes, from when to when: authorised absence from post for these people and hours."""

    starts_at = Time(allow_none=True)  # beginning of the planned hours; null when nobody was dispatched
    ends_at = Time(allow_none=True)  # their end
    staff_ids = Many(Id())  # who was dispatched
    outing_id = Id(allow_none=True)  # the entry of the going-out register (外出登记), if one is known


@REGISTRY.event("intake.visit.requested", audience="public", examples=[{**_ASKED, "channel": "phone"}, {**_TWO, "channel": "window"}])
class VisitRequestedV1(VisitPayload):
    """Somebody cannot come to the hall."""

    channel = Code()  # phone | online | window


@REGISTRY.event("intake.visit.dispatched", audience="public", examples=[
    {**_GOING, "removed_staff_ids": []}, {**_ALONE, "removed_staff_ids": ["s0004"]},
])  # fmt: skip
class VisitDispatchedV1(PlannedPayload):
    """Staff will go; said again when people or hours change, the latest counts. Attendance counts it as authorised absence."""

    removed_staff_ids = Many(Id())  # dispatched before and not any more


@REGISTRY.event("intake.visit.visited", audience="public", examples=[
    {**_GOING, "result": "papers_taken", "visited_at": "2026-11-25T01:30:00+00:00", "visited_by": "s0001"},
    {**_ALONE, "result": "not_met", "visited_at": "2026-11-25T02:00:00+00:00", "visited_by": "s0003"},
])  # fmt: skip
class VisitVisitedV1(PlannedPayload):
    """They were there."""

    result = Code()  # papers_taken | delivered | advised | not_met
    visited_at = Time()  # when
    visited_by = Id()  # who says so, one of those dispatched


@REGISTRY.event("intake.visit.handed_in", audience="public", examples=[
    {**_ASKED, "case_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0001", "handed_in_at": "2026-11-25T06:00:00+00:00"},
    {**_TWO, "case_id": None, "handed_in_at": "2026-11-25T06:00:00+00:00"},
])  # fmt: skip
class VisitHandedInV1(VisitPayload):
    """Papers taken at the home are in the hall; once for each receipt."""

    case_id = Id(allow_none=True)  # the case of the receipt; null when they belong to a case that runs already
    handed_in_at = Time()  # when


@REGISTRY.event("intake.visit.closed", audience="public", examples=[
    {**_ASKED, "result": "papers_taken", "closed_at": "2026-11-26T01:00:00+00:00"},
    {**_TWO, "result": "advised", "closed_at": "2026-11-26T02:00:00+00:00"},
])  # fmt: skip
class VisitClosedV1(VisitPayload):
    """Nothing is left to do."""

    result = Code()  # papers_taken | delivered | advised | not_met
    closed_at = Time()  # when


@REGISTRY.event("intake.visit.overdue", audience="public", examples=[
    {**_ASKED, "overdue_days": 1, "as_of": "2026-11-27"}, {**_TWO, "overdue_days": 2, "as_of": "2026-12-01"},
])  # fmt: skip
class VisitOverdueV1(VisitPayload):
    """A working day over the limit to dispatch has begun; sent once for each."""

    overdue_days = Count()  # working days over the limit to dispatch
    as_of = Day()  # the day this is about


@REGISTRY.event("intake.visit.declined", audience="public", examples=[
    {**_ASKED, "declined_at": "2026-11-24T01:00:00+00:00"}, {**_TWO, "declined_at": "2026-11-24T02:00:00+00:00"},
])  # fmt: skip
class VisitDeclinedV1(VisitPayload):
    """The hall does not go; the reason stays in intake."""

    declined_at = Time()  # when


@REGISTRY.event("intake.visit.cancelled", audience="public", examples=[
    {**_GOING, "cancelled_at": "2026-11-24T01:00:00+00:00"}, {**_TWO, **_NOBODY, "cancelled_at": "2026-11-24T02:00:00+00:00"},
])  # fmt: skip
class VisitCancelledV1(PlannedPayload):
    """The citizen does not want it any more; whoever was dispatched need not go, and his absence is authorised no longer."""

    cancelled_at = Time()  # when
