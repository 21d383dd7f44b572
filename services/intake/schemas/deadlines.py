"""Requests and answers about deadlines: what moves them, and the calculation that explains them."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import an_id, maybe_count, maybe_day, maybe_id, maybe_words, must_be, verdict
from services.intake.domain.breaches import BREACHES
from services.intake.domain.suspensions import PROCEDURES


class SuspendCase(Schema):
    """A special procedure begins; what may not be blank is said by the rules, with a reason of its own."""

    case_id = an_id()
    procedure = must_be(*PROCEDURES)
    limit_days = maybe_count(default=0)
    reason = maybe_words(1000)
    notice_no = maybe_words(100)
    noticed_on = maybe_day()
    staff_id = maybe_id()


class ResumeCase(Schema):
    """It ends."""

    case_id = an_id()
    result = maybe_words(1000)
    staff_id = maybe_id()


class ExtendCase(Schema):
    """The one extension."""

    case_id = an_id()
    days = maybe_count(default=0)
    requested_by = maybe_id()
    reason = maybe_words(1000)
    notice_no = maybe_words(100)
    noticed_on = maybe_day()


class JudgeBreach(Schema):
    """Fault of staff or not."""

    case_id = an_id()
    breach = must_be(*BREACHES)
    staff_fault = verdict()
    reason = maybe_words(1000)
    basis = maybe_words(500)


class ExplainDeadline(Schema):
    """By id."""

    case_id = an_id()


class DeadlineDay(Schema):
    """One day of the count."""

    date = fields.Date()
    number = fields.Integer()
    why, why_zh, why_en = fields.String(), fields.String(), fields.String()
    provisional = fields.Boolean()
    suspension = fields.Integer()


class DeadlineLimit(Schema):
    """A budget, what is gone of it, where it ends, and how."""

    days = fields.Integer()
    day_kind = fields.String()
    due = fields.Date()
    counted = fields.List(fields.Nested(DeadlineDay))
    extension_days, budget, consumed, remaining = fields.Integer(), fields.Integer(), fields.Integer(), fields.Integer()
    rolled_from = fields.Date()
    rolled_zh, rolled_en = fields.String(), fields.String()


class DeadlineWarning(Schema):
    """A rung and whether it was sent."""

    level = fields.String()
    on = fields.Date()
    sent = fields.Boolean()


class Suspension(Schema):
    """A special procedure; stored as plain values."""

    number, limit_days, overrun_days = fields.Integer(), fields.Integer(), fields.Integer()
    procedure, reason, notice_no, noticed_on, limit_due = (
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
    )
    started_on, started_by, ended_on, ended_by, result = fields.String(), fields.String(), fields.String(), fields.String(), fields.String()


class Extension(Schema):
    """The extension; stored as plain values."""

    days = fields.Integer()
    approver_id, requested_by, reason = fields.String(), fields.String(), fields.String()
    notice_no, noticed_on, granted_at = fields.String(), fields.String(), fields.String()


class Move(Schema):
    """One replaced calculation."""

    moved_at = fields.AwareDateTime()
    cause, actor = fields.String(), fields.String()
    notice_nos = fields.List(fields.String())
    promised_before, promised_due, legal_before, legal_due = fields.Date(), fields.Date(), fields.Date(), fields.Date()
    calendar_version_before = fields.String()


class Breach(Schema):
    """What was told and stands; stored as plain values."""

    breach = fields.String(attribute="kind")
    version, overdue_days = fields.Integer(), fields.Integer()
    as_of = fields.String()
    staff_fault = fields.Boolean()
    judged_by = fields.String()


class Judgement(Schema):
    """A decision about it; stored as plain values."""

    number = fields.Integer()
    breach, decided_by, reason, basis, decided_at = fields.String(), fields.String(), fields.String(), fields.String(), fields.String()
    staff_fault = fields.Boolean()


class Deadline(Schema):
    """The stored calculation with everything that shaped it."""

    case_id = fields.String()
    accepted_at = fields.AwareDateTime()
    deemed = fields.Boolean()
    start = fields.Date()
    start_cause, rest_day_rule, calendar_version = fields.String(), fields.String(), fields.String()
    calendar_revision = fields.Integer()
    promised, legal = fields.Nested(DeadlineLimit), fields.Nested(DeadlineLimit)
    provisional = fields.Boolean()
    provisional_days = fields.List(fields.Date())
    warnings = fields.List(fields.Nested(DeadlineWarning))
    remaining_days, overdue_days = fields.Integer(), fields.Integer()
    suspensions = fields.List(fields.Nested(Suspension))
    extension = fields.Nested(Extension)
    moves = fields.List(fields.Nested(Move))
    breaches = fields.List(fields.Nested(Breach))
    judgements = fields.List(fields.Nested(Judgement))
