"""Requests and answers of scoring; docs in proto/hallbus/v1/scoring.proto."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from services.scoring.domain.facts import FACT_TYPES
from services.scoring.domain.values import SubjectKind

_ID = validate.Regexp(r"^[^\s]{1,64}$", error="1 to 64 characters without spaces")
_LONG_ID = validate.Regexp(r"^[^\s]{1,200}$", error="1 to 200 characters without spaces")
_REGION = validate.Regexp(r"^([0-9]{2}(\.[0-9]{2,3})*)?$", error="region codes as 52.02.01")


def _id() -> fields.String:
    return fields.String(required=True, validate=_ID)


def _maybe_id() -> fields.String:
    return fields.String(load_default=None, validate=_ID)


def _region() -> fields.String:
    return fields.String(load_default="", validate=[validate.Length(max=64), _REGION])


def _kind() -> fields.String:
    return fields.String(required=True, validate=validate.OneOf([str(kind) for kind in SubjectKind]))


def _period() -> fields.String:
    return fields.String(required=True, validate=validate.Length(min=1, max=16))


def _note() -> fields.String:
    return fields.String(load_default="", validate=validate.Length(max=2000))


def _moment() -> fields.AwareDateTime:
    return fields.AwareDateTime(format="iso")


def _count(maximum: int) -> fields.Integer:
    return fields.Integer(load_default=None, strict=True, validate=validate.Range(min=0, max=maximum))


class Answer(Schema):
    """An answer leaves out what is None."""

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:
        """The dict without its None values, nested ones included."""
        return _without_none(super().dump(obj, many=many))


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    return [_without_none(item) for item in value] if isinstance(value, list) else value


class Paged(Schema):
    """What every list takes."""

    page_size = fields.Integer(load_default=0)
    page_token = fields.String(load_default="")


class PageOf(Answer):
    """What every list answers."""

    next_page_token = fields.String()
    total_size = fields.Integer()


class Wording(Schema):
    zh = fields.String()
    en = fields.String()


class Choice(Schema):
    """An option of a parameter of a rulebook."""

    code = fields.String(required=True, validate=_ID)
    option = fields.String(required=True, validate=_ID)


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


class Rulebook(Answer):
    rulebook = fields.String()
    version = fields.Integer()
    name_zh = fields.String()
    name_en = fields.String()
    source = fields.String()
    period = fields.String()
    checksum = fields.String()
    published_by = fields.String()
    published_at = _moment()
    line_count = fields.Integer()
    subjects = fields.List(fields.Nested(SubjectOf))
    parameters = fields.List(fields.Nested(ParameterOf))
    gaps = fields.List(fields.Nested(Wording))


class ListRulebooks(Paged):
    pass


class RulebookPage(PageOf):
    rulebooks = fields.List(fields.Nested(Rulebook))


class AssignRulebook(Schema):
    rulebook = _id()
    version = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    region = _region()
    hall_id = _maybe_id()
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(load_default=None)
    base = fields.String(load_default="", validate=validate.Length(max=12))
    parameters = fields.List(fields.Nested(Choice), load_default=list, validate=validate.Length(max=50))


class EndAssignment(Schema):
    assignment_id = _id()
    valid_to = fields.Date(required=True)


class Assignment(Answer):
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
    assigned_at = _moment()


class ListAssignments(Paged):
    rulebook = fields.String(load_default="", validate=validate.Length(max=64))
    hall_id = _maybe_id()


class AssignmentPage(PageOf):
    assignments = fields.List(fields.Nested(Assignment))


# Facts


class RecordFact(Schema):
    type = fields.String(required=True, validate=validate.OneOf(FACT_TYPES, error="not a type of the neutral register"))
    hall_id = _id()
    person_id = _maybe_id()
    window_id = _maybe_id()
    unit_id = _maybe_id()
    occurred_on = fields.Date(load_default=None)
    occurred_at = fields.AwareDateTime(load_default=None, format="iso")
    half = fields.String(load_default=None, validate=validate.OneOf(["am", "pm"]))
    minutes = _count(1440)
    days = _count(366)
    case_id = _maybe_id()
    matter_id = _maybe_id()
    serious = fields.Boolean(load_default=False)
    unlawful = fields.Boolean(load_default=False)
    staff_fault = fields.Boolean(load_default=None, allow_none=True)
    evidence = fields.String(required=True, validate=validate.Length(min=1, max=2000))
    recorded_by = _maybe_id()

    @validates_schema(skip_on_field_errors=True)
    def _quantities(self, data: dict[str, Any], **_: Any) -> None:
        if data["type"] == "OFF_POST" and data["minutes"] is None:
            raise ValidationError("is required for OFF_POST", "minutes")


class VerifyFact(Schema):
    fact_id = fields.String(required=True, validate=_LONG_ID)
    verified = fields.Boolean(load_default=False)
    staff_fault = fields.Boolean(load_default=None, allow_none=True)
    note = _note()
    verified_by = _maybe_id()


class Fact(Answer):
    fact_id = fields.String()
    type = fields.String()
    region = fields.String()
    hall_id = fields.String()
    person_id = fields.String()
    window_id = fields.String()
    unit_id = fields.String()
    occurred_on = fields.Date()
    occurred_at = _moment()
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
    recorded_at = _moment()
    judged_by = fields.String()
    judged_at = _moment()
    judgement_note = fields.String()
    retracted_at = _moment()
    text_zh = fields.String()
    text_en = fields.String()


class ListFacts(Paged):
    hall_id = _maybe_id()
    person_id = _maybe_id()
    window_id = _maybe_id()
    unit_id = _maybe_id()
    type = fields.String(load_default="", validate=validate.Length(max=64))
    verified = fields.Boolean(load_default=None, allow_none=True)
    retracted = fields.Boolean(load_default=False)
    first_day = fields.Date(load_default=None)
    last_day = fields.Date(load_default=None)


class FactPage(PageOf):
    facts = fields.List(fields.Nested(Fact))


# Sheets, lines, rankings


class GetScoreSheet(Schema):
    rulebook = _id()
    subject_kind = _kind()
    subject_id = _id()
    period = _period()
    assignment_id = _maybe_id()
    history = fields.Boolean(load_default=False)


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
    posted_at = _moment()


class Indicator(Schema):
    line = fields.String()
    points = fields.String()
    fact_ids = fields.List(fields.String())
    rule_zh = fields.String()
    rule_en = fields.String()
    source = fields.String()


class ScoreSheet(Answer):
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
    entry_id = _id()


class LineExplanation(Answer):
    line = fields.Nested(Line)
    rulebook = fields.String()
    rulebook_version = fields.Integer()
    subject_kind = fields.String()
    subject_id = fields.String()
    period = fields.String()
    facts = fields.List(fields.Nested(Fact))


class ListRanking(Paged):
    rulebook = _id()
    subject_kind = _kind()
    period = _period()
    region = _region()
    hall_id = _maybe_id()


class Place(Schema):
    place = fields.Integer()
    subject_id = fields.String()
    subject_name = fields.String()
    region = fields.String()
    hall_id = fields.String()
    total = fields.String()
    raw_total = fields.String()
    capped_total = fields.String()


class RankingPage(PageOf):
    places = fields.List(fields.Nested(Place))


class RecomputePeriod(Schema):
    rulebook = _id()
    period = _period()
    region = _region()
    hall_id = _maybe_id()


class SheetDifference(Schema):
    sheet_id = fields.String()
    subject_kind = fields.String()
    subject_id = fields.String()
    live_points = fields.String()
    recomputed_points = fields.String()
    surplus_lines = fields.Integer()
    missing_lines = fields.Integer()


class Recomputation(Answer):
    sheet_count = fields.Integer()
    line_count = fields.Integer()
    differences = fields.List(fields.Nested(SheetDifference))
