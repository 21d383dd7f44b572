"""The family of errors as gRPC sees it: google.rpc.Status with ErrorInfo and BadRequest."""

from __future__ import annotations

from dataclasses import dataclass

import grpc
from google.protobuf import any_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2

from chassis.errors import HallbusError

DETAILS_KEY = "grpc-status-details-bin"
# HTTP/2 peers limit all metadata of an answer to 8 KiB by default; a longer status would turn into an unreadable error. On the wire the
# details grow by a third (base64) and a Chinese message by a factor of nine per character (percent-encoded UTF-8).
_MESSAGE_CHARACTERS = 200
_METADATA_CHARACTERS = 64
_METADATA_KEYS = 10
_VIOLATION_CHARACTERS = 120
_VIOLATION_BYTES = 2000


@dataclass(frozen=True)
class Failure:
    """What the client is told: status code, message and the details in trailing metadata."""

    code: grpc.StatusCode
    message: str
    details: bytes


def failure(error: HallbusError, *, service: str) -> Failure:
    """The error as the client gets it; `service` is the domain that the reason belongs to."""
    code = grpc.StatusCode[error.code.upper()]
    message = error.message[:_MESSAGE_CHARACTERS]
    metadata = {key: value[:_METADATA_CHARACTERS] for key, value in list(error.metadata.items())[:_METADATA_KEYS]}
    status = status_pb2.Status(code=code_pb2.Code.Value(code.name), message=message)
    status.details.append(_packed(error_details_pb2.ErrorInfo(reason=error.reason, domain=f"{service}.hallbus", metadata=metadata)))
    if error.violations:
        status.details.append(_packed(_bad_request(error)))
    return Failure(code, message, status.SerializeToString())


def _bad_request(error: HallbusError) -> error_details_pb2.BadRequest:
    """The violations, as many as there is room for; the first ones are those a person reads."""
    bad = error_details_pb2.BadRequest()
    for violation in error.violations:
        field, description = violation.field[:_VIOLATION_CHARACTERS], violation.description[:_VIOLATION_CHARACTERS]
        bad.field_violations.add(field=field, description=description)
        if bad.ByteSize() > _VIOLATION_BYTES:
            del bad.field_violations[-1]
            break
    return bad


def _packed(detail: error_details_pb2.ErrorInfo | error_details_pb2.BadRequest) -> any_pb2.Any:
    packed = any_pb2.Any()
    packed.Pack(detail)
    return packed
