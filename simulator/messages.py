"""Protobuf messages from and to plain dicts, as a window's software would write them: enums as words, times as datetimes.

The simulator's own, on purpose not the gateway's: a fault there must not hide behind the same fault here.
"""

from __future__ import annotations

import importlib
from datetime import UTC, datetime
from functools import cache
from typing import Any

from google.protobuf import message_factory
from google.protobuf.descriptor import FieldDescriptor, MethodDescriptor

_TIMESTAMP = "google.protobuf.Timestamp"


@cache
def method(service: str, name: str) -> MethodDescriptor:
    """The descriptor of `hallbus.v1.<Service>Service/<name>`. Raises KeyError for an unknown method."""
    module: Any = importlib.import_module(f"hallbus.v1.{service}_pb2")
    found: MethodDescriptor = module.DESCRIPTOR.services_by_name[_service_name(service)].methods_by_name[name]
    return found


@cache
def message_class(descriptor: Any) -> Any:
    """The Python class of a message descriptor."""
    return message_factory.GetMessageClass(descriptor)


def build(descriptor: Any, values: dict[str, Any]) -> Any:
    """A message; None and unknown words are the caller's mistake and raise KeyError or ValueError."""
    message = message_class(descriptor)()
    for name, value in values.items():
        field = descriptor.fields_by_name[name]
        if field.is_repeated:
            getattr(message, name).extend(_scalar(field, item) for item in value)
        elif field.type == FieldDescriptor.TYPE_MESSAGE:
            getattr(message, name).CopyFrom(_scalar(field, value))
        else:
            setattr(message, name, _scalar(field, value))
    return message


def plain(message: Any) -> dict[str, Any]:
    """The set fields of a message; enums in lower case without their prefix, timestamps as aware datetimes."""
    return {field.name: _plain(field, value) for field, value in message.ListFields()}


def _scalar(field: Any, value: Any) -> Any:
    if field.type == FieldDescriptor.TYPE_ENUM:
        return field.enum_type.values_by_name[f"{_prefix(field.enum_type)}{value.upper()}"].number
    if field.type != FieldDescriptor.TYPE_MESSAGE:
        return value
    if field.message_type.full_name == _TIMESTAMP:
        stamp = message_class(field.message_type)()
        stamp.FromDatetime(value.astimezone(UTC))
        return stamp
    return build(field.message_type, value)


def _plain(field: Any, value: Any) -> Any:
    if field.is_repeated:
        if field.type == FieldDescriptor.TYPE_MESSAGE and field.message_type.GetOptions().map_entry:
            return dict(value)
        return [_one(field, item) for item in value]
    return _one(field, value)


def _one(field: Any, value: Any) -> Any:
    if field.type == FieldDescriptor.TYPE_ENUM:
        known = field.enum_type.values_by_number.get(value)
        return value if known is None else known.name.removeprefix(_prefix(field.enum_type)).lower()
    if field.type != FieldDescriptor.TYPE_MESSAGE:
        return value
    if field.message_type.full_name == _TIMESTAMP:
        return datetime.fromtimestamp(value.seconds + value.nanos / 1e9, UTC)
    return plain(value)


def _prefix(enum: Any) -> str:
    # By convention the zero value is <ENUM_NAME>_UNSPECIFIED.
    return str(enum.values_by_number[0].name).removesuffix("UNSPECIFIED")


def _service_name(service: str) -> str:
    return "EventService" if service == "events" else f"{service.capitalize()}Service"
