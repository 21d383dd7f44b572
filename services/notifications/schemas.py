"""Requests and answers of notifications; docs in proto/hallbus/v1/notifications.proto."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from chassis.fields import PageRequest, PageResponse, a_moment, an_id, flag, many, maybe_flag, maybe_moment, maybe_words, must_be, one_of
from services.notifications.catalog import LOCALES
from services.notifications.domain.routing import DUTIES

_REGION = validate.Regexp(r"^([0-9]{2,}(\.[0-9]{2,})*)?$", error="a region path such as 52.02.01, or empty for everywhere")
_CODE = validate.Regexp(r"^[a-z][a-z0-9_]{0,63}$", error="lower-case letters, digits and _")


class TemplateText(Schema):
    locale = one_of(*LOCALES)
    title = maybe_words(200)
    text = maybe_words(4000)
    html = maybe_words(20000)


class UpsertTemplate(Schema):
    code = fields.String(required=True, validate=_CODE)
    region = fields.String(load_default="", validate=_REGION)
    texts = many(TemplateText, at_least=1, at_most=len(LOCALES))

    @validates_schema
    def _each_locale_once(self, data: dict[str, Any], **_: Any) -> None:
        locales = [text["locale"] for text in data["texts"]]
        if "" in locales or len(set(locales)) != len(locales):
            raise ValidationError(f"each of {', '.join(LOCALES)} at most once, and named", "texts")


class Template(Schema):
    code = fields.String()
    region = fields.String()
    version = fields.Integer()
    event_type = fields.String()
    fields_ = fields.List(fields.String(), data_key="fields", attribute="fields")
    texts = fields.List(fields.Nested(TemplateText))


class ListTemplates(PageRequest):
    pass


class TemplatePage(PageResponse):
    templates = fields.List(fields.Nested(Template))


class PreviewTemplate(Schema):
    code = fields.String(required=True, validate=_CODE)
    region = fields.String(load_default="", validate=_REGION)
    locale = one_of(*LOCALES, default="zh-CN")
    draft = fields.Nested(TemplateText, load_default=None)


class Preview(Schema):
    locale = fields.String()
    version = fields.Integer()
    title = fields.String()
    text = fields.String()
    html = fields.String()


class Duty(Schema):
    duty = must_be(*DUTIES)
    hall_id = an_id()
    window_id = maybe_words(64)

    @validates_schema
    def _window(self, data: dict[str, Any], **_: Any) -> None:
        if (data["duty"] == "window_head") != bool(data["window_id"]):
            raise ValidationError("a window_head has a window, a hall_administrator has none", "window_id")


class Duties(Schema):
    items = many(Duty, at_most=50)


class MyPreferences(Schema):
    email = maybe_words(254, None)
    locale = one_of(*LOCALES)
    smtp = maybe_flag()


class SetRecipient(MyPreferences):
    recipient_id = an_id()
    duties = fields.Nested(Duties, load_default=None)


class GetRecipient(Schema):
    recipient_id = an_id()


class Recipient(Schema):
    recipient_id = fields.String()
    email = fields.String()
    locale = fields.String()
    smtp = fields.Boolean()
    duties = fields.Nested(Duties)


class ListInbox(PageRequest):
    unread = flag()


class InboxMessage(Schema):
    message_id = fields.String()
    event_type = fields.String()
    subject = fields.String()
    title = fields.String()
    text = fields.String()
    created_at = a_moment()
    read_at = a_moment()
    hall_id = fields.String()


class InboxPage(PageResponse):
    messages = fields.List(fields.Nested(InboxMessage))
    unread_count = fields.Integer()


class MarkRead(Schema):
    message_ids = many(an_id(), at_least=1, at_most=200)


class Marked(Schema):
    marked = fields.Integer()
    unread_count = fields.Integer()


class ListDeliveries(PageRequest):
    hall_id = maybe_words(128)
    recipient_id = maybe_words(128)
    channel = one_of("inbox", "smtp", "none")
    state = one_of("due", "sent", "failed")
    reason = maybe_words(128)
    template = maybe_words(128)
    event_type = maybe_words(128)
    subject = maybe_words(128)
    created_from = maybe_moment()
    created_to = maybe_moment()


class Delivery(Schema):
    delivery_id = fields.String()
    recipient_id = fields.String()
    channel = fields.String()
    event_type = fields.String()
    event_id = fields.String()
    subject = fields.String()
    template = fields.String()
    template_version = fields.Integer()
    locale = fields.String()
    title = fields.String()
    state = fields.String()
    reason = fields.String()
    detail = fields.String()
    attempts = fields.Integer()
    next_attempt_at = a_moment()
    created_at = a_moment()
    finished_at = a_moment()
    hall_id = fields.String()


class DeliveryPage(PageResponse):
    deliveries = fields.List(fields.Nested(Delivery))
