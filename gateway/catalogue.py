"""What the gateway offers, read from the descriptors of package hallbus.v1 and nowhere else."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import hallbus.v1
from google.protobuf.descriptor import Descriptor, FieldDescriptor, FileDescriptor, MethodDescriptor
from hallbus.v1 import options_pb2

from gateway.conversion import AnswerWriter, RequestReader, UnsupportedFieldError

# The one method the gateway answers itself: a stream cannot travel over RPC.
SUBSCRIBE = "/hallbus.v1.EventService/Subscribe"


class CatalogueError(Exception):
    """The protos cannot be served; `problems` names every method and what is wrong with it."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("protos:\n  " + "\n  ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Rule:
    """The method option `rule`: who may call, which request field names the hall, whether it changes anything, whether its pages make a stream."""

    permission: str
    public: bool = False
    hall_field: str = ""
    mutating: bool = False
    export: bool = False


@dataclass(frozen=True)
class Method:
    """One RPC: `path` on the wire, `label` for metrics and logs, nameko `service` and `rpc`, and its compiled converters."""

    path: str
    service: str
    rpc: str
    rule: Rule
    read: RequestReader
    write: AnswerWriter
    masked: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        """For example "IntakeService/AcceptCase"."""
        return self.path.rpartition(".")[2]


def files() -> list[FileDescriptor]:
    """Every generated file of hallbus.v1, in the order of their names."""
    names = sorted(module.name for module in pkgutil.iter_modules(hallbus.v1.__path__) if module.name.endswith("_pb2"))
    return [importlib.import_module(f"hallbus.v1.{name}").DESCRIPTOR for name in names]


def load(descriptors: Iterable[FileDescriptor] | None = None) -> dict[str, Method]:
    """All methods by path. Raises CatalogueError naming everything that cannot be served, methods without a rule first of all."""
    methods: dict[str, Method] = {}
    problems: list[str] = []
    for file in files() if descriptors is None else descriptors:
        for descriptor in _methods(file):
            path = f"/{descriptor.containing_service.full_name}/{descriptor.name}"
            found = _problems(descriptor, path)
            if not found:
                try:
                    methods[path] = _method(descriptor, path)
                except UnsupportedFieldError as error:
                    found = [str(error)]
            problems += [f"{path}: {problem}" for problem in found]
    if problems:
        raise CatalogueError(problems)
    return methods


def snake(name: str) -> str:
    """`AcceptCase` → `accept_case`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def rule_of(descriptor: MethodDescriptor) -> Rule | None:
    """The method's rule; None when the proto gives none."""
    extensions = descriptor.GetOptions().Extensions
    if not descriptor.GetOptions().HasExtension(options_pb2.rule):
        return None
    rule = extensions[options_pb2.rule]
    return Rule(rule.permission, rule.public, rule.hall_field, rule.mutating, rule.export)


def sensitive_fields(descriptor: Descriptor) -> frozenset[str]:
    """Dotted paths (lists without index) of the fields that no log may show."""
    return frozenset(_sensitive(descriptor, "", ()))


def _methods(file: FileDescriptor) -> Iterator[MethodDescriptor]:
    for service in file.services_by_name.values():
        yield from service.methods


def _method(descriptor: MethodDescriptor, path: str) -> Method:
    rule = rule_of(descriptor)
    assert rule is not None
    return Method(
        path=path,
        service=snake(descriptor.containing_service.name.removesuffix("Service")),
        rpc=snake(descriptor.name),
        rule=rule,
        read=RequestReader(descriptor.input_type),
        write=AnswerWriter(descriptor.output_type),
        masked=sensitive_fields(descriptor.input_type),
    )


def _problems(descriptor: MethodDescriptor, path: str) -> list[str]:
    rule = rule_of(descriptor)
    if rule is None:
        return ["has no rule: add option (hallbus.v1.rule)"]
    problems = []
    if not descriptor.containing_service.name.endswith("Service"):
        problems.append("its service is not named <Name>Service")
    if not rule.permission and not rule.public:
        problems.append("its rule names no permission and is not public")
    if rule.mutating and not _is_string(descriptor.input_type.fields_by_name.get("request_id")):
        problems.append("is mutating and has no string request_id")
    if rule.hall_field and not _is_string(_resolve(descriptor.input_type, rule.hall_field)):
        problems.append(f"its hall_field {rule.hall_field!r} is no string of {descriptor.input_type.name}")
    if descriptor.client_streaming or (descriptor.server_streaming and path != SUBSCRIBE and not rule.export):
        problems.append("streams; only EventService.Subscribe and exports may")
    if rule.export:
        problems += _export_problems(descriptor, rule)
    return problems


def _export_problems(descriptor: MethodDescriptor, rule: Rule) -> list[str]:
    problems = []
    if not descriptor.server_streaming:
        problems.append("is an export and does not stream its answers")
    if rule.mutating:
        problems.append("is an export and mutating")
    if not _is_string(descriptor.input_type.fields_by_name.get("page_token")):
        problems.append("is an export and has no string page_token")
    if not _is_string(descriptor.output_type.fields_by_name.get("next_page_token")):
        problems.append("is an export and its answer has no string next_page_token")
    return problems


def _is_string(field: FieldDescriptor | None) -> bool:
    return field is not None and field.type == FieldDescriptor.TYPE_STRING


def _resolve(descriptor: Descriptor | None, path: str) -> FieldDescriptor | None:
    field = None
    for name in path.split("."):
        field = descriptor.fields_by_name.get(name) if descriptor is not None else None
        descriptor = field.message_type if field is not None else None
    return field


def _sensitive(descriptor: Descriptor, prefix: str, above: tuple[Any, ...]) -> Iterator[str]:
    for field in descriptor.fields:
        name = prefix + field.name
        if field.GetOptions().Extensions[options_pb2.sensitive]:
            yield name
        elif field.message_type is not None and field.message_type.full_name not in above:
            yield from _sensitive(field.message_type, name + ".", (*above, field.message_type.full_name))
