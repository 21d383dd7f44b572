"""Requests and answers of notifications; docs in proto/hallbus/v1/notifications.proto."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from services.notifications.catalog import LOCALES
from services.notifications.domain.routing import DUTIES

_ID = validate.Regexp(r"^[^\s]{1,64}$", error="1 to 64 characters without spaces")
_REGION = validate.Regexp(r"^([0-9]{2,}(\.[0-9]{2,})*)?$", error="a region path such as 52.02.01, or empty for everywhere")
_CODE = validate.Regexp(r"^[a-z][a-z0-9_]{0,63}$", error="lower-case letters, digits and _")


def _filter() -> fields.String:
    return fields.String(load_default="", validate=validate.Length(max=128))


def _span() -> fields.AwareDateTime:
    return fields.AwareDateTime(load_default=None, format="iso")


def _moment() -> fields.AwareDateTime:
    return fields.AwareDateTime(format="iso")


class Paged(Schema):
    """What every list takes."""

    page_size = fields.Integer(load_default=0)
    page_token = fields.String(load_default="")


class PageOf(Schema):
    """What every list answers."""

    next_page_token = fields.String()
    total_size = fields.Integer()


class TemplateText(Schema):
    locale = fields.String(load_default="", validate=validate.OneOf(("", *LOCALES)))
    title = fields.String(load_default="", validate=validate.Length(max=200))
    text = fields.String(load_default="", validate=validate.Length(max=4000))
    html = fields.String(load_default="", validate=validate.Length(max=20000))


class UpsertTemplate(Schema):
    code = fields.String(required=True, validate=_CODE)
    region = fields.String(load_default="", validate=_REGION)
    texts = fields.List(fields.Nested(TemplateText), required=True, validate=validate.Length(min=1, max=len(LOCALES)))

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


class ListTemplates(Paged):
    pass


class TemplatePage(PageOf):
    templates = fields.List(fields.Nested(Template))


class PreviewTemplate(Schema):
    code = fields.String(required=True, validate=_CODE)
    region = fields.String(load_default="", validate=_REGION)
    locale = fields.String(load_default="zh-CN", validate=validate.OneOf(LOCALES))
    draft = fields.Nested(TemplateText, load_default=None)


class Preview(Schema):
    locale = fields.String()
    version = fields.Integer()
    title = fields.String()
    text = fields.String()
    html = fields.String()


class Duty(Schema):
    duty = fields.String(required=True, validate=validate.OneOf(DUTIES))
    hall_id = fields.String(required=True, validate=_ID)
    window_id = fields.String(load_default="", validate=validate.Length(max=64))

    @validates_schema
    def _window(self, data: dict[str, Any], **_: Any) -> None:
        if (data["duty"] == "window_head") != bool(data["window_id"]):
            raise ValidationError("a window_head has a window, a hall_administrator has none", "window_id")


class Duties(Schema):
    items = fields.List(fields.Nested(Duty), load_default=list, validate=validate.Length(max=50))


class MyPreferences(Schema):
    email = fields.String(load_default=None, validate=validate.Length(max=254))
    locale = fields.String(load_default=None, validate=validate.OneOf(LOCALES))
    smtp = fields.Boolean(load_default=None)


class SetRecipient(MyPreferences):
    recipient_id = fields.String(required=True, validate=_ID)
    duties = fields.Nested(Duties, load_default=None)


class GetRecipient(Schema):
    recipient_id = fields.String(required=True, validate=_ID)


class Recipient(Schema):
    recipient_id = fields.String()
    email = fields.String()
    locale = fields.String()
    smtp = fields.Boolean()
    duties = fields.Nested(Duties)


class ListInbox(Paged):
    unread = fields.Boolean(load_default=False)


class InboxMessage(Schema):
    message_id = fields.String()
    event_type = fields.String()
    subject = fields.String()
    title = fields.String()
    text = fields.String()
    created_at = _moment()
    read_at = _moment()
    hall_id = fields.String()


class InboxPage(PageOf):
    messages = fields.List(fields.Nested(InboxMessage))
    unread_count = fields.Integer()


class MarkRead(Schema):
    message_ids = fields.List(fields.String(validate=_ID), required=True, validate=validate.Length(min=1, max=200))


class Marked(Schema):
    marked = fields.Integer()
    unread_count = fields.Integer()


class ListDeliveries(Paged):
    hall_id = _filter()
    recipient_id = _filter()
    channel = fields.String(load_default="", validate=validate.OneOf(("", "inbox", "smtp", "none")))
    state = fields.String(load_default="", validate=validate.OneOf(("", "due", "sent", "failed")))
    reason = _filter()
    template = _filter()
    event_type = _filter()
    subject = _filter()
    created_from = _span()
    created_to = _span()


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
    next_attempt_at = _moment()
    created_at = _moment()
    finished_at = _moment()
    hall_id = fields.String()


class DeliveryPage(PageOf):
    deliveries = fields.List(fields.Nested(Delivery))
