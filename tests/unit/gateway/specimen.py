"""A message type with one field of every kind, made without protoc."""

from functools import cache

from google.protobuf import descriptor_pb2, descriptor_pool, timestamp_pb2
from google.protobuf.descriptor import Descriptor
from google.protobuf.message_factory import GetMessageClass

_FIELD = descriptor_pb2.FieldDescriptorProto
_KINDS = {
    "text": _FIELD.TYPE_STRING,
    "flag": _FIELD.TYPE_BOOL,
    "count": _FIELD.TYPE_INT32,
    "fee_fen": _FIELD.TYPE_INT64,
    "ratio": _FIELD.TYPE_DOUBLE,
    "blob": _FIELD.TYPE_BYTES,
}


@cache
def specimen() -> Descriptor:
    """`test.Specimen`: scalars, optional scalars, enum, timestamp, itself nested, repeated fields, maps."""
    file = descriptor_pb2.FileDescriptorProto(
        name="specimen.proto",
        package="test",
        syntax="proto3",
        dependency=["google/protobuf/timestamp.proto", "google/protobuf/duration.proto"],
    )
    grade = file.enum_type.add(name="RatingGrade")
    for number, name in enumerate(["UNSPECIFIED", "VERY_SATISFIED", "POOR"]):
        grade.value.add(name=f"RATING_GRADE_{name}", number=number)
    message = file.message_type.add(name="Specimen")
    _fields(message)
    _entry(message, "counts", _FIELD.TYPE_STRING, value=_FIELD.TYPE_INT32)
    _entry(message, "parts", _FIELD.TYPE_INT64, value=_FIELD.TYPE_MESSAGE)
    foreign = file.message_type.add(name="Foreign")
    foreign.field.add(name="pause", number=1, label=1, type=_FIELD.TYPE_MESSAGE, type_name=".google.protobuf.Duration")
    badly_named = file.enum_type.add(name="Colour")
    badly_named.value.add(name="RED", number=0)
    file.message_type.add(name="BadEnum").field.add(name="colour", number=1, label=1, type=_FIELD.TYPE_ENUM, type_name=".test.Colour")
    pool = descriptor_pool.DescriptorPool()
    for known in (timestamp_pb2, __import__("google.protobuf.duration_pb2", fromlist=["x"])):
        pool.AddSerializedFile(known.DESCRIPTOR.serialized_pb)
    pool.AddSerializedFile(file.SerializeToString())
    return pool.FindMessageTypeByName("test.Specimen")


def other(name: str) -> Descriptor:
    """Another message type of the same file."""
    return specimen().file.message_types_by_name[name]


def message(**fields: object):
    """A Specimen."""
    return GetMessageClass(specimen())(**fields)


def _fields(message) -> None:
    number = 0
    for name, kind in _KINDS.items():
        for prefix, label in (("", 1), ("many_", 3)):
            number += 1
            message.field.add(name=prefix + name, number=number, label=label, type=kind)
    for name, kind in (("maybe_text", _FIELD.TYPE_STRING), ("maybe_count", _FIELD.TYPE_INT32), ("maybe_flag", _FIELD.TYPE_BOOL)):
        number += 1
        message.field.add(name=name, number=number, label=1, type=kind, proto3_optional=True, oneof_index=len(message.oneof_decl))
        message.oneof_decl.add(name=f"_{name}")
    for name, kind, type_name in (
        ("grade", _FIELD.TYPE_ENUM, ".test.RatingGrade"),
        ("at", _FIELD.TYPE_MESSAGE, ".google.protobuf.Timestamp"),
        ("inner", _FIELD.TYPE_MESSAGE, ".test.Specimen"),
    ):
        for prefix, label in (("", 1), ("many_", 3)):
            number += 1
            message.field.add(name=prefix + name, number=number, label=label, type=kind, type_name=type_name)


def _entry(message, name: str, key: int, *, value: int) -> None:
    entry = message.nested_type.add(name=name.title() + "Entry")
    entry.options.map_entry = True
    entry.field.add(name="key", number=1, label=1, type=key)
    entry.field.add(name="value", number=2, label=1, type=value, type_name=".test.Specimen" if value == _FIELD.TYPE_MESSAGE else None)
    message.field.add(
        name=name, number=100 + len(message.nested_type), label=3, type=_FIELD.TYPE_MESSAGE, type_name=f".test.Specimen.{entry.name}"
    )
