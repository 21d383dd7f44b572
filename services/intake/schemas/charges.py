"""Requests and answers about charges, waivers, receipts, fee violations and treasury statements. Money is fen."""

from __future__ import annotations

from marshmallow import Schema, ValidationError, fields, validates_schema

from chassis.fields import (
    PageRequest,
    PageResponse,
    a_code,
    a_day,
    a_moment,
    an_id,
    count,
    flag,
    many,
    maybe_count,
    maybe_day,
    maybe_id,
    maybe_words,
    must_be,
    one_of,
    verdict,
    words,
)
from services.intake.domain import charges as c
from services.intake.domain import fee_violations as v
from services.intake.domain.statements import MAX_BYTES, MISMATCHES


class AskedLine(Schema):
    """What is to be charged under one standard."""

    code = a_code()
    quantity = maybe_count(default=1, minimum=1, maximum=c.LARGEST_QUANTITY)


class IssueCharge(Schema):
    """A bank slip."""

    case_id = an_id()
    lines = many(AskedLine, at_least=1, at_most=50)
    total_fen = count(minimum=1)
    issued_by = maybe_id()


class CancelCharge(Schema):
    """The end of a slip."""

    charge_id = an_id()
    reason = words(500)


class RecordPayment(Schema):
    """What the bank saw."""

    charge_id = an_id()
    amount_fen = count(minimum=1)
    method = must_be(*c.METHODS)
    bank_serial = an_id()
    paid_at = a_moment()


class RequestWaiver(Schema):
    """A waiver by percent or by amount."""

    charge_id = an_id()
    percent = maybe_count(minimum=1, maximum=100)
    amount_fen = maybe_count(minimum=1)
    basis_document = words(200)
    reason = words(1000)
    requested_by = maybe_id()


class DecideWaiver(Schema):
    """Another person's decision."""

    charge_id, waiver_id = an_id(), an_id()
    approved = verdict()
    note = maybe_words(1000)


class ApplyWaiver(Schema):
    """Onto the slip."""

    charge_id, waiver_id = an_id(), an_id()


class RegisterReceiptBook(Schema):
    """A book of receipts taken into stock."""

    hall_id, book_id = an_id(), an_id()
    prefix = a_code()
    first_no, last_no = count(minimum=1, maximum=99_999_999), count(minimum=1, maximum=99_999_999)


class IssueFeeReceipt(Schema):
    """The next receipt of a book."""

    charge_id, book_id = an_id(), an_id()


class VoidFeeReceipt(Schema):
    """A spoilt receipt."""

    charge_id = an_id()
    reason = words(500)


class GetCharge(Schema):
    """By id or by number."""

    charge_id, charge_no = maybe_id(), maybe_id()

    @validates_schema
    def one_of_both(self, data: dict[str, object], **_: object) -> None:
        """Exactly one."""
        if (data.get("charge_id") is None) == (data.get("charge_no") is None):
            raise ValidationError("exactly one of charge_id and charge_no", "charge_id")


class ListCharges(PageRequest):
    """Filters and page."""

    hall_id, case_id, unit_id, item_id = maybe_id(), maybe_id(), maybe_id(), maybe_id()
    state, method = one_of(*c.STATES), one_of(*c.METHODS)
    day_from, day_to = maybe_day(), maybe_day()


class GetChargeTotals(Schema):
    """Filters."""

    hall_id, unit_id, item_id = maybe_id(), maybe_id(), maybe_id()
    day_from, day_to = maybe_day(), maybe_day()


class ImportStatement(Schema):
    """A file of the treasury."""

    hall_id, statement_no = an_id(), an_id()
    day_from, day_to = a_day(), a_day()
    content = words(MAX_BYTES)
    dry_run = flag()


class ListStatements(PageRequest):
    """Statements of a hall."""

    hall_id, statement_no = maybe_id(), maybe_id()


class ListStatementMismatches(PageRequest):
    """The reconciliation report of one statement."""

    statement_id = an_id()
    kind = one_of(*MISMATCHES)


class ListReceiptBooks(PageRequest):
    """Books of a hall."""

    hall_id = maybe_id()


class ReportFeeViolation(Schema):
    """What a person saw."""

    hall_id = an_id()
    kind = must_be(*v.KINDS)
    case_id, unit_id, window_id, staff_id = maybe_id(), maybe_id(), maybe_id(), maybe_id()
    occurred_at = a_moment()
    evidence = words(2000)
    asked_fen, standard_fen = maybe_count(), maybe_count()
    recorded_by = maybe_id()


class DecideFeeViolation(Schema):
    """A second person's verdict."""

    violation_id = an_id()
    verified = verdict()
    note = maybe_words(1000)


class ListFeeViolations(PageRequest):
    """Filters and page."""

    hall_id, unit_id, case_id = maybe_id(), maybe_id(), maybe_id()
    kind, state, source = one_of(*v.KINDS), one_of(*v.STATES), one_of(*v.SOURCES)


class Line(Schema):
    """A line of a slip; stored as plain values."""

    code, name, kind, unit, basis = fields.String(), fields.String(), fields.String(), fields.String(), fields.String()
    amount_fen, quantity, total_fen = fields.Integer(), fields.Integer(), fields.Integer()


class Waiver(Schema):
    """A waiver and who had a hand in it."""

    waiver_id, state, basis_document, reason = fields.String(), fields.String(), fields.String(), fields.String()
    percent, amount_fen, waived_fen = fields.Integer(), fields.Integer(), fields.Integer()
    requested_by, decided_by, applied_by, note = fields.String(), fields.String(), fields.String(), fields.String()
    requested_at, decided_at, applied_at = fields.AwareDateTime(), fields.AwareDateTime(), fields.AwareDateTime()


class Charge(Schema):
    """A charge."""

    charge_id, charge_no, case_id, case_no = fields.String(), fields.String(), fields.String(), fields.String()
    region, hall_id, unit_id, window_id, item_id = fields.String(), fields.String(), fields.String(), fields.String(), fields.String()
    item_version = fields.Integer()
    lines = fields.List(fields.Nested(Line))
    standard_fen, waived_fen, due_fen = fields.Integer(), fields.Integer(), fields.Integer()
    state, method, bank_serial, receipt_no = fields.String(), fields.String(), fields.String(), fields.String()
    issued_by, payment_recorded_by, statement_id, cancel_reason = fields.String(), fields.String(), fields.String(), fields.String()
    issued_at, paid_at, reconciled_at = fields.AwareDateTime(), fields.AwareDateTime(), fields.AwareDateTime()
    waivers = fields.List(fields.Nested(Waiver))
    version = fields.Integer()


class ChargePage(PageResponse):
    """A page of charges."""

    charges = fields.List(fields.Nested(Charge))


class ChargeTotals(Schema):
    """Sums in fen, and the waived share in percent."""

    charge_count, waived_count = fields.Integer(), fields.Integer()
    standard_fen, waived_fen, due_fen = fields.Integer(), fields.Integer(), fields.Integer()
    paid_fen, reconciled_fen, open_fen = fields.Integer(), fields.Integer(), fields.Integer()
    waived_share = fields.String()


class RowError(Schema):
    """What is wrong where."""

    line = fields.Integer()
    field, message = fields.String(), fields.String()


class Statement(Schema):
    """A statement and how it compared."""

    statement_id, region, hall_id, statement_no = fields.String(), fields.String(), fields.String(), fields.String()
    day_from, day_to = fields.Date(), fields.Date()
    entry_count, matched_count, mismatch_count = fields.Integer(), fields.Integer(), fields.Integer()
    total_fen, matched_fen = fields.Integer(), fields.Integer()
    imported_by = fields.String()
    imported_at = fields.AwareDateTime()
    errors = fields.List(fields.Nested(RowError))


class StatementPage(PageResponse):
    """A page of statements."""

    statements = fields.List(fields.Nested(Statement))


class Mismatch(Schema):
    """What does not fit."""

    number, line = fields.Integer(), fields.Integer()
    kind, charge_no, charge_id, bank_serial = fields.String(), fields.String(), fields.String(), fields.String()
    expected_fen, found_fen = fields.Integer(), fields.Integer()


class MismatchPage(PageResponse):
    """A page of the reconciliation report."""

    statement = fields.Nested(Statement)
    mismatches = fields.List(fields.Nested(Mismatch))


class ReceiptBook(Schema):
    """A book and what is left of it."""

    book_id, region, hall_id, prefix, registered_by = fields.String(), fields.String(), fields.String(), fields.String(), fields.String()
    first_no, last_no, next_no, left_count = fields.Integer(), fields.Integer(), fields.Integer(), fields.Integer()
    registered_at = fields.AwareDateTime()


class ReceiptBookPage(PageResponse):
    """A page of books."""

    books = fields.List(fields.Nested(ReceiptBook))


class FeeViolation(Schema):
    """A violation and its verdict."""

    violation_id, kind, source, region, hall_id = fields.String(), fields.String(), fields.String(), fields.String(), fields.String()
    unit_id, window_id, staff_id, case_id, charge_id = fields.String(), fields.String(), fields.String(), fields.String(), fields.String()
    occurred_at, recorded_at, decided_at = fields.AwareDateTime(), fields.AwareDateTime(), fields.AwareDateTime()
    recorded_by, decided_by, state, evidence, note = fields.String(), fields.String(), fields.String(), fields.String(), fields.String()
    asked_fen, standard_fen, version = fields.Integer(), fields.Integer(), fields.Integer()


class FeeViolationPage(PageResponse):
    """A page of violations."""

    violations = fields.List(fields.Nested(FeeViolation))
