"""Whom to reach about an appointment or a visit; kinds that both share."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from chassis.fields import an_id, words


class Contact(Schema):
    """Name and phone; in answers masked but for a reveal."""

    name, phone = words(100), words(40)


class HomeContact(Contact):
    """With the address that staff go to."""

    address = words(300)


class Token(Schema):
    """The token that the citizen was given."""

    token = fields.String(required=True, validate=validate.Length(min=16, max=64))


def staff(*, at_least: int = 0) -> fields.Field[Any]:
    """People of the hall."""
    kwargs: dict[str, Any] = {"required": True} if at_least else {"load_default": list}
    return fields.List(an_id(), validate=validate.Length(min=at_least or None, max=50), **kwargs)
