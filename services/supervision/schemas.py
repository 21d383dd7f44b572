"""Requests and answers of supervision; docs in proto/hallbus/v1/supervision.proto."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from services.supervision.domain.findings import State
from services.supervision.domain.kinds import KINDS

_ID = validate.Regexp(r"^[^\s]{1,64}$", error="1 to 64 characters without spaces")
_STATES = [str(state) for state in State]


def _id() -> fields.String:
    return fields.String(required=True, validate=_ID)


def _maybe_id() -> fields.String:
    return fields.String(load_default=None, validate=_ID)


def _maybe_moment() -> fields.AwareDateTime:
    return fields.AwareDateTime(load_default=None, format="iso")


def _moment() -> fields.AwareDateTime:
    return fields.AwareDateTime(format="iso")


def _text(minimum: int = 0) -> fields.String:
    kwargs: dict[str, Any] = {"required": True} if minimum else {"load_default": ""}
    return fields.String(validate=validate.Length(min=minimum, max=2000), **kwargs)


class Answer(Schema):
    """An answer leaves out what is None."""

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:
        """The dict without its None values, nested ones included."""
        return _without_none(super().dump(obj, many=many))


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    return [_without_none(item) for item in value] if isinstance(value, list) else value


class RecordFinding(Schema):
    kind = fields.String(required=True, validate=validate.OneOf(KINDS, error="no kind of finding"))
    hall_id = _id()
    unit_id = _maybe_id()
    window_id = _maybe_id()
    staff_id = _maybe_id()
    minutes = fields.Integer(load_default=None, strict=True, validate=validate.Range(min=1, max=1440))
    found_at = _maybe_moment()
    evidence = _text(minimum=1)
    inspector_id = _maybe_id()


class NotifyFinding(Schema):
    finding_id = _id()
    notified_to = _maybe_id()


class ReplyFinding(Schema):
    finding_id = _id()
    explanation = _text(minimum=1)
    replied_by = _maybe_id()


class VerifyFinding(Schema):
    finding_id = _id()
    verified = fields.Boolean(load_default=False)
    note = _text()
    verifier_id = _maybe_id()


class GetFinding(Schema):
    finding_id = _id()


class Finding(Answer):
    finding_id = fields.String()
    kind = fields.String()
    kind_zh = fields.Method("_kind_zh")
    kind_en = fields.Method("_kind_en")
    region = fields.String()
    hall_id = fields.String()
    unit_id = fields.String()
    window_id = fields.String()
    staff_id = fields.String()
    minutes = fields.Integer()
    found_at = _moment()
    recorded_at = _moment()
    inspector_id = fields.String()
    evidence = fields.String()
    state = fields.String()
    notified_to = fields.String()
    notified_at = _moment()
    explanation = fields.String()
    explained_by = fields.String()
    explained_at = _moment()
    decided_by = fields.String()
    decided_at = _moment()
    decision_note = fields.String()
    version = fields.Integer()

    def _kind_zh(self, finding: Any) -> str:
        return KINDS[_kind_of(finding)].zh

    def _kind_en(self, finding: Any) -> str:
        return KINDS[_kind_of(finding)].en


def _kind_of(finding: Any) -> str:
    return str(finding["kind"] if isinstance(finding, dict) else finding.kind)


class ListFindings(Schema):
    hall_id = _maybe_id()
    unit_id = _maybe_id()
    window_id = _maybe_id()
    staff_id = _maybe_id()
    kind = fields.String(load_default="", validate=validate.OneOf(["", *KINDS], error="no kind of finding"))
    state = fields.String(load_default="", validate=validate.OneOf(["", *_STATES]))
    found_from = _maybe_moment()
    found_to = _maybe_moment()
    page_size = fields.Integer(load_default=0)
    page_token = fields.String(load_default="")


class FindingPage(Answer):
    findings = fields.List(fields.Nested(Finding))
    next_page_token = fields.String()
    total_size = fields.Integer()


class ListFindingKinds(Schema):
    pass


class FindingKind(Schema):
    kind = fields.String()
    zh = fields.String()
    en = fields.String()
    of_person = fields.Boolean()
    with_minutes = fields.Boolean()


class FindingKinds(Answer):
    kinds = fields.List(fields.Nested(FindingKind))
