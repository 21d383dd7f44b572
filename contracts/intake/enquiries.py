"""Events of intake: enquiries under the first-asked responsibility (首问负责制). No names, no texts: who asked and what stays in intake."""

from contracts.fields import Code, Count, Day, Flag, Id, Text, Time
from contracts.registry import REGISTRY, Payload

_ENQUIRY = {
    "enquiry_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0e01", "enquiry_no": "H0001-20261123-Q000001", "channel": "desk", "item_id": "i0001",
    "rule": "B", "own_duty": False, "first_asked_id": "s0001", "staff_id": "s0001", "unit_id": "u0001", "window_id": None, "due": "2026-11-26",
}  # fmt: skip
_OWN = {**_ENQUIRY, "channel": "window", "item_id": None, "own_duty": True, "window_id": "w0001", "due": "2026-11-23"}
_TAKEN = {**_ENQUIRY, "staff_id": "s0010", "unit_id": "u0002", "window_id": "w0002"}


class EnquiryPayload(Payload):
    """What every event of an enquiry (咨询) carries; person, unit and window are those who hold the ticket from then on."""

    enquiry_id = Id()  # the enquiry, subject of this event
    enquiry_no = Text(40)  # number of the ticket
    channel = Code()  # desk | window | phone | online
    item_id = Id(required=False, allow_none=True)  # what was asked about; null when about none
    rule = Code()  # version of the first-asked responsibility: A follows to the end, B answers or routes
    own_duty = Flag()  # whether the question was in the first-asked person's own duties
    first_asked_id = Id()  # the first-asked person (首问责任人)
    staff_id = Id(required=False, allow_none=True)
    unit_id = Id()
    window_id = Id(required=False, allow_none=True)
    due = Day()  # last day for the answer


@REGISTRY.event("intake.enquiry.registered", audience="public", examples=[
    {**_ENQUIRY, "registered_at": "2026-11-23T01:00:00+00:00"}, {**_OWN, "registered_at": "2026-11-23T01:05:00+00:00"},
])  # fmt: skip
class EnquiryRegisteredV1(EnquiryPayload):
    """Somebody asked and a record was made (首问登记)."""

    registered_at = Time()  # when it was asked


@REGISTRY.event("intake.enquiry.routed", audience="public", examples=[
    {**_ENQUIRY, "to_unit_id": "u0002", "to_window_id": "w0002", "to_staff_id": None},
    {**_ENQUIRY, "to_unit_id": "u0003", "to_window_id": None, "to_staff_id": "s0020"},
])  # fmt: skip
class EnquiryRoutedV1(EnquiryPayload):
    """The ticket was passed on; until somebody accepts it, it is still held by the first-asked person."""

    to_unit_id = Id()  # the unit that is asked to take it
    to_window_id = Id(required=False, allow_none=True)  # its window, if one was named
    to_staff_id = Id(required=False, allow_none=True)  # the person, if one was named


@REGISTRY.event("intake.enquiry.taken", audience="public", examples=[
    {**_TAKEN, "taken_by": "s0010"}, {**_ENQUIRY, "rule": "A", "taken_by": "s0010"},
])  # fmt: skip
class EnquiryTakenV1(EnquiryPayload):
    """Whom it was passed on to has accepted; under version B he holds the ticket now, under version A he only answers."""

    taken_by = Id()  # who accepted


@REGISTRY.event("intake.enquiry.returned", audience="public", examples=[
    {**_ENQUIRY, "returned_by": "s0010", "returned_unit_id": "u0002", "bounced": 1},
    {**_ENQUIRY, "returned_by": "s0020", "returned_unit_id": "u0003", "bounced": 2},
])  # fmt: skip
class EnquiryReturnedV1(EnquiryPayload):
    """Given back to the first-asked person by whom it was passed on to: the ticket bounced."""

    returned_by = Id()  # who gave it back
    returned_unit_id = Id()  # his unit
    bounced = Count()  # how often it came back, this time included


@REGISTRY.event("intake.enquiry.answered", audience="public", examples=[
    {**_TAKEN, "answered_by": "s0010", "answered_unit_id": "u0002", "answered_at": "2026-11-24T01:00:00+00:00", "elapsed_days": 1,
     "overdue_days": 0},
    {**_OWN, "answered_by": "s0001", "answered_unit_id": "u0001", "answered_at": "2026-11-25T01:00:00+00:00", "elapsed_days": 2,
     "overdue_days": 2},
])  # fmt: skip
class EnquiryAnsweredV1(EnquiryPayload):
    """The asker has his answer; its text stays in intake."""

    answered_by = Id()  # who answered
    answered_unit_id = Id()  # his unit
    answered_at = Time()  # when
    elapsed_days = Count()  # working days from the question to the answer, the day of the question not counted
    overdue_days = Count()


@REGISTRY.event("intake.enquiry.due_soon", audience="public", examples=[_ENQUIRY, _OWN])
class EnquiryDueSoonV1(EnquiryPayload):
    """The last day for the answer has come and there is none; told once."""


@REGISTRY.event("intake.enquiry.overdue", audience="public", examples=[
    {**_TAKEN, "overdue_days": 1, "as_of": "2026-11-27"}, {**_OWN, "overdue_days": 2, "as_of": "2026-11-25"},
])  # fmt: skip
class EnquiryOverdueV1(EnquiryPayload):
    """A working day over the limit has begun; told once for each, to who held the ticket then. It accuses nobody."""

    overdue_days = Count()
    as_of = Day()  # the day this is about


@REGISTRY.event("intake.enquiry.closed", audience="public", examples=[
    {**_TAKEN, "outcome": "told", "closed_at": "2026-11-24T01:10:00+00:00"}, {**_OWN, "outcome": "silent", "closed_at": "2026-12-03T16:00:00+00:00"},
])  # fmt: skip
class EnquiryClosedV1(EnquiryPayload):
    """The ticket is done with."""

    outcome = Code()  # told | not_reached | withdrawn | silent (nobody came back on the answer)
    closed_at = Time()  # when


_FAILURE = {
    "failure_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0e21", "kind": "misrouted", "unit_id": "u0001", "window_id": "w0001", "staff_id": "s0001",
    "enquiry_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0e01", "recorded_by": "s0040", "occurred_at": "2026-11-23T01:00:00+00:00",
}  # fmt: skip
_TURNED_AWAY = {**_FAILURE, "kind": "no_record", "staff_id": None, "enquiry_id": None}


class FirstAskedFailurePayload(Payload):
    """What every event about first-asked duty not done (首问责任未落实, XZK-5C-2a) carries; evidence and reply stay with their owner."""

    failure_id = Id()  # the failure
    kind = Code()  # no_record (turned away) | misrouted | not_followed_up
    unit_id = Id(required=False, allow_none=True)
    window_id = Id(required=False, allow_none=True)
    staff_id = Id(required=False, allow_none=True)  # whose duty it was; null when nobody can be named
    enquiry_id = Id(required=False, allow_none=True)  # the ticket; null when none was written
    recorded_by = Id()  # who reported it
    occurred_at = Time()  # when it happened


@REGISTRY.event("intake.first_asked_failure.recorded", audience="internal", examples=[_FAILURE, _TURNED_AWAY])
class FirstAskedFailureRecordedV1(FirstAskedFailurePayload):
    """Reported by a person; nobody has judged it yet."""


@REGISTRY.event("intake.first_asked_failure.decided", audience="internal", examples=[
    {**_FAILURE, "verified": True, "decided_by": "s0041"}, {**_TURNED_AWAY, "verified": False, "decided_by": "s0041"},
])  # fmt: skip
class FirstAskedFailureDecidedV1(FirstAskedFailurePayload):
    """A second person found it true, or not; the newest verdict counts."""

    verified = Flag()  # true, or not
    decided_by = Id()  # the second person
