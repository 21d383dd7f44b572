"""Field kinds of directory's requests: proto defaults are left out by the gateway, so optional fields have a load default."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate


def ident(*, required: bool = True, **kwargs: Any) -> fields.Field[Any]:
    """An opaque id: 1-64 characters, no spaces."""
    if not required:
        kwargs.setdefault("load_default", None)
        kwargs.setdefault("allow_none", True)
    return fields.String(required=required, validate=validate.Regexp(r"^[^\s]{1,64}$"), **kwargs)


def text(maximum: int, *, required: bool = True, **kwargs: Any) -> fields.Field[Any]:
    """text of at most `maximum` characters; not blank when required."""
    if not required:
        kwargs.setdefault("load_default", "")
        return fields.String(validate=validate.Length(max=maximum), **kwargs)
    blank = validate.Regexp(r"\s*\S", error="must not be blank")
    return fields.String(required=True, validate=[validate.Length(max=maximum), blank], **kwargs)


def one_of(*values: str, default: str | None = None, required: bool = False) -> fields.Field[Any]:
    """One of a closed set; the proto's enum values in lower case."""
    if required:
        return fields.String(required=True, validate=validate.OneOf(values))
    return fields.String(load_default=default, allow_none=default is None, validate=validate.OneOf(values))


def day(*, required: bool = True) -> fields.Field[Any]:
    """A day, YYYY-MM-DD."""
    return fields.Date(required=True) if required else fields.Date(load_default=None, allow_none=True)


def count(*, default: int | None = None, minimum: int = 0, maximum: int = 1_000_000_000_000) -> fields.Field[Any]:
    """A whole number within bounds; required without a default."""
    kwargs: dict[str, Any] = {"required": True} if default is None else {"load_default": default}
    return fields.Integer(strict=True, validate=validate.Range(min=minimum, max=maximum), **kwargs)


def flag() -> fields.Field[Any]:
    """True, or false when not given."""
    return fields.Boolean(load_default=False, truthy={True}, falsy={False})


def moment() -> fields.Field[Any]:
    """An aware time, RFC 3339, or none."""
    return fields.AwareDateTime(format="iso", load_default=None, allow_none=True)


def many(item: Any, *, maximum: int = 500) -> fields.Field[Any]:
    """A list, empty when not given."""
    inner = fields.Nested(item) if isinstance(item, type) else item
    return fields.List(inner, load_default=list, validate=validate.Length(max=maximum))


class PageRequest(Schema):
    """The fields of every list request."""

    page_size = fields.Integer(load_default=None, allow_none=True, strict=True)
    page_token = fields.String(load_default=None, allow_none=True)


class PageResponse(Schema):
    """The fields of every list answer."""

    next_page_token = fields.String()
    total_size = fields.Integer()
