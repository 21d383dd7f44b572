"""Requests about what happens to a case on its way: service of notices, classes, responsibility, the courier's receipt."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import an_id, maybe_id, maybe_words, must_be, one_of, words
from services.intake.domain.notices import SERVICES
from services.intake.domain.rules import ROUTINGS, TIME_CLASSES


class ConfirmNotice(Schema):
    """Proof that a notice reached the applicant."""

    case_id = an_id()
    round = fields.Integer(required=True, strict=True)
    how = must_be(*SERVICES)
    served_at = fields.AwareDateTime(load_default=None, allow_none=True)
    reference = maybe_words(200)
    staff_id = maybe_id()


class ReclassifyCase(Schema):
    """Another time class or routing."""

    case_id = an_id()
    time_class = one_of(*TIME_CLASSES)
    routing = one_of(*ROUTINGS)
    reason = words(1000)
    approver_id = maybe_id()
    staff_id = maybe_id()


class TransferCase(Schema):
    """Another first responsible person."""

    case_id = an_id()
    to_staff_id = an_id()
    reason = words(1000)
    staff_id = maybe_id()


class ConfirmCourier(Schema):
    """The courier's receipt."""

    case_id = an_id()
    received_at = fields.AwareDateTime(load_default=None, allow_none=True)
    signed_by = words(100)
