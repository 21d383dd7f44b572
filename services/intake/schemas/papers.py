"""Requests and answers about the papers of a case."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import PageRequest, PageResponse, an_id


class ListPapers(PageRequest):
    """Of one case."""

    case_id = an_id()


class Paper(Schema):
    """A paper as it was given."""

    kind, title, text = fields.String(), fields.String(), fields.String()
    template_version = fields.Integer()
    issued_at = fields.AwareDateTime()


class PaperPage(PageResponse):
    """A page of papers."""

    papers = fields.List(fields.Nested(Paper))
