"""A call on the wire."""

import time
import uuid

import orjson
import pytest
from amqp.basic_message import Message
from hypothesis import given
from hypothesis import strategies as st

from chassis.caller import Caller
from chassis.errors import FailedPrecondition, InvalidArgument
from chassis.wire import CALLER, CORRELATION, DEADLINE, expired, read_request, reply_message, request_message


def a_message(body=b'{"args":[{}],"kwargs":{}}', **headers):
    return Message(body, application_headers=headers)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3),
    max_leaves=8,
)
requests = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), values, max_size=4)


@given(requests, st.none() | st.just(Caller("a", "s1", ("hall:h1",))), st.floats(0.01, 60))
def test_a_request_arrives_with_caller_correlation_and_deadline(request, caller, seconds):
    message = request_message(request, call_id="1", reply_to="r", seconds=seconds, caller=caller, correlation_id="c-1")
    call = read_request(message)
    assert call.request == request
    assert call.context.caller == (caller or Caller.system())
    assert call.context.correlation_id == "c-1"
    assert 0 < call.context.remaining(100.0) <= seconds
    assert int(message.properties["expiration"]) == max(1, int(seconds * 1000))
    assert message.properties["delivery_mode"] == 1
    assert not expired(message)


@pytest.mark.parametrize("given", [None, "", 7, 7.5, True, b"bytes", [], ["a"], {"a": 1}, "x" * 129, "line\nbreak", "nul\0", "\ud800"])
def test_a_correlation_that_is_no_short_text_is_replaced_and_the_call_goes_on(given):
    ids = {read_request(a_message(**{CORRELATION: given})).context.correlation_id for _ in range(2)}
    assert len(ids) == 2
    assert all(uuid.UUID(made).version == 7 for made in ids)


@pytest.mark.parametrize("given", ["c-1", "请求-7", "x" * 128, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"])
def test_a_callers_own_correlation_is_kept(given):
    assert read_request(a_message(**{CORRELATION: given})).context.correlation_id == given


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"[]",
        b"5",
        b"null",
        b"{}",
        b'{"args":5}',
        b'{"args":null}',
        b'{"args":[]}',
        b'{"args":[{},{}]}',
        b'{"args":["x"]}',
        b'{"args":[null]}',
    ],
)
def test_a_body_that_is_no_call_is_refused(body):
    with pytest.raises(InvalidArgument) as wrong:
        read_request(a_message(body))
    assert wrong.value.reason == "MALFORMED_REQUEST"


@pytest.mark.parametrize(
    "headers",
    [
        {CALLER: "{"},
        {CALLER: "{}"},
        {CALLER: "[]"},
        {CALLER: '"x"'},
        {CALLER: 5},
        {CALLER: '{"subject":"a","scopes":5}'},
        {DEADLINE: "soon"},
        {DEADLINE: []},
    ],
)
def test_headers_that_are_none_of_ours_are_refused(headers):
    with pytest.raises(InvalidArgument) as wrong:
        read_request(a_message(**headers))
    assert wrong.value.reason == "MALFORMED_REQUEST"


def test_a_call_without_our_headers_is_nameko_s_and_comes_from_the_house():
    call = read_request(Message(b'{"args":[{"a":1}],"kwargs":{}}'))
    assert (call.request, call.context.caller, call.context.deadline) == ({"a": 1}, Caller.system(), None)
    assert call.context.correlation_id


@pytest.mark.parametrize(
    ("deadline", "over"),
    [("1.0", True), (1.0, True), ("soon", False), ([], False), ({}, False), ("nan", False), (None, False), ("9e99", False)],
)
def test_only_a_deadline_that_is_past_is_over(deadline, over):
    assert expired(a_message(**{DEADLINE: deadline})) is over


def test_a_deadline_just_ahead_is_not_over():
    assert not expired(a_message(**{DEADLINE: repr(time.time() + 5)}))
    assert not expired(Message(b"{}"))


@given(values)
def test_a_reply_holds_the_answer(value):
    message = reply_message("call-1", value, None)
    assert orjson.loads(message.body) == {"result": value, "error": None}
    assert message.properties["correlation_id"] == "call-1"


def test_a_reply_holds_the_error():
    body = orjson.loads(reply_message("call-1", None, FailedPrecondition("CASE_ALREADY_CLOSED", "已办结", case_id=7)).body)
    assert body["error"]["exc_args"][:3] == ["failed_precondition", "CASE_ALREADY_CLOSED", "已办结"]


@pytest.mark.parametrize("value", [{1, 2}, 10**30, b"bytes", object()])
def test_an_answer_that_cannot_be_written_is_told_as_such(value):
    body = orjson.loads(reply_message("call-1", {"value": value}, None).body)
    assert body["result"] is None
    assert body["error"]["exc_args"][1] == "UNSERIALIZABLE_REPLY"


def test_the_names_of_the_headers_are_part_of_the_contract():
    assert (CALLER, CORRELATION, DEADLINE) == ("hallbus-caller", "hallbus-correlation", "hallbus-deadline")
