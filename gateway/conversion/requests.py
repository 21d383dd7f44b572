"""Request messages to dicts."""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from chassis.errors import InvalidArgument, Violation
from gateway.conversion.values import enum_names, is_map, is_map_value, is_timestamp, map_fields, refuse_foreign, timestamp_text

_Convert = Callable[[Any], Any]
_FLOATS = (FieldDescriptor.TYPE_FLOAT, FieldDescriptor.TYPE_DOUBLE)


class RequestReader:
    """Reads one message type. Raises UnsupportedFieldError when made for a message the dicts have no form for."""

    def __init__(self, descriptor: Descriptor) -> None:
        self._parse = GetMessageClass(descriptor).FromString
        self._read = _compile(descriptor, {})

    def __call__(self, body: bytes) -> dict[str, Any]:
        """The request as a dict. Raises InvalidArgument MALFORMED_MESSAGE, or INVALID_REQUEST naming the field."""
        try:
            message = self._parse(body)
        except DecodeError as error:
            raise InvalidArgument("MALFORMED_MESSAGE", "the body is not a message of the method's request type") from error
        try:
            return self._read(message)
        except _FieldError as error:
            field = "".join(reversed(error.path)).removeprefix(".")
            raise InvalidArgument("INVALID_REQUEST", f"{field}: {error}", violations=[Violation(field, str(error))]) from error


class _FieldError(ValueError):
    """A value the services cannot be given; `path` grows from the leaf upwards, "many[1].text" in the end."""

    def __init__(self, description: str) -> None:
        super().__init__(description)
        self.path: list[str] = []


class _MessageReader:
    """Reads one message type; `fields` is filled after construction, so that recursive messages can name themselves."""

    __slots__ = ("fields",)

    def __init__(self) -> None:
        self.fields: dict[int, tuple[str, _Convert]] = {}

    def __call__(self, message: Message) -> dict[str, Any]:
        read: dict[str, Any] = {}
        name = ""
        try:
            for field, value in message.ListFields():
                name, convert = self.fields[field.number]
                converted = convert(value)
                if converted is not None:
                    read[name] = converted
        except _FieldError as error:
            error.path.append(f".{name}")
            raise
        return read


def _compile(descriptor: Descriptor, known: dict[str, _MessageReader]) -> _MessageReader:
    if descriptor.full_name in known:
        return known[descriptor.full_name]
    reader = known[descriptor.full_name] = _MessageReader()
    for field in descriptor.fields:
        refuse_foreign(field)
        reader.fields[field.number] = (field.name, _field(field, known))
    return reader


def _field(field: FieldDescriptor, known: dict[str, _MessageReader]) -> _Convert:
    if is_map(field):
        keys, values = map_fields(field)
        return _map(_value(keys, known), _value(values, known))
    if field.is_repeated:
        return _list(_value(field, known))
    return _value(field, known)


def _value(field: FieldDescriptor, known: dict[str, _MessageReader]) -> _Convert:
    if is_timestamp(field):
        return _timestamp
    if field.message_type is not None:
        return _compile(field.message_type, known)
    if field.enum_type is not None:
        alone = not (field.is_repeated or is_map_value(field))
        return _enum(enum_names(field.enum_type), unspecified_allowed=alone)
    if field.type == FieldDescriptor.TYPE_STRING:
        return _string
    if field.type == FieldDescriptor.TYPE_BYTES:
        return _bytes
    return _float if field.type in _FLOATS else _same


def _same(value: Any) -> Any:
    return value


def _string(value: str) -> str:
    if "\x00" in value:
        # PostgreSQL's text has no NUL; found here it is the caller's error, found there it would be ours.
        raise _FieldError("must not contain the character NUL")
    return value


def _bytes(value: bytes) -> str:
    return b64encode(value).decode()


def _float(value: float) -> float:
    if not math.isfinite(value):
        raise _FieldError("must be a finite number")
    return value


def _timestamp(value: Any) -> str:
    try:
        return timestamp_text(value)
    except ValueError as error:
        raise _FieldError(str(error)) from error


def _enum(names: dict[int, str | None], *, unspecified_allowed: bool) -> _Convert:
    def convert(number: int) -> str | None:
        name = names.get(number)
        if name is None and not (number == 0 and unspecified_allowed):
            raise _FieldError(f"{number} is no known value")
        return name

    return convert


def _list(convert: _Convert) -> _Convert:
    if convert is _same:
        return list

    def each(values: Sequence[Any]) -> list[Any]:
        read: list[Any] = []
        try:
            for value in values:
                read.append(convert(value))  # noqa: PERF401 - the length tells which element was wrong
        except _FieldError as error:
            error.path.append(f"[{len(read)}]")
            raise
        return read

    return each


def _map(key: _Convert, convert: _Convert) -> _Convert:
    def each(values: Any) -> dict[str, Any]:
        read: dict[str, Any] = {}
        for name, value in values.items():
            try:
                read[_map_key(key(name))] = convert(value)
            except _FieldError as error:
                error.path.append(f".{_map_key(name)}")
                raise
        return read

    return each


def _map_key(key: Any) -> str:
    return str(key).lower() if isinstance(key, bool) else str(key)
