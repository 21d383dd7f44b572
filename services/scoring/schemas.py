"""Requests and answers of scoring; docs in proto/hallbus/v1/scoring.proto."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from chassis.fields import (
    Kind,
    PageRequest,
    PageResponse,
    a_day,
    a_moment,
    an_id,
    count,
    flag,
    maybe_count,
    maybe_day,
    maybe_flag,
    maybe_id,
    maybe_moment,
    maybe_words,
    must_be,
    one_of,
    words,
)
from services.scoring.domain.facts import FACT_TYPES
from services.scoring.domain.values import SubjectKind

_REGION = validate.Regexp(r"^([0-9]{2}(\.[0-9]{2,3})*)?$", error="region codes as 52.02.01")


def _region() -> fields.String:
    return fields.String(load_default="", validate=[validate.Length(max=64), _REGION])


def _kind() -> Kind:
    return must_be(*map(str, SubjectKind))


def _period() -> Kind:
    return words(16)


class Wording(Schema):
    zh = fields.String()
    en = fields.String()


class Choice(Schema):
    """An option of a parameter of a rulebook."""

    code = an_id()
    option = an_id()


# Rulebooks


class PublishRulebook(Schema):
    text = fields.String(load_default="", validate=validate.Length(max=512 * 1024))
    bundled = fields.String(load_default="", attribute="bundled_name", validate=validate.Length(max=64))


class SubjectOf(Schema):
    kind = fields.String()
    base = fields.String()
    floor = fields.String()
    record = fields.Boolean()


class OptionOf(Wording):
    code = fields.String()


class ParameterOf(Wording):
    code = fields.String()
    source = fields.String()
    default = fields.String()
    options = fields.List(fields.Nested(OptionOf))


class Rulebook(Schema):
    rulebook = fields.String()
    version = fields.Integer()
    name_zh = fields.String()
    name_en = fields.String()
    source = fields.String()
    period = fields.String()
    checksum = fields.String()
    published_by = fields.String()
    published_at = a_moment()
    line_count = fields.Integer()
    subjects = fields.List(fields.Nested(SubjectOf))
    parameters = fields.List(fields.Nested(ParameterOf))
    gaps = fields.List(fields.Nested(Wording))


class ListRulebooks(PageRequest):
    pass


class RulebookPage(PageResponse):
    rulebooks = fields.List(fields.Nested(Rulebook))


class AssignRulebook(Schema):
    rulebook = an_id()
    version = count(minimum=1)
    region = _region()
    hall_id = maybe_id()
    valid_from = a_day()
    valid_to = maybe_day()
    base = maybe_words(12)
    parameters = fields.List(fields.Nested(Choice), load_default=list, validate=validate.Length(max=50))


class EndAssignment(Schema):
    assignment_id = an_id()
    valid_to = a_day()


class Assignment(Schema):
    assignment_id = fields.String()
    rulebook = fields.String()
    version = fields.Integer()
    region = fields.String()
    hall_id = fields.String()
    valid_from = fields.Date()
    valid_to = fields.Date()
    base = fields.String()
    parameters = fields.List(fields.Nested(Choice))
    assigned_by = fields.String()
    assigned_at = a_moment()


class ListAssignments(PageRequest):
    rulebook = maybe_words(64)
    hall_id = maybe_id()


class AssignmentPage(PageResponse):
    assignments = fields.List(fields.Nested(Assignment))


# Facts


class RecordFact(Schema):
    type = fields.String(required=True, validate=validate.OneOf(FACT_TYPES, error="not a type of the neutral register"))
    hall_id = an_id()
    person_id = maybe_id()
    window_id = maybe_id()
    unit_id = maybe_id()
    occurred_on = maybe_day()
    occurred_at = maybe_moment()
    half = one_of("am", "pm")
    minutes = maybe_count(maximum=1440)
    days = maybe_count(maximum=366)
    case_id = maybe_id()
    matter_id = maybe_id()
    serious = flag()
    unlawful = flag()
    staff_fault = maybe_flag()
    evidence = words(2000)
    recorded_by = maybe_id()

    @validates_schema(skip_on_field_errors=True)
    def _quantities(self, data: dict[str, Any], **_: Any) -> None:
        if data["type"] == "OFF_POST" and data["minutes"] is None:
            raise ValidationError("is required for OFF_POST", "minutes")


class VerifyFact(Schema):
    fact_id = an_id(200)
    verified = flag()
    staff_fault = maybe_flag()
    note = maybe_words(2000)
    verified_by = maybe_id()


class Fact(Schema):
    fact_id = fields.String()
    type = fields.String()
    region = fields.String()
    hall_id = fields.String()
    person_id = fields.String()
    window_id = fields.String()
    unit_id = fields.String()
    occurred_on = fields.Date()
    occurred_at = a_moment()
    half = fields.String()
    minutes = fields.Integer()
    days = fields.Integer()
    case_id = fields.String()
    matter_id = fields.String()
    serious = fields.Boolean()
    unlawful = fields.Boolean()
    staff_fault = fields.Boolean()
    verified = fields.Boolean()
    channel = fields.String()
    evidence = fields.String()
    recorded_by = fields.String()
    recorded_at = a_moment()
    judged_by = fields.String()
    judged_at = a_moment()
    judgement_note = fields.String()
    retracted_at = a_moment()
    text_zh = fields.String()
    text_en = fields.String()


class ListFacts(PageRequest):
    hall_id = maybe_id()
    person_id = maybe_id()
    window_id = maybe_id()
    unit_id = maybe_id()
    type = maybe_words(64)
    verified = maybe_flag()
    retracted = flag()
    first_day = maybe_day()
    last_day = maybe_day()


class FactPage(PageResponse):
    facts = fields.List(fields.Nested(Fact))


# Sheets, lines, rankings


class GetScoreSheet(Schema):
    rulebook = an_id()
    subject_kind = _kind()
    subject_id = an_id()
    period = _period()
    assignment_id = maybe_id()
    history = flag()


class Cause(Schema):
    source = fields.String()
    subject = fields.String()
    version = fields.Integer()
    event_id = fields.String()
    code = fields.String()
    decided_by = fields.String()


class Line(Schema):
    entry_id = fields.String()
    number = fields.Integer()
    line = fields.String()
    person_id = fields.String()
    occurred_on = fields.Date()
    points = fields.String()
    running_total = fields.String()
    fact_ids = fields.List(fields.String())
    rule_zh = fields.String()
    rule_en = fields.String()
    source = fields.String()
    explanation_zh = fields.String()
    explanation_en = fields.String()
    reverses = fields.String()
    reversed_by = fields.String()
    reversed_because_zh = fields.String()
    reversed_because_en = fields.String()
    causes = fields.List(fields.Nested(Cause))
    posted_at = a_moment()


class Indicator(Schema):
    line = fields.String()
    points = fields.String()
    fact_ids = fields.List(fields.String())
    rule_zh = fields.String()
    rule_en = fields.String()
    source = fields.String()


class ScoreSheet(Schema):
    sheet_id = fields.String()
    assignment_id = fields.String()
    rulebook = fields.String()
    rulebook_version = fields.Integer()
    period = fields.String()
    subject_kind = fields.String()
    subject_id = fields.String()
    subject_name = fields.String()
    region = fields.String()
    hall_id = fields.String()
    version = fields.Integer()
    record = fields.Boolean()
    base = fields.String()
    points = fields.String()
    raw_total = fields.String()
    total = fields.String()
    capped_total = fields.String()
    lines = fields.List(fields.Nested(Line))
    indicators = fields.List(fields.Nested(Indicator))
    pending = fields.List(fields.Nested(Fact))
    gaps = fields.List(fields.Nested(Wording))
    parameters = fields.List(fields.Nested(Choice))


class ExplainLine(Schema):
    entry_id = an_id()


class LineExplanation(Schema):
    line = fields.Nested(Line)
    rulebook = fields.String()
    rulebook_version = fields.Integer()
    subject_kind = fields.String()
    subject_id = fields.String()
    period = fields.String()
    facts = fields.List(fields.Nested(Fact))


class ListRanking(PageRequest):
    rulebook = an_id()
    subject_kind = _kind()
    period = _period()
    region = _region()
    hall_id = maybe_id()


class Place(Schema):
    place = fields.Integer()
    subject_id = fields.String()
    subject_name = fields.String()
    region = fields.String()
    hall_id = fields.String()
    total = fields.String()
    raw_total = fields.String()
    capped_total = fields.String()


class RankingPage(PageResponse):
    places = fields.List(fields.Nested(Place))


class RecomputePeriod(Schema):
    rulebook = an_id()
    period = _period()
    region = _region()
    hall_id = maybe_id()


class SheetDifference(Schema):
    sheet_id = fields.String()
    subject_kind = fields.String()
    subject_id = fields.String()
    live_points = fields.String()
    recomputed_points = fields.String()
    surplus_lines = fields.Integer()
    missing_lines = fields.Integer()


class Recomputation(Schema):
    sheet_count = fields.Integer()
    line_count = fields.Integer()
    differences = fields.List(fields.Nested(SheetDifference))
