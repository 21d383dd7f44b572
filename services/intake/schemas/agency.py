"""Requests and answers about the agency register (代办事项登记表)."""

from __future__ import annotations

from marshmallow import Schema, ValidationError, fields, validates_schema

from chassis.fields import PageRequest, PageResponse, a_day, an_id, maybe_day, maybe_flag, maybe_id, maybe_words, must_be, one_of, words
from services.intake.domain.agency_states import END_REASONS, RESULTS, STATES, WAYS


class GetAgencyMatter(Schema):
    """By its own id or by the case's."""

    matter_id, case_id = maybe_id(), maybe_id()

    @validates_schema
    def one_of_both(self, data: dict[str, object], **_: object) -> None:
        """Exactly one."""
        if (data.get("matter_id") is None) == (data.get("case_id") is None):
            raise ValidationError("exactly one of matter_id and case_id", "matter_id")


class MatterFilters(Schema):
    """What the register may be narrowed by."""

    hall_id, agent_id, case_id = maybe_id(), maybe_id(), maybe_id()
    state = one_of(*STATES)
    upper_department = maybe_words(120, default=None)
    due_from, due_to = maybe_day(), maybe_day()
    overdue = maybe_flag()


class ListAgencyMatters(PageRequest, MatterFilters):
    """Filters and page."""


class ExportAgencyMatters(MatterFilters):
    """Filters, and where to go on."""

    page_token = fields.String(load_default=None, allow_none=True)


class GetAgencyFigures(Schema):
    """A hall (or all in scope) and the days in which the limits end."""

    hall_id = maybe_id()
    day_from, day_to = a_day(), a_day()

    @validates_schema
    def in_order(self, data: dict[str, object], **_: object) -> None:
        """The first day is not after the last."""
        if str(data["day_from"]) > str(data["day_to"]):
            raise ValidationError("not before day_from", "day_to")


class AssignAgencyAgent(Schema):
    """Who carries it."""

    matter_id, agent_id = an_id(), an_id()
    upper_department = maybe_words(120)
    promised_on = maybe_day()
    reason = maybe_words(500)
    staff_id = maybe_id()


class RecordUpperContact(Schema):
    """A contact with the upper department."""

    matter_id = an_id()
    note = words(500)
    staff_id = maybe_id()


class SubmitAgencyMatter(Schema):
    """The papers go up."""

    matter_id = an_id()
    upper_department = maybe_words(120)
    upper_due = maybe_day()
    staff_id = maybe_id()


class SetUpperDue(Schema):
    """The upper level's day."""

    matter_id = an_id()
    upper_due = a_day()
    reason = words(500)
    staff_id = maybe_id()


class RecordUpperResult(Schema):
    """The upper level's answer."""

    matter_id = an_id()
    result = must_be(*RESULTS)
    note = maybe_words(1000)
    staff_id = maybe_id()


class NotifyAgencyResult(Schema):
    """The applicant was told."""

    matter_id = an_id()
    how = must_be(*WAYS)
    staff_id = maybe_id()


class EndAgencyMatter(Schema):
    """Carried no further."""

    matter_id = an_id()
    reason_code = must_be(*END_REASONS)
    reason = words(1000)
    staff_id = maybe_id()


class Assignment(Schema):
    """One agent of the history."""

    at = fields.String()
    agent_id, from_agent_id, by, reason = fields.String(), fields.String(), fields.String(), fields.String()


class Contact(Schema):
    """One contact."""

    at, by, purpose, note = fields.String(), fields.String(), fields.String(), fields.String()


class Round(Schema):
    """One finished round."""

    round, overdue_days, upper_overdue_days = fields.Integer(), fields.Integer(), fields.Integer()
    due, submitted_at, submitted_by, upper_due = fields.String(), fields.String(), fields.String(), fields.String()
    returned_at, upper_result, note, recorded_by = fields.String(), fields.String(), fields.String(), fields.String()


class UpperDue(Schema):
    """One day that the upper level named."""

    round = fields.Integer()
    at, by, upper_due, reason = fields.String(), fields.String(), fields.String(), fields.String()


class Matter(Schema):
    """An entry of the register."""

    matter_id, case_id, case_no, item_id = fields.String(), fields.String(), fields.String(), fields.String()
    region, hall_id, unit_id, window_id = fields.String(), fields.String(), fields.String(), fields.String()
    registered_by, state = fields.String(), fields.String()
    registered_at = fields.AwareDateTime()
    registered_on = fields.Date()
    limit_days, warn_days, round = fields.Integer(), fields.Integer(), fields.Integer()
    day_kind = fields.String()
    agent_id, upper_department = fields.String(), fields.String()
    assignments = fields.List(fields.Nested(Assignment))
    promised_on, due, due_working, due_natural = fields.Date(), fields.Date(), fields.Date(), fields.Date()
    first_due, upper_due = fields.Date(), fields.Date()
    stopped, promise_kept = fields.Boolean(), fields.Boolean()
    overdue_days, upper_overdue_days, age_days, notice_minutes = fields.Integer(), fields.Integer(), fields.Integer(), fields.Integer()
    contacted_at, submitted_at, returned_at = fields.AwareDateTime(), fields.AwareDateTime(), fields.AwareDateTime()
    contacts = fields.List(fields.Nested(Contact))
    submitted_by, upper_result, result_note = fields.String(), fields.String(), fields.String()
    upper_dues = fields.List(fields.Nested(UpperDue))
    rounds = fields.List(fields.Nested(Round))
    notified_at, collected_at, ended_at = fields.AwareDateTime(), fields.AwareDateTime(), fields.AwareDateTime()
    notified_how, notified_by = fields.String(), fields.String()
    ended_by, end_reason_code, end_reason = fields.String(), fields.String(), fields.String()
    version = fields.Integer()


class MatterPage(PageResponse):
    """A page of the register."""

    matters = fields.List(fields.Nested(Matter))


class StateCount(Schema):
    """How many entries are in a state."""

    state = fields.String()
    count = fields.Integer()


class HallFigures(Schema):
    """Figures of one hall, or of all together."""

    hall_id = fields.String()
    submission_count, on_time_count, open_count, max_age_days = fields.Integer(), fields.Integer(), fields.Integer(), fields.Integer()
    on_time_rate, median_age_days = fields.String(), fields.String()
    by_state = fields.List(fields.Nested(StateCount))


class Figures(Schema):
    """Figures of every hall in scope."""

    day_from, day_to = fields.Date(), fields.Date()
    halls = fields.List(fields.Nested(HallFigures))
    total = fields.Nested(HallFigures)
