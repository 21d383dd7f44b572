"""Protos to the services' dicts and back, compiled once per message descriptor.

Field names stay. Unset fields, proto3 defaults without `optional` and enum zeros are left out; `google.protobuf.Timestamp` is an RFC 3339
string in UTC; enum value `GRADE_VERY_SATISFIED` of `Grade` is "very_satisfied"; bytes are base64 (RFC 4648) strings.
"""

from gateway.conversion.answers import AnswerMismatchError, AnswerWriter
from gateway.conversion.requests import RequestReader
from gateway.conversion.values import UnsupportedFieldError

__all__ = ["AnswerMismatchError", "AnswerWriter", "RequestReader", "UnsupportedFieldError"]
