"""Requests and answers of supervision; docs in proto/hallbus/v1/supervision.proto."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from chassis.fields import PageRequest, PageResponse, a_moment, an_id, flag, maybe_id, maybe_moment, maybe_words, one_of, words
from services.supervision.domain.findings import State
from services.supervision.domain.kinds import KINDS

_STATES = [str(state) for state in State]


class RecordFinding(Schema):
    kind = fields.String(required=True, validate=validate.OneOf(KINDS, error="no kind of finding"))
    hall_id = an_id()
    unit_id = maybe_id()
    window_id = maybe_id()
    staff_id = maybe_id()
    minutes = fields.Integer(load_default=None, strict=True, validate=validate.Range(min=1, max=1440))
    found_at = maybe_moment()
    evidence = words(2000)
    inspector_id = maybe_id()


class NotifyFinding(Schema):
    finding_id = an_id()
    notified_to = maybe_id()


class ReplyFinding(Schema):
    finding_id = an_id()
    explanation = words(2000)
    replied_by = maybe_id()


class VerifyFinding(Schema):
    finding_id = an_id()
    verified = flag()
    note = maybe_words(2000)
    verifier_id = maybe_id()


class GetFinding(Schema):
    finding_id = an_id()


class Finding(Schema):
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
    found_at = a_moment()
    recorded_at = a_moment()
    inspector_id = fields.String()
    evidence = fields.String()
    state = fields.String()
    notified_to = fields.String()
    notified_at = a_moment()
    explanation = fields.String()
    explained_by = fields.String()
    explained_at = a_moment()
    decided_by = fields.String()
    decided_at = a_moment()
    decision_note = fields.String()
    version = fields.Integer()

    def _kind_zh(self, finding: Any) -> str:
        return KINDS[_kind_of(finding)].zh

    def _kind_en(self, finding: Any) -> str:
        return KINDS[_kind_of(finding)].en


def _kind_of(finding: Any) -> str:
    return str(finding["kind"] if isinstance(finding, dict) else finding.kind)


class ListFindings(PageRequest):
    hall_id = maybe_id()
    unit_id = maybe_id()
    window_id = maybe_id()
    staff_id = maybe_id()
    kind = fields.String(load_default=None, validate=validate.OneOf(KINDS, error="no kind of finding"))
    state = one_of(*_STATES)
    found_from = maybe_moment()
    found_to = maybe_moment()


class FindingPage(PageResponse):
    findings = fields.List(fields.Nested(Finding))


class ListFindingKinds(Schema):
    pass


class FindingKind(Schema):
    kind = fields.String()
    zh = fields.String()
    en = fields.String()
    of_person = fields.Boolean()
    with_minutes = fields.Boolean()


class FindingKinds(Schema):
    kinds = fields.List(fields.Nested(FindingKind))
