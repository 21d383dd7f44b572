"""From marshmallow schemas to JSON Schema, for the field kinds that contracts use; anything else is refused rather than described wrongly.

The output keeps to keywords that mean the same in draft 2020-12 and in the schema dialect of AsyncAPI 3, so that one description serves both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from contracts.fields import ExactDate, ExactTime

JsonDict = dict[str, Any]
Meanings = Callable[[type[Schema]], Mapping[str, str]]


class ConversionError(TypeError):
    """A field or validator that has no agreed JSON Schema; the text names schema and field."""


def object_schema(schema: type[Schema], *, meanings: Meanings | None = None, closed: bool = False) -> JsonDict:
    """The JSON Schema of a marshmallow schema's objects.

    Open by default, as readers must be; `closed` refuses unknown fields at every depth, as producers do. `meanings` gives each field's description.
    """
    said = meanings(schema) if meanings else {}
    properties: JsonDict = {}
    required: list[str] = []
    for name, field in schema().fields.items():
        try:
            described = field_schema(field, meanings=meanings, closed=closed)
        except ConversionError as problem:
            raise ConversionError(f"{schema.__name__}.{name}: {problem}") from None
        key = field.data_key or name
        properties[key] = {**described, "description": said[name]} if said.get(name) else described
        if field.required:
            required.append(key)
    result: JsonDict = {"type": "object", "properties": properties}
    if required:
        result["required"] = required
    if closed:
        result["additionalProperties"] = False
    return result


def field_schema(field: fields.Field[Any], *, meanings: Meanings | None = None, closed: bool = False) -> JsonDict:
    """The JSON Schema of one field's values. Raises ConversionError."""
    described = _typed(field, meanings=meanings, closed=closed)
    for validator in field.validators:
        described.update(_constraint(validator))
    if field.allow_none:
        described["type"] = [described["type"], "null"]
        if "enum" in described:
            described["enum"] = [*described["enum"], None]
    return described


def _typed(field: fields.Field[Any], *, meanings: Meanings | None, closed: bool) -> JsonDict:
    if isinstance(field, fields.List):
        return {"type": "array", "items": field_schema(field.inner, meanings=meanings, closed=closed)}
    if isinstance(field, fields.Nested):
        return object_schema(type(field.schema), meanings=meanings, closed=closed)
    if isinstance(field, ExactTime):
        return {"type": "string", "format": "date-time", "pattern": portable(field.wire_pattern)}
    if isinstance(field, ExactDate):
        return {"type": "string", "format": "date", "pattern": portable(field.wire_pattern)}
    # Exact classes: a subclass may read values in its own way, which its parent's description would hide.
    name = type(field).__name__
    simple = {"String": "string", "Integer": "integer", "ExactBoolean": "boolean", "Dict": "object"}
    if name not in simple or (name == "Integer" and not getattr(field, "strict", False)):
        raise ConversionError(f"no JSON Schema is agreed for marshmallow's {name} (integers must be strict)")
    return {"type": simple[name]}


def _constraint(validator: Any) -> JsonDict:
    match validator:
        case validate.Regexp():
            return {"pattern": portable(validator.regex.pattern)}
        case validate.Length(equal=None):
            return _without_none({"minLength": validator.min, "maxLength": validator.max})
        case validate.Range(min_inclusive=True, max_inclusive=True):
            return _without_none({"minimum": validator.min, "maximum": validator.max})
        case validate.OneOf():
            return {"enum": list(validator.choices)}
        case validate.Equal():
            return {"const": validator.comparable}
    raise ConversionError(f"no JSON Schema is agreed for the validator {validator!r}")


def portable(pattern: str | bytes) -> str:
    """A Python pattern in the common language of JSON Schema, whose `$` is already the very end of the text."""
    return str(pattern).replace(r"\A", "^").replace(r"\Z", "$")


def _without_none(keywords: JsonDict) -> JsonDict:
    return {name: value for name, value in keywords.items() if value is not None}
