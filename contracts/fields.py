"""Field kinds that the contracts share: what an id, a time or a mark looks like on the wire.

Each kind is exact: a value has one spelling, so that the JSON Schemas generated from the contracts accept the same messages as the contracts do. Every
field names its kind in its metadata; the documents are written from that.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from marshmallow import fields, validate

RFC3339 = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})\Z"
DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z"


class ExactTime(fields.AwareDateTime):
    """RFC 3339 only; `fromisoformat` alone would also take week dates, compact forms and a space for the T."""

    wire_pattern = RFC3339

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dt.datetime:
        if not isinstance(value, str) or not re.match(RFC3339, value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return super()._deserialize(value, attr, data, **kwargs)


class ExactDate(fields.Date):
    """YYYY-MM-DD only."""

    wire_pattern = DATE

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dt.date:
        if not isinstance(value, str) or not re.match(DATE, value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return super()._deserialize(value, attr, data, **kwargs)


class ExactBoolean(fields.Boolean):
    """true or false; 1 and 0 are equal to them in Python and would slip through."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


def _is(kind: str, kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, **kwargs, "metadata": {"kind": kind, **kwargs.get("metadata", {})}}


def Id(**kwargs: Any) -> fields.Field[Any]:
    """An opaque id: 1-64 characters, no spaces; never an identity-card number or phone."""
    return fields.String(validate=validate.Regexp(r"^[^\s]{1,64}\Z"), **_is("Id", kwargs))


def Text(maximum: int = 200, **kwargs: Any) -> fields.Field[Any]:
    """Human text of at most `maximum` characters."""
    return fields.String(validate=validate.Length(max=maximum), **_is("Text", kwargs))


def Code(**kwargs: Any) -> fields.Field[Any]:
    """An open enumeration: readers must survive values they do not know."""
    return fields.String(validate=validate.Regexp(r"^[A-Za-z0-9_.-]{1,64}\Z"), **_is("Code", kwargs))


def Time(**kwargs: Any) -> fields.Field[Any]:
    """RFC 3339 with offset; UTC in what Hallbus sends."""
    return ExactTime(format="iso", **_is("Time", kwargs))


def Day(**kwargs: Any) -> fields.Field[Any]:
    """A calendar day, YYYY-MM-DD, in the hall's own zone."""
    return ExactDate(**_is("Day", kwargs))


def Count(**kwargs: Any) -> fields.Field[Any]:
    """A whole number from 0."""
    return fields.Integer(strict=True, validate=validate.Range(min=0), **_is("Count", kwargs))


def Number(**kwargs: Any) -> fields.Field[Any]:
    """A whole number."""
    return fields.Integer(strict=True, **_is("Number", kwargs))


def Flag(**kwargs: Any) -> fields.Field[Any]:
    """True or false."""
    return ExactBoolean(**_is("Flag", kwargs))


def Marks(**kwargs: Any) -> fields.Field[Any]:
    """Points as a string with two decimals, "-0.50"."""
    return fields.String(validate=validate.Regexp(r"^-?[0-9]{1,6}\.[0-9]{2}\Z"), **_is("Marks", kwargs))


def Many(item: Any, **kwargs: Any) -> fields.Field[Any]:
    """A list; nested schemas are given as classes."""
    inner = fields.Nested(item) if isinstance(item, type) else item
    return fields.List(inner, **_is("Many", kwargs))
