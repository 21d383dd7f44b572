"""Unary calls through a real gateway to a real service."""

import time
import uuid

import grpc
import pytest

from tests.integration.gateway.harness import refused

pytestmark = pytest.mark.usefixtures("echo_service")

READ = ("echo.read", "*")


def test_a_request_and_its_answer_keep_their_fields(client):
    answer = client.Say(text="早上好", count=0, mood=1, at={"seconds": 1795394100, "nanos": 5000})
    assert (answer.text, answer.HasField("count"), answer.mood, answer.at.seconds, answer.at.nanos) == ("早上好", True, 1, 1795394100, 5000)


def test_the_service_is_told_who_asks_with_the_scopes_of_the_permission(client, keys):
    metadata = keys.bearer(("echo.read", "hall:h0001"), ("echo.write", "*"), ("echo.read", "region:52.02.02"))
    answer = client.Say(metadata=metadata)
    assert (answer.subject, answer.staff_id, list(answer.scopes)) == ("a0001", "s0001", ["hall:h0001", "region:52.02.02"])


def test_an_account_without_a_person_has_no_staff_id(client, keys):
    assert client.Say(metadata=keys.bearer(READ, staff_id=None)).staff_id == ""


def test_public_methods_need_no_credentials_and_ask_as_nobody(client):
    answer = client.Open(metadata=())
    assert (answer.subject, list(answer.scopes)) == ("anonymous", [])


def test_the_callers_correlation_id_reaches_the_service_and_comes_back(client, keys):
    metadata = (*keys.bearer(READ), ("x-correlation-id", "case-42"))
    answer, call = client.Say(metadata=metadata, as_call=True)
    assert answer.correlation_id == "case-42"
    assert dict(call.trailing_metadata())["x-correlation-id"] == "case-42"


def test_a_correlation_id_is_made_when_there_is_none_or_a_harmful_one(client, keys):
    metadata = (*keys.bearer(READ), ("x-correlation-id", "a b{}"))
    answer, call = client.Say(metadata=metadata, as_call=True)
    assert uuid.UUID(answer.correlation_id)
    assert dict(call.trailing_metadata())["x-correlation-id"] == answer.correlation_id


@pytest.mark.parametrize(
    "kind",
    [
        "invalid_argument",
        "not_found",
        "already_exists",
        "failed_precondition",
        "permission_denied",
        "resource_exhausted",
        "unavailable",
        "aborted",
    ],
)
def test_a_services_error_arrives_with_code_reason_domain_metadata_and_violations(client, kind):
    error = refused(client.Fail, kind=kind)
    assert (error.code, error.reason, error.domain) == (grpc.StatusCode[kind.upper()], "ECHO_FAILS", "echo.hallbus")
    assert (error.metadata, error.violations, error.message) == ({"hall_id": "h0001"}, {"kind": "as asked"}, "as asked")


def test_a_bug_in_a_service_shows_nothing_of_itself(client):
    error = refused(client.Fail, kind="bug")
    assert error.code == grpc.StatusCode.INTERNAL
    assert "secret" not in error.message + str(error.metadata)
    assert error.trailing["x-correlation-id"]


def test_an_answer_that_does_not_fit_the_proto_is_internal(client, gateway):
    assert (refused(client.Mismatch).reason, "answer_mismatch" in gateway.log()) == ("ANSWER_MISMATCH", True)


def test_a_method_that_the_service_does_not_have_is_an_error_in_time(client):
    began = time.monotonic()
    error = refused(client.Missing, within=10)
    assert error.code in (
        grpc.StatusCode.UNIMPLEMENTED,
        grpc.StatusCode.NOT_FOUND,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.INVALID_ARGUMENT,
    )
    assert time.monotonic() - began < 10


def test_an_unknown_method_is_unimplemented(gateway):
    with gateway.channel() as channel:
        call = channel.unary_unary("/hallbus.v1.EchoService/Nothing")
        assert refused(call, b"", timeout=5).code == grpc.StatusCode.UNIMPLEMENTED


def test_a_call_without_a_deadline_is_refused(client):
    error = refused(client.Say, within=None)
    assert (error.code, error.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "DEADLINE_REQUIRED")


def test_the_remaining_time_travels_to_the_service_and_is_capped(client):
    assert 10.0 < client.Say(within=20).seconds_left < 20.0
    assert 55.0 < client.Say(within=3000).seconds_left <= 60.0


def test_a_call_that_runs_out_of_time_ends_in_time_and_says_so(client):
    began = time.monotonic()
    error = refused(client.Wait, seconds=4, within=0.7)
    assert (error.code, error.reason) == (grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED")
    assert time.monotonic() - began < 3


def test_a_request_over_one_mebibyte_is_refused_and_the_next_one_served(client):
    assert refused(client.Say, text="x" * 1024 * 1024).code == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert client.Say(text="x" * 500_000).text == "x" * 500_000


def test_a_body_that_is_no_message_is_refused(gateway, keys):
    with gateway.channel() as channel:
        error = refused(channel.unary_unary("/hallbus.v1.EchoService/Say"), b"\xff\xff", timeout=5, metadata=keys.bearer(READ))
    assert (error.code, error.reason, error.domain) == (grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_MESSAGE", "gateway.hallbus")


@pytest.mark.parametrize(("given", "description"), [("", "is required"), ("first", "is no UUID")])
def test_a_mutating_call_needs_a_request_id(client, given, description):
    error = refused(client.Change, request_id=given, hall_id="h0001")
    assert error.code == grpc.StatusCode.INVALID_ARGUMENT
    assert error.violations["request_id"].startswith(description)


def test_mutating_calls_are_written_to_the_audit_log_with_sensitive_fields_masked(client, gateway, keys):
    request_id, metadata = str(uuid.uuid4()), (*keys.bearer(("echo.write", "*")), ("x-correlation-id", "audit-1"))
    client.Change(
        request_id=request_id, hall_id="h0001", password="hunter2", secrets={"codes": ["c0de"], "hint": "blue"}, metadata=metadata
    )
    line = next(line for line in gateway.audit() if line["correlation_id"] == "audit-1")
    assert (line["account_id"], line["staff_id"], line["method"], line["halls"], line["code"]) == (
        "a0001", "s0001", "EchoService/Change", ["h0001"], "OK",
    )  # fmt: skip
    assert line["request"] == {"request_id": request_id, "hall_id": "h0001", "password": "***", "secrets": {"codes": "***", "hint": "blue"}}
    assert "hunter2" not in gateway.log()


def test_refused_mutating_calls_are_in_the_audit_log_too(client, gateway, keys):
    refused(client.Change, request_id=str(uuid.uuid4()), metadata=(*keys.bearer(READ), ("x-correlation-id", "audit-2")))
    line = next(line for line in gateway.audit() if line["correlation_id"] == "audit-2")
    assert (line["code"], line["reason"], line["account_id"]) == ("PERMISSION_DENIED", "PERMISSION_MISSING", "a0001")


def test_calls_that_change_nothing_are_not_in_the_audit_log(client, gateway, keys):
    client.Say(metadata=(*keys.bearer(READ), ("x-correlation-id", "read-1")))
    assert "read-1" not in gateway.audit_file.read_text()
    assert "read-1" in gateway.log()


def test_requests_are_counted_by_method_and_code(client, gateway):
    name, labels = "hallbus_gateway_requests_total", {"method": "EchoService/Say", "code": "OK"}
    before = gateway.metric(name, **labels)
    client.Say()
    assert gateway.metric(name, **labels) == before + 1
    assert gateway.metric("hallbus_gateway_request_duration_seconds_count", method="EchoService/Say") > 0
    assert gateway.metric("hallbus_gateway_requests_in_flight") == 0
