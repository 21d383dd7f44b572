"""The services' answers to messages."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message_factory import GetMessageClass

from gateway.conversion.values import enum_names, is_map, is_timestamp, map_fields, refuse_foreign, timestamp_parts

_Convert = Callable[[Any], Any]
_INTEGERS = {
    FieldDescriptor.CPPTYPE_INT32,
    FieldDescriptor.CPPTYPE_INT64,
    FieldDescriptor.CPPTYPE_UINT32,
    FieldDescriptor.CPPTYPE_UINT64,
}


class AnswerMismatchError(Exception):
    """A service answered with something its proto cannot carry; `field` says where."""

    def __init__(self, field: str, description: str) -> None:
        super().__init__(f"{field}: {description}")
        self.field = field


class AnswerWriter:
    """Writes one message type. Raises UnsupportedFieldError when made for a message the dicts have no form for."""

    def __init__(self, descriptor: Descriptor) -> None:
        self._make = GetMessageClass(descriptor)
        self._prepare = _compile(descriptor, {})

    def __call__(self, answer: dict[str, Any]) -> bytes:
        """The answer on the wire; None is left out and so are keys the proto does not know. Raises AnswerMismatchError."""
        try:
            return self._make(**self._prepare(answer)).SerializeToString()
        except (TypeError, ValueError, AttributeError, KeyError) as error:
            self._prepare.explain(answer, ())
            raise AnswerMismatchError("", str(error)) from error


class _MessageWriter:
    """Prepares the constructor arguments of one message type; protobuf's own constructor takes nested dicts and lists from there."""

    __slots__ = ("fields", "make")

    def __init__(self, descriptor: Descriptor) -> None:
        self.make = GetMessageClass(descriptor)
        self.fields: dict[str, _Convert] = {}

    def __call__(self, answer: dict[str, Any]) -> dict[str, Any]:
        fields = self.fields
        return {name: fields[name](value) for name, value in answer.items() if value is not None and name in fields}

    def explain(self, answer: Any, path: tuple[str, ...]) -> None:
        """Find the field that made the constructor fail, slowly, and raise AnswerMismatchError with its path."""
        if not isinstance(answer, dict):
            raise AnswerMismatchError(".".join(path), f"{type(answer).__name__} where a dict belongs")
        for name, value in answer.items():
            convert = self.fields.get(name)
            if convert is None or value is None:
                continue
            for index, item in enumerate(value if isinstance(value, list) else [value]):
                inner = convert.convert if isinstance(convert, _ListWriter) else convert
                if isinstance(inner, _MessageWriter):
                    inner.explain(item, (*path, f"{name}[{index}]" if isinstance(value, list) else name))
            try:
                self.make(**{name: convert(value)})
            except (TypeError, ValueError, AttributeError, KeyError) as error:
                raise AnswerMismatchError(".".join((*path, name)), str(error)) from error


class _ListWriter:
    """Prepares a repeated field; a None inside stays and is refused by the constructor."""

    __slots__ = ("convert",)

    def __init__(self, convert: _Convert) -> None:
        self.convert = convert

    def __call__(self, values: list[Any]) -> list[Any]:
        convert = self.convert
        return [convert(value) for value in values]


def _compile(descriptor: Descriptor, known: dict[str, _MessageWriter]) -> _MessageWriter:
    if descriptor.full_name in known:
        return known[descriptor.full_name]
    writer = known[descriptor.full_name] = _MessageWriter(descriptor)
    for field in descriptor.fields:
        refuse_foreign(field)
        writer.fields[field.name] = _field(field, known)
    return writer


def _field(field: FieldDescriptor, known: dict[str, _MessageWriter]) -> _Convert:
    if is_map(field):
        keys, values = map_fields(field)
        return _map(_map_key(keys), _value(values, known))
    if field.is_repeated:
        return _ListWriter(_value(field, known))
    return _value(field, known)


def _value(field: FieldDescriptor, known: dict[str, _MessageWriter]) -> _Convert:
    if is_timestamp(field):
        return timestamp_parts
    if field.message_type is not None:
        return _compile(field.message_type, known)
    if field.enum_type is not None:
        return {name: number for number, name in enum_names(field.enum_type).items() if name}.__getitem__
    if field.type == FieldDescriptor.TYPE_BYTES:
        return b64decode
    return _same


def _same(value: Any) -> Any:
    return value


def _map(key: _Convert, convert: _Convert) -> _Convert:
    return lambda values: {key(name): convert(value) for name, value in values.items() if value is not None}


def _map_key(field: FieldDescriptor) -> _Convert:
    if field.cpp_type in _INTEGERS:
        return int
    return {"true": True, "false": False}.__getitem__ if field.type == FieldDescriptor.TYPE_BOOL else _same
