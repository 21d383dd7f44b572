"""Requests and answers of intake. Proto defaults are left out by the gateway, so optional fields have a load default."""

from __future__ import annotations

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from chassis.fields import (
    PageRequest,
    PageResponse,
    an_id,
    codes,
    flag,
    maybe_day,
    maybe_flag,
    maybe_id,
    maybe_words,
    must_be,
    one_of,
    words,
)
from services.intake.domain.case import STATES
from services.intake.domain.delivery import METHODS
from services.intake.domain.rules import ROUTINGS
from services.intake.domain.stages import STAGES
from services.intake.schemas.agency import Matter
from services.intake.schemas.applicants import Applicant
from services.intake.schemas.joint import JointSummary
from services.intake.schemas.objections import TrackedObjection

CHANNELS = ("window", "online", "appointment", "visit", "green")
RETURN_REASONS = ("prohibited", "not_eligible", "not_competent", "not_supplied", "withdrawn")
DECISIONS = ("approved", "rejected")
ORDERS = ("newest", "due")


class RegisterReceipt(Schema):
    """The receipt slip."""

    hall_id, window_id, item_id = an_id(), an_id(), an_id()
    staff_id = maybe_id()
    channel = one_of(*CHANNELS, default="window")
    applicant = fields.Nested(Applicant, required=True)
    materials = codes()
    appointment_id, visit_id = maybe_id(), maybe_id()

    @validates_schema
    def of_its_channel(self, data: dict[str, object], **_: object) -> None:
        """What the receipt comes from and its channel say the same."""
        for channel in ("appointment", "visit"):
            if data.get(f"{channel}_id") is not None and data.get("channel") != channel:
                raise ValidationError(f"only with the channel {channel}", f"{channel}_id")


class Receipt(Schema):
    """The answer to a receipt; small, because it is asked for most."""

    case_id, case_no, state = fields.String(), fields.String(), fields.String()
    received_at = fields.AwareDateTime()
    missing = fields.List(fields.String())
    notice_due = fields.Date()
    track_token = fields.String()
    version = fields.Integer()


class RequestSupplement(Schema):
    """The one-time notice."""

    case_id = an_id()
    missing = codes()
    supply_by = maybe_day()
    reason = maybe_words(500)
    staff_id = maybe_id()


class SubmitSupplement(Schema):
    """What was asked for."""

    case_id = an_id()
    materials = codes(at_least=1)


class AcceptCase(Schema):
    """Acceptance; routing by itself when not given."""

    case_id = an_id()
    routing = one_of(*ROUTINGS)
    staff_id = maybe_id()
    off_hall = flag()


class ReturnCase(Schema):
    """Refusal with its written reason."""

    case_id = an_id()
    reason_code = must_be(*RETURN_REASONS)
    reason = words(1000)
    staff_id = maybe_id()


class RecordStage(Schema):
    """The end of a stage."""

    case_id = an_id()
    stage = must_be(*STAGES)
    handler_id = maybe_id()
    opinion = maybe_words(1000)
    off_hall = flag()


class DecideCase(Schema):
    """The decision."""

    case_id = an_id()
    outcome = must_be(*DECISIONS)
    handler_id = maybe_id()
    opinion = maybe_words(1000)
    collective_no = maybe_words(100)


class DeliverCase(Schema):
    """The handing over."""

    case_id = an_id()
    method = one_of(*METHODS, default="window")
    collector = maybe_words(100)
    id_kind, id_no = maybe_words(40), maybe_words(40)
    agent = flag()
    authorisation_no, notice_no, place = maybe_words(100), maybe_words(100), maybe_words(200)
    courier, courier_no = maybe_words(100), maybe_words(100)
    staff_id = maybe_id()


class GetCase(Schema):
    """By id or by number."""

    case_id, case_no = maybe_id(), maybe_id()

    @validates_schema
    def one_of_both(self, data: dict[str, object], **_: object) -> None:
        """Exactly one."""
        if (data.get("case_id") is None) == (data.get("case_no") is None):
            raise ValidationError("exactly one of case_id and case_no", "case_id")


class CaseFilters(Schema):
    """What a list may be narrowed by."""

    hall_id, unit_id, window_id, item_id, staff_id = maybe_id(), maybe_id(), maybe_id(), maybe_id(), maybe_id()
    state = one_of(*STATES)
    due_from, due_to = maybe_day(), maybe_day()
    provisional, green_channel = maybe_flag(), maybe_flag()
    applicant_id_number, applicant_phone = maybe_words(40, default=None), maybe_words(40, default=None)


class ListCases(PageRequest, CaseFilters):
    """Filters, order and page."""

    order = one_of(*ORDERS, default="newest")


class ExportCases(CaseFilters):
    """Filters, and where to go on."""

    page_token = fields.String(load_default=None, allow_none=True)


class ExportPiece(Schema):
    """Whole lines of the file."""

    text, next_page_token = fields.String(), fields.String()


class TrackCase(Schema):
    """The token of the receipt slip."""

    token = fields.String(required=True, validate=validate.Length(min=16, max=64))


class Served(Schema):
    """Proof of service; stored as plain values."""

    how, at, reference, staff_id = fields.String(), fields.String(), fields.String(), fields.String()


class Supply(Schema):
    """One piece of a supplement; stored as plain values."""

    codes = fields.List(fields.String())
    at = fields.String()


class Notice(Schema):
    """A notice given; stored as plain values."""

    round = fields.Integer()
    missing = fields.List(fields.String())
    requested_at, supply_by, reason, staff_id, state = fields.String(), fields.String(), fields.String(), fields.String(), fields.String()
    served = fields.Nested(Served)
    supplied = fields.List(fields.Nested(Supply))


class Stage(Schema):
    """A stage ended; stored as plain values."""

    stage, handler_id, opinion = fields.String(), fields.String(), fields.String()
    started_at, completed_at = fields.String(), fields.String()
    limit_days, over_days = fields.Integer(), fields.Integer()
    key, off_hall = fields.Boolean(), fields.Boolean()


class RunningStage(Schema):
    """The stage that is going on."""

    stage, started_at = fields.String(), fields.String()
    limit_days = fields.Integer()


class Class(Schema):
    """Time class, routing and the label that follows."""

    time_class, routing, kind = fields.String(), fields.String(), fields.String()


class Reclassification(Schema):
    """One change of class; stored as plain values."""

    at, by, reason, approver_id = fields.String(), fields.String(), fields.String(), fields.String()
    green_channel = fields.Boolean()
    before, after = fields.Nested(Class), fields.Nested(Class)


class GreenChannel(Schema):
    """The approval that made a promised case an immediate one."""

    at, by, approver_id, reason, original_kind = fields.String(), fields.String(), fields.String(), fields.String(), fields.String()


class Transfer(Schema):
    """One change of the first responsible person; stored as plain values."""

    at, by, reason, from_staff_id, to_staff_id = fields.String(), fields.String(), fields.String(), fields.String(), fields.String()


class Delivery(Schema):
    """How the result was handed over; the collector is masked."""

    collector, id_kind, id_no_masked, authorisation_no = fields.String(), fields.String(), fields.String(), fields.String()
    agent = fields.Boolean()
    notice_no, place, courier, courier_no = fields.String(), fields.String(), fields.String(), fields.String()
    staff_id, received_at, signed_by = fields.String(), fields.String(), fields.String()


class Case(Schema):
    """A case, applicant masked."""

    case_id, case_no, region, hall_id, unit_id = fields.String(), fields.String(), fields.String(), fields.String(), fields.String()
    window_id, staff_id, item_id = fields.String(), fields.String(), fields.String()
    item_version = fields.Integer()
    channel = fields.String()
    applicant = fields.Nested(Applicant)
    received_at = fields.AwareDateTime()
    state, intake_outcome, time_class = fields.String(), fields.String(), fields.String()
    routing, kind = fields.String(), fields.String()
    handed, missing = fields.List(fields.String()), fields.List(fields.String())
    notices = fields.List(fields.Nested(Notice))
    accepted_at = fields.AwareDateTime()
    deemed = fields.Boolean()
    promised_due, legal_due = fields.Date(), fields.Date()
    provisional = fields.Boolean()
    remaining_days = fields.Integer()
    overdue = fields.Boolean()
    stages = fields.List(fields.Nested(Stage))
    return_reason_code, return_reason = fields.String(), fields.String()
    returned_at = fields.AwareDateTime()
    decision = fields.String()
    decided_at = fields.AwareDateTime()
    decided_by, delegation_id, collective_no = fields.String(), fields.String(), fields.String()
    elapsed_days, overdue_days = fields.Integer(), fields.Integer()
    delivery_method = fields.String()
    delivered_at = fields.AwareDateTime()
    delivery = fields.Nested(Delivery)
    running_stage = fields.Nested(RunningStage)
    reclassifications = fields.List(fields.Nested(Reclassification))
    transfers = fields.List(fields.Nested(Transfer))
    green_channel = fields.Nested(GreenChannel, allow_none=True)
    agency = fields.Nested(Matter)
    version = fields.Integer()
    joint = fields.Nested(JointSummary)


class CasePage(PageResponse):
    """A page of cases."""

    cases = fields.List(fields.Nested(Case))
    total_is_exact = fields.Boolean()


class TrackedCase(Schema):
    """What the applicant sees."""

    case_no, item_name, hall_name, state, applicant_name = (
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
    )
    received_at = fields.AwareDateTime()
    promised_due = fields.Date()
    provisional = fields.Boolean()
    decision = fields.String()
    next_step_zh, next_step_en = fields.String(), fields.String()
    joint = fields.Boolean()
    awaited_units = fields.List(fields.String())
    next_step_by = fields.Date()
    missing_materials = fields.List(fields.String())
    objections = fields.List(fields.Nested(TrackedObjection))
