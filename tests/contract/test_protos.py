"""The protos against the services: every method has its entrypoint, every message its schema, and nothing is offered without a rule."""

import functools
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf.descriptor import FieldDescriptor
from marshmallow import fields, validate

from gateway import catalogue, protogen
from gateway.catalogue import SUBSCRIBE
from gateway.conversion.values import enum_names, is_map, is_timestamp, map_fields

METHODS = {
    f"/{service.full_name}/{method.name}": method
    for file in catalogue.files()
    for service in file.services_by_name.values()
    for method in service.methods
}
CALLS = sorted(METHODS.keys() - {SUBSCRIBE})
# Exports are paged by the gateway, not by the caller; the catalogue holds them to their two tokens.
PAGED = sorted(
    path for path in CALLS if "page_token" in METHODS[path].input_type.fields_by_name and not catalogue.rule_of(METHODS[path]).export
)
_NUMBERS = {
    FieldDescriptor.CPPTYPE_INT32: "number",
    FieldDescriptor.CPPTYPE_INT64: "number",
    FieldDescriptor.CPPTYPE_UINT32: "number",
    FieldDescriptor.CPPTYPE_UINT64: "number",
    FieldDescriptor.CPPTYPE_DOUBLE: "float",
    FieldDescriptor.CPPTYPE_FLOAT: "float",
    FieldDescriptor.CPPTYPE_BOOL: "flag",
}
_PERMISSION = re.compile(r"^[a-z]+(\.[a-z_]+){1,2}$")


@functools.cache
def service_class(name):
    """The nameko class of a service."""
    module = importlib.import_module(f"services.{name}.service")
    return next(cls for cls in vars(module).values() if isinstance(cls, type) and getattr(cls, "name", None) == name)


def entrypoint(path):
    """The `@rpc` specification behind a method."""
    method = METHODS[path]
    service = catalogue.snake(method.containing_service.name.removesuffix("Service"))
    function = getattr(service_class(service), catalogue.snake(method.name), None)
    assert function is not None, f"services/{service}/service.py has no {catalogue.snake(method.name)}"
    return function.rpc_spec


def proto_kind(field):
    """What a field is, in words both sides share."""
    if is_map(field):
        return "map"
    if is_timestamp(field):
        return "time"
    if field.message_type is not None:
        return "message"
    if field.enum_type is not None:
        return "enum"
    return _NUMBERS.get(field.cpp_type, "text")


def schema_kind(field):
    """The same of a marshmallow field; None when the schema does not say."""
    kinds = (
        (fields.Nested, "message"),
        (fields.Dict, "map"),
        (fields.Boolean, "flag"),
        (fields.Integer, "number"),
        (fields.Float, "float"),
        (fields.AwareDateTime, "time"),
        (fields.DateTime, "time"),
        ((fields.String, fields.Date, fields.Time, fields.Decimal, fields.UUID, fields.Enum), "text"),
    )
    return next(
        (kind for classes, kind in kinds if isinstance(field, classes) and type(field) is not fields.Date),
        "text" if isinstance(field, fields.Date) else None,
    )


def differences(message, schema, *, loading, where="", seen=()):
    """Every difference between a message and the schema on its other side, as text."""
    own = {name: f for name, f in schema.fields.items() if not (f.dump_only if loading else f.load_only)}
    named = {f.data_key or name: f for name, f in own.items()}
    for name in sorted(named.keys() - message.fields_by_name.keys()):
        yield f"{where}{name}: in the schema, not in {message.name}"
    if loading:
        for name in sorted(message.fields_by_name.keys() - named.keys() - {"request_id"}):
            yield f"{where}{name}: in {message.name}, not in the schema"
    for name in sorted(named.keys() & message.fields_by_name.keys()):
        yield from field_differences(
            message.fields_by_name[name], named[name], loading=loading, where=where + name, seen=(*seen, message.full_name)
        )


def field_differences(proto, field, *, loading, where, seen):
    """Repetition, kind, enumeration values, nested messages."""
    repeated = proto.is_repeated and not is_map(proto)
    if repeated != isinstance(field, fields.List) and not (repeated and isinstance(field, fields.Nested) and field.many):
        yield f"{where}: {'repeated' if repeated else 'single'} in the proto, {type(field).__name__} in the schema"
        return
    inner = field.inner if isinstance(field, fields.List) else field
    kind, other = proto_kind(proto), schema_kind(inner)
    if kind == "enum":
        yield from enum_differences(proto, inner, where)
    elif other is not None and kind != other and not _same_on_the_wire(kind, other, loading=loading):
        yield f"{where}: {kind} in the proto, {type(inner).__name__} in the schema"
    elif kind == "message" and isinstance(inner, fields.Nested) and proto.message_type.full_name not in seen:
        yield from differences(proto.message_type, inner.schema, loading=loading, where=where + ".", seen=seen)
    elif kind == "map" and isinstance(inner, fields.Dict) and inner.value_field is not None:
        yield from field_differences(map_fields(proto)[1], inner.value_field, loading=loading, where=where + ".*", seen=seen)


def _same_on_the_wire(kind, other, *, loading):
    # Times may be validated as text; an answer's inner object may be left to the query that makes it.
    return (kind, other) == ("time", "text") or (not loading and (kind, other) == ("message", "map"))


def enum_differences(proto, field, where):
    """Whatever the schema accepts or answers has a value in the proto."""
    names = {name for name in enum_names(proto.enum_type).values() if name}
    rules = [field.validate] if not isinstance(field.validate, (list, tuple)) else field.validate
    for rule in rules:
        if isinstance(rule, validate.OneOf):
            known = {str(choice) for choice in rule.choices if choice}
            if not known <= names:
                yield f"{where}: the schema knows {sorted(known - names)}, {proto.enum_type.name} does not"


def test_the_generated_code_is_that_of_the_protos():
    done = subprocess.run([sys.executable, "-m", "gateway.protogen", "--check"], cwd=protogen.ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_catalogue_loads_so_every_method_has_a_rule():
    assert catalogue.load().keys() == METHODS.keys()


def test_every_service_has_its_proto_and_the_other_way_round():
    protos = {Path(file.name).stem for file in catalogue.files() if file.services_by_name} - {"events"}
    services = {path.parent.name for path in Path("services").glob("*/service.py")}
    assert protos == services


@pytest.mark.parametrize("path", sorted(METHODS))
def test_permissions_are_named_after_their_service(path):
    rule, service = catalogue.rule_of(METHODS[path]), path.split(".")[2].removesuffix("Service").partition("Service")[0].lower()
    if rule.public:
        assert rule.permission == ""
    else:
        assert _PERMISSION.match(rule.permission)
        assert rule.permission.split(".")[0] in (service, service + "s")


@pytest.mark.parametrize("path", CALLS)
def test_the_entrypoint_exists_and_agrees_on_what_changes_something(path):
    assert entrypoint(path).mutating == catalogue.rule_of(METHODS[path]).mutating


@pytest.mark.parametrize("path", CALLS)
def test_the_request_message_is_the_request_schema(path):
    assert list(differences(METHODS[path].input_type, entrypoint(path).request(), loading=True)) == []


@pytest.mark.parametrize("path", CALLS)
def test_the_answer_message_covers_the_answer_schema(path):
    schema = entrypoint(path).response
    assert schema is not None, "a method of the gateway says what it answers"
    assert list(differences(METHODS[path].output_type, schema(), loading=False)) == []


@pytest.mark.parametrize("path", CALLS)
def test_request_id_belongs_to_what_changes_something_and_to_nothing_else(path):
    assert ("request_id" in METHODS[path].input_type.fields_by_name) == catalogue.rule_of(METHODS[path]).mutating


@pytest.mark.parametrize("path", PAGED)
def test_lists_are_paged_the_same_way_everywhere(path):
    asked, answered = METHODS[path].input_type.fields_by_name, METHODS[path].output_type.fields_by_name
    assert {"page_size", "page_token"} <= set(asked)
    assert {"next_page_token", "total_size"} <= set(answered)


def test_no_secret_of_a_request_can_reach_the_audit_log():
    """Fields whose names say what they hold carry the option `sensitive`."""
    telling = re.compile(r"password|secret|identity_no|id_card|id_number|mobile|_phone$|token$|api_key$")
    open_ = [
        f"{path}: {name}"
        for path, method in METHODS.items()
        for name, field in method.input_type.fields_by_name.items()
        if field.type == FieldDescriptor.TYPE_STRING
        and telling.search(name)
        and name != "page_token"
        and name not in catalogue.sensitive_fields(method.input_type)
    ]
    assert open_ == []
