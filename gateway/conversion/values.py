"""The values that look different on both sides: enums and timestamps; and what a field is, asked of its descriptor once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

TIMESTAMP = "google.protobuf.Timestamp"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_SECOND, _LAST_SECOND = -62135596800, 253402300799  # 0001-01-01 to 9999-12-31, the range of google.protobuf.Timestamp


class UnsupportedFieldError(Exception):
    """A proto uses something the dicts have no form for; the gateway refuses to start."""


def is_map(field: FieldDescriptor) -> bool:
    """Whether the field is a `map<…>`."""
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def map_fields(field: FieldDescriptor) -> tuple[FieldDescriptor, FieldDescriptor]:
    """Key and value of a `map<…>` field."""
    assert field.message_type is not None
    return field.message_type.fields_by_name["key"], field.message_type.fields_by_name["value"]


def is_map_value(field: FieldDescriptor) -> bool:
    """Whether the field is the value of a `map<…>`."""
    return field.containing_type is not None and field.containing_type.GetOptions().map_entry


def is_timestamp(field: FieldDescriptor) -> bool:
    """Whether the field is a google.protobuf.Timestamp."""
    return field.message_type is not None and field.message_type.full_name == TIMESTAMP


def refuse_foreign(field: FieldDescriptor) -> None:
    """Raise UnsupportedFieldError for messages of other packages, which have no agreed form as a dict."""
    message = field.message_type
    if message is not None and message.full_name.startswith("google.") and not is_timestamp(field):
        raise UnsupportedFieldError(f"{field.full_name}: {message.full_name} has no form in the services' dicts")


def enum_names(enum: EnumDescriptor) -> dict[int, str | None]:
    """The dict form of each value by number; None for the unspecified zero, which is left out. Raises UnsupportedFieldError."""
    prefix = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", enum.name).upper() + "_"
    names: dict[int, str | None] = {}
    for value in enum.values:
        if not value.name.startswith(prefix):
            raise UnsupportedFieldError(f"{enum.full_name}: {value.name} does not begin with {prefix}")
        names[value.number] = value.name.removeprefix(prefix).lower() if value.number else None
    return names


def timestamp_text(timestamp: Any) -> str:
    """RFC 3339 in UTC, to the microsecond. Raises ValueError outside the years 1 to 9999."""
    seconds, nanos = timestamp.seconds, timestamp.nanos
    if not (_FIRST_SECOND <= seconds <= _LAST_SECOND and 0 <= nanos < 1_000_000_000):
        raise ValueError("not a moment between the years 1 and 9999")
    return (_EPOCH + timedelta(seconds=seconds, microseconds=nanos // 1000)).isoformat().replace("+00:00", "Z")


def timestamp_parts(text: str) -> dict[str, int]:
    """The fields of a google.protobuf.Timestamp. Raises ValueError for anything but an RFC 3339 time with offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset")
    passed = moment - _EPOCH
    return {"seconds": passed.days * 86400 + passed.seconds, "nanos": passed.microseconds * 1000}
