"""Field kinds of RPC requests and answers: one meaning, one error text and one proto default for each, in every service.

The gateway leaves out what a caller left unset and what proto3 cannot tell from unset, so every optional field has a load default. Kinds with `maybe_` are
optional; the others are required. Kinds of one service's own (a serial number, a login) stay in its schemas.
"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

Kind = fields.Field[Any]
ID_LENGTH = 64
# Money in fen and every other count fits well inside PostgreSQL's bigint and JSON's exact integers.
LARGEST_COUNT = 1_000_000_000_000


def _storable(value: str) -> None:
    # PostgreSQL has no NUL in text: said here, it is the caller's mistake; said by the driver, it would be ours.
    if "\0" in value:
        raise ValidationError("must not contain a NUL character")


def _id_rule(longest: int) -> validate.Regexp:
    return validate.Regexp(rf"[^\s\0]{{1,{longest}}}\Z", error=f"1 to {longest} characters without spaces")


_NOT_BLANK = validate.Regexp(r"\s*\S", error="must not be blank")
_CODE = validate.Regexp(r"[A-Za-z0-9_.-]{1,64}\Z", error="1 to 64 letters, digits, _ . or -")


def an_id(longest: int = ID_LENGTH) -> Kind:
    """An opaque id: 1 to `longest` characters, none of them a space."""
    return fields.String(required=True, validate=_id_rule(longest))


def maybe_id() -> Kind:
    """An opaque id, or None."""
    return fields.String(load_default=None, allow_none=True, validate=_id_rule(ID_LENGTH))


def a_code() -> Kind:
    """A code of a catalogue: letters, digits, `_`, `.` and `-`."""
    return fields.String(required=True, validate=_CODE)


def codes(*, at_least: int = 0, at_most: int = 100) -> Kind:
    """Codes of a catalogue; an empty list when not given, unless `at_least` says that some are needed."""
    kwargs: dict[str, Any] = {"required": True} if at_least else {"load_default": list}
    return fields.List(fields.String(validate=_CODE), validate=validate.Length(min=at_least or None, max=at_most), **kwargs)


def words(longest: int, shortest: int = 1) -> Kind:
    """Text that says something: at most `longest` characters, not blank."""
    return fields.String(required=True, validate=[validate.Length(min=shortest, max=longest), _NOT_BLANK, _storable])


def maybe_words(longest: int, default: str | None = "") -> Kind:
    """Text of at most `longest` characters; the default when not given."""
    return fields.String(load_default=default, allow_none=default is None, validate=[validate.Length(max=longest), _storable])


def must_be(*values: str) -> Kind:
    """One of a closed set: an enum of the proto, its values in lower case."""
    return fields.String(required=True, validate=validate.OneOf(values))


def one_of(*values: str, default: str | None = None) -> Kind:
    """One of a closed set; the default when not given."""
    return fields.String(load_default=default, allow_none=default is None, validate=validate.OneOf(values))


def some_of(*values: str) -> Kind:
    """Any number of a closed set; empty when not given."""
    return fields.List(fields.String(validate=validate.OneOf(values)), load_default=list, validate=validate.Length(max=len(values)))


def a_day() -> Kind:
    """A day, YYYY-MM-DD."""
    return fields.Date(required=True)


def maybe_day() -> Kind:
    """A day, YYYY-MM-DD, or None."""
    return fields.Date(load_default=None, allow_none=True)


def a_moment() -> Kind:
    """An aware time, RFC 3339."""
    return fields.AwareDateTime(format="iso", required=True)


def maybe_moment() -> Kind:
    """An aware time, RFC 3339, or None."""
    return fields.AwareDateTime(format="iso", load_default=None, allow_none=True)


def count(*, minimum: int = 0, maximum: int = LARGEST_COUNT) -> Kind:
    """A whole number within bounds (money in fen, minutes, a version)."""
    return fields.Integer(required=True, strict=True, validate=validate.Range(min=minimum, max=maximum))


def maybe_count(*, default: int | None = None, minimum: int = 0, maximum: int = LARGEST_COUNT) -> Kind:
    """A whole number within bounds; the default when not given."""
    bounds = validate.Range(min=minimum, max=maximum)
    return fields.Integer(load_default=default, allow_none=default is None, strict=True, validate=bounds)


def flag() -> Kind:
    """True, or false when not given. Only JSON's own two: no "yes", no 1 as text."""
    return fields.Boolean(load_default=False, truthy={True}, falsy={False})


def verdict() -> Kind:
    """True or false, and it must be said: `optional` in the proto, because a decision is never fallen into."""
    return fields.Boolean(required=True, truthy={True}, falsy={False})


def maybe_flag() -> Kind:
    """True, false, or None where not saying so means something."""
    return fields.Boolean(load_default=None, allow_none=True, truthy={True}, falsy={False})


def many(item: Any, *, at_least: int = 0, at_most: int = 500) -> Kind:
    """A list of a schema or of a kind; empty when not given, unless `at_least` says that some are needed."""
    inner = fields.Nested(item) if isinstance(item, type) else item
    kwargs: dict[str, Any] = {"required": True} if at_least else {"load_default": list}
    return fields.List(inner, validate=validate.Length(min=at_least or None, max=at_most), **kwargs)


class PageRequest(Schema):
    """What every list takes; `chassis.paging` checks both, because a size is only wrong together with its limit and a token with its list."""

    page_size = fields.Integer(load_default=None, allow_none=True, strict=True)
    page_token = fields.String(load_default=None, allow_none=True)


class PageResponse(Schema):
    """What every list answers: `total_size` counts all rows that match, also beyond the page."""

    next_page_token = fields.String()
    total_size = fields.Integer()
