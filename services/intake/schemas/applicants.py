"""Requests and answers about applicants."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import PageRequest, PageResponse, an_id, maybe_id, maybe_words, one_of, words
from services.intake.domain.identity import ID_KINDS


class Agent(Schema):
    """Who acts for the applicant (代理人)."""

    name = words(100)
    id_kind = one_of(*ID_KINDS)
    id_number, phone = maybe_words(40), maybe_words(40)


class Applicant(Agent):
    """Who applies: name, paper, ways to reach him, and who acts for him."""

    contact = maybe_words(100)
    agent = fields.Nested(Agent, load_default=None, allow_none=True)


class AgentChange(Schema):
    """What to change of the agent."""

    name, id_number, phone = maybe_words(100, default=None), maybe_words(40, default=None), maybe_words(40, default=None)
    id_kind = one_of(*ID_KINDS)


class ApplicantChange(AgentChange):
    """What to change of the applicant; what is left out or masked stays."""

    contact = maybe_words(100, default=None)
    agent = fields.Nested(AgentChange, load_default=None, allow_none=True)


class UpdateApplicant(Schema):
    """A correction with its reason."""

    case_id = an_id()
    applicant = fields.Nested(ApplicantChange, required=True)
    reason = words(500)
    staff_id = maybe_id()


class RevealApplicant(Schema):
    """The purpose is compulsory."""

    case_id = an_id()
    purpose = words(500)


class RevealedApplicant(Schema):
    """In plain."""

    reveal_id = fields.String()
    applicant = fields.Nested(Applicant)
    collector, signed_by = fields.String(), fields.String()


class ListCorrections(PageRequest):
    """Of one case."""

    case_id = an_id()


class ListReveals(PageRequest):
    """Filters and page."""

    case_id, appointment_id, visit_id, staff_id, hall_id = maybe_id(), maybe_id(), maybe_id(), maybe_id(), maybe_id()


class Correction(Schema):
    """One correction; both states masked."""

    case_id = fields.String()
    number = fields.Integer()
    fields_ = fields.List(fields.String(), attribute="fields", data_key="fields")
    before, after = fields.Nested(Applicant), fields.Nested(Applicant)
    reason, corrected_by, account = fields.String(), fields.String(), fields.String()
    corrected_at = fields.AwareDateTime()


class CorrectionPage(PageResponse):
    """A page of corrections."""

    corrections = fields.List(fields.Nested(Correction))


class Reveal(Schema):
    """Who saw whom, when and what for."""

    reveal_id, case_id, hall_id, purpose, revealed_to, account = (
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
        fields.String(),
    )
    appointment_id, visit_id = fields.String(), fields.String()
    revealed_at = fields.AwareDateTime()


class RevealPage(PageResponse):
    """A page of reveals."""

    reveals = fields.List(fields.Nested(Reveal))
