"""Events of scoring: what the ledger says."""

from marshmallow import Schema

from contracts.fields import Code, Count, Day, Id, Many, Marks, Number, Text
from contracts.registry import REGISTRY, Payload

_LINE = {
    "entry_id": "e1", "rulebook": "XZK", "rulebook_version": 1, "line": "XZK-5D-10", "subject_kind": "window", "subject_id": "w0001",
    "person_id": "s0001", "period": "2026Q4", "occurred_on": "2026-11-23", "points": "-0.50", "fact_ids": ["late:s0001/2026-11-23/am"], "reverses": None,
}  # fmt: skip


class BecauseV1(Schema):
    """What changed the facts behind a line that is taken back."""

    source = Text(100)  # type of the event, or scoring.verify_fact, scoring.record_fact
    subject = Text(200)  # the event's subject, or the fact
    version = Count(required=False, allow_none=True)  # number of the event within its subject
    code = Text(40, required=False, allow_none=True)  # more about it: calendar | suspended | resumed | extended | excused | confirmed


@REGISTRY.event("scoring.ledger.posted", audience="public", examples=[
    _LINE, {**_LINE, "entry_id": "e2", "points": "0.50", "reverses": "e1", "because": [
        {"source": "attendance.day.assessed", "subject": "s0001/2026-11-23", "version": 2, "code": None},
    ]},
])  # fmt: skip
class LedgerPostedV1(Payload):
    """A line of the score ledger; a correction is a further line that names what it reverses, nothing is ever edited."""

    entry_id = Id()
    rulebook = Code()  # code of the rulebook
    rulebook_version = Number()  # published versions never change
    line = Code()  # code of the rule in the rulebook
    subject_kind = Code()  # person | window | unit
    subject_id = Id()  # whose account the line is on
    person_id = Id(required=False, allow_none=True)  # the person behind it, where there is one
    period = Text(16)  # assessment period
    occurred_on = Day()  # day of the fact
    points = Marks()  # negative is a deduction
    fact_ids = Many(Text(200))  # the facts that the line rests on
    reverses = Id(required=False, allow_none=True)  # the ledger line that this one takes back
    because = Many(BecauseV1, required=False)  # why, when it reverses another; empty when the assignments changed
