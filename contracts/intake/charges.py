"""Events of intake: charges (收费), violations of the fee rules and the treasury's statements."""

from marshmallow import Schema

from contracts.fields import Code, Count, Day, Flag, Id, Many, Text, Time
from contracts.registry import REGISTRY, Payload

_CHARGE = {
    "charge_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0c01", "charge_no": "H0001-20261123-F000001", "case_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0001",
    "case_no": "H0001-20261123-000001", "item_id": "i0012", "item_version": 1, "unit_id": "u0003", "window_id": "w0005", "staff_id": "s0021",
    "due_fen": 8000,
}  # fmt: skip
_CHARGE_LINES = [{"code": "F1", "quantity": 1, "total_fen": 8000}]


class ChargePayload(Payload):
    """What every event about a bank slip (缴款单) carries; money is fen."""

    charge_id = Id()
    charge_no = Text(40)  # number printed on the slip
    case_id = Id()
    case_no = Text(40)
    item_id = Id()
    item_version = Count()
    unit_id = Id()
    window_id = Id()
    staff_id = Id()  # who issued the slip
    due_fen = Count()  # what has to be paid, in fen


class ChargeLineV1(Schema):
    """One line of a slip."""

    code = Code()  # the fee standard of the item version
    quantity = Count()  # how many units; 1 when charged for the case
    total_fen = Count()  # in fen


@REGISTRY.event("intake.charge.issued", audience="public", examples=[
    {**_CHARGE, "lines": _CHARGE_LINES, "issued_at": "2026-11-23T01:20:00+00:00"},
    {**_CHARGE, "due_fen": 9000, "lines": [*_CHARGE_LINES, {"code": "F2", "quantity": 1, "total_fen": 1000}],
     "issued_at": "2026-11-23T01:25:00+00:00"},
])  # fmt: skip
class ChargeIssuedV1(ChargePayload):
    """A bank slip was issued by the standards of the item version; the applicant has to pay at the bank."""

    lines = Many(ChargeLineV1)  # what is charged
    issued_at = Time()  # when the slip was issued


@REGISTRY.event("intake.charge.paid", audience="public", examples=[
    {**_CHARGE, "method": "bank_counter", "paid_at": "2026-11-23T01:30:00+00:00"},
    {**_CHARGE, "method": "online", "paid_at": "2026-11-23T01:31:00+00:00"},
])  # fmt: skip
class ChargePaidV1(ChargePayload):
    """The bank has the money."""

    method = Code()  # bank_counter | pos | transfer | online
    paid_at = Time()  # when the bank took it


@REGISTRY.event("intake.charge.receipted", audience="public", examples=[
    {**_CHARGE, "receipt_no": "QZ00000001", "receipted_at": "2026-11-23T01:32:00+00:00"},
    {**_CHARGE, "receipt_no": "QZ00000002", "receipted_at": "2026-11-23T01:33:00+00:00"},
])  # fmt: skip
class ChargeReceiptedV1(ChargePayload):
    """The payer got his receipt (票据)."""

    receipt_no = Text(80)  # number of the receipt
    receipted_at = Time()  # when it was issued


@REGISTRY.event("intake.charge.receipt_voided", audience="public", examples=[
    {**_CHARGE, "receipt_no": "QZ00000001", "voided_at": "2026-11-23T01:34:00+00:00"},
    {**_CHARGE, "receipt_no": "QZ00000002", "voided_at": "2026-11-23T01:35:00+00:00"},
])  # fmt: skip
class ChargeReceiptVoidedV1(ChargePayload):
    """A receipt was spoilt and does not count any more; another one follows."""

    receipt_no = Text(80)  # number of the spoilt receipt
    voided_at = Time()  # when it was taken back


@REGISTRY.event("intake.charge.reduced", audience="public", examples=[
    {**_CHARGE, "due_fen": 4000, "standard_fen": 8000, "waived_fen": 4000, "approved_by": "s0030", "reduced_at": "2026-11-23T01:26:00+00:00"},
    {**_CHARGE, "due_fen": 0, "standard_fen": 8000, "waived_fen": 8000, "approved_by": "s0030", "reduced_at": "2026-11-23T01:27:00+00:00"},
])  # fmt: skip
class ChargeReducedV1(ChargePayload):
    """An approved waiver or reduction (减免) was taken off the slip."""

    standard_fen = Count()  # by the standards, in fen
    waived_fen = Count()  # what this waiver took off, in fen
    approved_by = Id()  # who approved it; never who asked for it
    reduced_at = Time()  # when it was applied


@REGISTRY.event("intake.charge.cancelled", audience="public", examples=[
    {**_CHARGE, "cancelled_at": "2026-11-23T01:28:00+00:00"}, {**_CHARGE, "cancelled_at": "2026-11-23T01:29:00+00:00"},
])  # fmt: skip
class ChargeCancelledV1(ChargePayload):
    """The slip was withdrawn before anybody paid."""

    cancelled_at = Time()  # when it was withdrawn


_VIOLATION = {
    "violation_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0f01", "kind": "wrong_standard", "source": "attempt", "unit_id": "u0003",
    "window_id": "w0005", "staff_id": "s0021", "case_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0001", "charge_id": None, "recorded_by": "system",
    "asked_fen": 9000, "standard_fen": 8000, "occurred_at": "2026-11-23T01:20:00+00:00",
}  # fmt: skip
_TIE_IN = {
    **_VIOLATION, "kind": "tie_in", "source": "report", "staff_id": None, "case_id": None, "recorded_by": "s0040", "asked_fen": None,
    "standard_fen": None,
}  # fmt: skip


class FeeViolationPayload(Payload):
    """What every event about charging against the rules (违规收费) carries; the evidence stays with its owner."""

    violation_id = Id()  # the violation
    kind = Code()  # wrong_standard | wrong_procedure | off_counter | tie_in | cash
    source = Code()  # attempt (a refused command) | reconciliation | report
    unit_id = Id(required=False, allow_none=True)
    window_id = Id(required=False, allow_none=True)
    staff_id = Id(required=False, allow_none=True)  # whose act it was; null when nobody can be named
    case_id = Id(required=False, allow_none=True)
    charge_id = Id(required=False, allow_none=True)  # the bank slip
    recorded_by = Id()  # the person who reported it, or "system"
    asked_fen = Count(required=False, allow_none=True)  # what was asked or taken, in fen
    standard_fen = Count(required=False, allow_none=True)  # what the standard says, in fen
    occurred_at = Time()  # when it happened


@REGISTRY.event("intake.fee_violation.recorded", audience="internal", examples=[_VIOLATION, _TIE_IN])
class FeeViolationRecordedV1(FeeViolationPayload):
    """Seen by the system or reported by a person; nobody has judged it yet."""


@REGISTRY.event("intake.fee_violation.decided", audience="internal", examples=[
    {**_VIOLATION, "verified": True, "decided_by": "s0041"}, {**_TIE_IN, "verified": False, "decided_by": "s0041"},
])  # fmt: skip
class FeeViolationDecidedV1(FeeViolationPayload):
    """A second person found it true, or not; the newest verdict counts."""

    verified = Flag()  # true, or not
    decided_by = Id()  # the second person


class MismatchCountV1(Schema):
    """How often one kind of mismatch was found."""

    kind = Code()  # paid_not_issued | amount_differs | paid_twice | paid_not_recorded | issued_not_paid | not_in_statement
    count = Count()  # how often


_STATEMENT = {
    "statement_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0d01", "statement_no": "CZ-20261123", "day_from": "2026-11-23", "day_to": "2026-11-23",
    "entry_count": 2, "matched_count": 1, "mismatch_count": 1, "total_fen": 16000, "matched_fen": 8000,
    "mismatches": [{"kind": "paid_not_issued", "count": 1}],
}  # fmt: skip


@REGISTRY.event("intake.statement.reconciled", audience="public", examples=[
    _STATEMENT, {**_STATEMENT, "statement_no": "CZ-20261124", "matched_count": 2, "mismatch_count": 0, "matched_fen": 16000, "mismatches": []},
])  # fmt: skip
class StatementReconciledV1(Payload):
    """A statement of the treasury (财政对账单) was compared with the charges."""

    statement_id = Id()  # the statement
    statement_no = Text(64)  # the treasury's own number
    day_from = Day()  # first day it covers
    day_to = Day()  # last day it covers
    entry_count = Count()  # payments in it
    matched_count = Count()  # payments that confirm a charge
    mismatch_count = Count()  # what does not match
    total_fen = Count()  # all payments in it, in fen
    matched_fen = Count()  # of that confirmed, in fen
    mismatches = Many(MismatchCountV1)  # by kind
