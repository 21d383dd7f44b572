"""The envelope around every event: CloudEvents 1.0 in structured JSON, with the extensions of Hallbus.

The chassis builds it; this is the description that integrators, documents and tests hold it against.
"""

from __future__ import annotations

import hashlib
from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from contracts.fields import Time
from contracts.registry import REGISTRY, Contract, ContractError, Registry

JsonDict = dict[str, Any]

EXCHANGE = "hallbus.events"
CONTENT_TYPE = "application/cloudevents+json"
#: CloudEvents' Integer has 32 bits.
INT32 = 2**31 - 1

_ID = r"^[^\s]{1,64}\Z"
_HALL = r"^[^\s.*#]{1,64}\Z"
_REGION = r"^[0-9]{2}(\.[0-9]{2}){0,2}(\.[0-9]{2,3})?\Z"


def _word(pattern: str, *, required: bool = True) -> fields.Field[Any]:
    return fields.String(required=required, validate=validate.Regexp(pattern))


class Envelope(Schema):
    """CloudEvents 1.0, structured JSON. Context attributes are lower case without separators, as the specification wants them."""

    class Meta:
        unknown = RAISE

    specversion = fields.String(required=True, validate=validate.Equal("1.0"))  # version of CloudEvents
    id = _word(_ID)  # unique for ever (UUID version 7); a repeat has the same id, so consumers deduplicate by it
    source = _word(r"^/hallbus/[a-z]+\Z")  # the service that owns the event
    type = _word(r"^hallbus\.[a-z]+\.[a-z_]+\.[a-z_]+\.v[1-9][0-9]*\Z")  # event type with its version
    subject = fields.String(required=True, validate=validate.Length(min=1, max=200))  # what it happened to; `version` counts within it
    time = Time()  # when it happened, UTC; not when it was sent
    datacontenttype = fields.String(required=True, validate=validate.Equal("application/json"))  # of `data`
    data = fields.Dict(required=True)  # the event's own fields, see its type
    hallid = _word(_HALL, required=False)  # the hall; absent when no single hall is concerned
    region = _word(_REGION)
    sequence = _word(
        r"^[0-9]{16}\Z"
    )  # place in the source's log: dense within source and epoch, so that any loss shows; zero-padded, sorts as text
    epoch = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=INT32))  # grows when a source's log begins anew
    version = fields.Integer(
        required=True, strict=True, validate=validate.Range(min=1, max=INT32)
    )  # number within the subject, without gaps
    correlationid = _word(_ID)  # the same on everything that one outside cause led to
    causationid = _word(_ID, required=False)  # the event or request directly before


_ENVELOPE = Envelope()


def check(message: JsonDict, registry: Registry = REGISTRY) -> Contract:
    """The contract of a complete message, after holding envelope and data against it strictly.

    Raises ContractError naming the fields: in the envelope, in the data, or the type, source and version that do not fit each other.
    """
    wire_type = message.get("type") if isinstance(message, dict) else None
    errors = _ENVELOPE.validate(message)
    if errors:
        raise ContractError(str(wire_type), 0, errors)
    try:
        contract = registry.by_wire_type(str(wire_type))
    except KeyError as error:
        raise ContractError(str(wire_type), 0, {"type": [str(error.args[0])]}) from None
    if message["source"] != source_of(contract):
        raise ContractError(contract.type, contract.version, {"source": [f"must be {source_of(contract)}, the only owner of the type"]})
    contract.validate(message["data"])
    return contract


def source_of(contract: Contract) -> str:
    """CloudEvents `source` of the events of a contract."""
    return f"/hallbus/{contract.owner}"


#: Subjects that are not simply the first field of the data.
_SUBJECTS = {"attendance.day": "{staff_id}/{date}", "attendance.person": "{staff_id}/{date}", "directory.calendar": "calendar"}


def example(contract: Contract, index: int) -> JsonDict:
    """The complete message of one of a contract's examples; the same in every run."""
    data = contract.examples[index]
    digest = hashlib.sha256(f"{contract.wire_type}#{index}".encode()).hexdigest()
    first = next(iter(contract.schema().fields))
    subject = _SUBJECTS.get(contract.type.rpartition(".")[0], f"{{{first}}}").format(**data)
    moments = [data[name] for name, field in contract.schema().fields.items() if field.metadata.get("kind") == "Time" and data.get(name)]
    message = {
        "specversion": "1.0",
        "id": f"019aaf2e-0000-7{digest[:3]}-8{digest[3:6]}-{digest[6:18]}",
        "source": source_of(contract),
        "type": contract.wire_type,
        "subject": subject,
        "time": max(moments, default="2026-11-23T09:30:00+00:00"),
        "datacontenttype": "application/json",
        "region": "52.02",
        "version": index + 1,
        "correlationid": f"019aaf2e-0000-7{digest[18:21]}-8{digest[21:24]}-{digest[24:36]}",
        "data": data,
        "hallid": data.get("hall_id") or "h0001",
        "sequence": f"{int(digest[36:40], 16) + 1:016d}",
        "epoch": 1,
    }
    if subject == "calendar":
        # The one subject that belongs to the city and to no hall.
        del message["hallid"]
    return message


def routing_key(contract: Contract, message: JsonDict) -> str:
    """`<service>.<subject>.<verb>.v<n>.<region path>.<hall>`; "_" stands for no hall."""
    return f"{contract.type}.v{contract.version}.{message['region']}.{message.get('hallid', '_')}"
