"""Field kinds of intake's requests: proto defaults are left out by the gateway, so optional fields have a load default."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

_ID = validate.Regexp(r"^[^\s]{1,64}$")
_NOT_BLANK = validate.Regexp(r"\s*\S", error="must not be blank")


def an_id() -> fields.Field[Any]:
    """An opaque id, required."""
    return fields.String(required=True, validate=_ID)


def maybe_id() -> fields.Field[Any]:
    """An opaque id, or none."""
    return fields.String(load_default=None, allow_none=True, validate=_ID)


def words(maximum: int) -> fields.Field[Any]:
    """Text, required and not blank."""
    return fields.String(required=True, validate=[validate.Length(max=maximum), _NOT_BLANK])


def maybe_words(maximum: int) -> fields.Field[Any]:
    """Text, empty when not given."""
    return fields.String(load_default="", validate=validate.Length(max=maximum))


def one_of(*values: str, default: str | None = None) -> fields.Field[Any]:
    """One of a closed set, or the default."""
    return fields.String(load_default=default, allow_none=default is None, validate=validate.OneOf(values))


def must_be(*values: str) -> fields.Field[Any]:
    """One of a closed set, required."""
    return fields.String(required=True, validate=validate.OneOf(values))


def maybe_day() -> fields.Field[Any]:
    """A day, YYYY-MM-DD, or none."""
    return fields.Date(load_default=None, allow_none=True)


def codes() -> fields.Field[Any]:
    """Material codes, none when not given."""
    return fields.List(
        fields.String(validate=validate.Regexp(r"^[A-Za-z0-9_.-]{1,64}$")), load_default=list, validate=validate.Length(max=100)
    )
