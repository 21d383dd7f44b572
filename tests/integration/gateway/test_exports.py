"""Exports through a real gateway from a real service: a page a message, the error of a page at its place, on the audit log."""

import uuid

import grpc
import pytest

pytestmark = pytest.mark.usefixtures("echo_service")


@pytest.fixture
def pages(gateway, messages, keys):
    """`pages(pages=3)`: the texts that came, and the error that ended the stream, if any."""
    channel = gateway.channel()
    call = channel.unary_stream(
        "/hallbus.v1.EchoService/Pages",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=messages.PagesAnswer.FromString,
    )

    def ask(*, metadata=None, **fields):
        got = []
        try:
            stream = call(messages.PagesRequest(**fields), timeout=10, metadata=metadata or keys.bearer(("echo.export", "*")))
            got.extend((answer.text, answer.next_page_token) for answer in stream)
        except grpc.RpcError as error:
            return got, error.code()
        return got, None

    yield ask
    channel.close()


def test_every_page_is_a_message_until_the_last(pages):
    assert pages(pages=3) == ([("page 3 for a0001", "2"), ("page 2 for a0001", "1"), ("page 1 for a0001", "")], None)


def test_a_broken_stream_is_taken_up_again_with_the_last_token(pages):
    got, code = pages(pages=3, fails_at=1)
    assert ([text for text, _ in got], code) == (["page 3 for a0001", "page 2 for a0001"], grpc.StatusCode.FAILED_PRECONDITION)
    assert pages(page_token=got[-1][1]) == ([("page 1 for a0001", "")], None)


def test_permission_and_hall_are_checked_before_the_first_page(pages, keys):
    assert pages(metadata=keys.bearer(("echo.read", "*"))) == ([], grpc.StatusCode.PERMISSION_DENIED)
    assert pages(hall_id="h0009", metadata=keys.bearer(("echo.export", "hall:h0001"))) == ([], grpc.StatusCode.PERMISSION_DENIED)
    assert pages(metadata=(("authorization", "Bearer nonsense"),)) == ([], grpc.StatusCode.UNAUTHENTICATED)


def test_an_export_is_in_the_audit_log_with_its_filters_masked(pages, gateway, keys):
    mark = str(uuid.uuid4())
    pages(pages=2, secret=mark, metadata=(*keys.bearer(("echo.export", "*")), ("x-correlation-id", mark)))
    (line,) = [line for line in gateway.audit() if line["correlation_id"] == mark]
    assert (line["method"], line["code"], line["account_id"]) == ("EchoService/Pages", "OK", "a0001")
    assert line["request"] == {"pages": 2, "secret": "***"}
