"""The family of errors, and how it travels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import FAMILY, HTTP_STATUS, HallbusError, Internal, InvalidArgument, Unavailable, Violation, adopt, from_wire, to_wire

text = st.text(max_size=30)
errors = st.builds(
    lambda cls, reason, message, metadata, violations: cls(reason, message, violations=violations, **metadata),
    st.sampled_from(sorted(FAMILY.values(), key=lambda cls: cls.code)),
    st.from_regex(r"[A-Z][A-Z_]{2,20}", fullmatch=True),
    text,
    st.dictionaries(st.from_regex(r"[a-z][a-z_]{1,9}x", fullmatch=True), text, max_size=3),
    st.lists(st.builds(Violation, text, text), max_size=3),
)


@given(errors)
def test_an_error_arrives_as_it_was_sent(error):
    arrived = from_wire(to_wire(error))
    assert type(arrived) is type(error)
    assert (arrived.reason, arrived.message, arrived.metadata, arrived.violations) == (
        error.reason,
        error.message,
        error.metadata,
        error.violations,
    )


def test_every_code_has_a_class_and_an_http_status():
    assert set(FAMILY) == set(HTTP_STATUS)
    assert all(FAMILY[code].code == code for code in FAMILY)
    assert {code for code, cls in FAMILY.items() if cls.retryable} == {"unavailable", "deadline_exceeded", "aborted"}


@pytest.mark.parametrize(
    "body",
    [{}, {"exc_type": "KeyError", "value": "'x'"}, {"exc_type": "RpcError", "exc_args": ["only", "three", "parts"]}, {"exc_args": None}],
)
def test_a_foreign_exception_has_no_promise(body):
    assert (type(from_wire(body)), from_wire(body).reason) == (Internal, "REMOTE_ERROR")


def test_an_unknown_code_is_internal_but_keeps_its_reason():
    error = from_wire({"exc_type": "RpcError", "exc_args": ["brand_new", "SOMETHING", "text", "{}"]})
    assert (type(error), error.reason, error.metadata) == (Internal, "SOMETHING", {})


def test_domain_errors_are_adopted_by_reason_and_code_alone():
    class CaseClosed(Exception):
        code = "failed_precondition"
        reason = "CASE_ALREADY_CLOSED"
        metadata = {"case_id": 7}  # noqa: RUF012  as a domain class would have it

    adopted = adopt(CaseClosed("closed yesterday"))
    assert adopted is not None
    assert (type(adopted), adopted.reason, adopted.message) == (FAMILY["failed_precondition"], "CASE_ALREADY_CLOSED", "closed yesterday")
    assert adopted.metadata == {"case_id": "7"}


@pytest.mark.parametrize(
    "attributes", [{}, {"reason": "X"}, {"code": "internal"}, {"reason": 5, "code": "internal"}, {"reason": "X", "code": "no_such"}]
)
def test_other_exceptions_are_not(attributes):
    assert adopt(type("Strange", (Exception,), attributes)()) is None


def test_members_are_adopted_as_they_are():
    error = Unavailable("BROKER_BLOCKED")
    assert adopt(error) is error
    assert (error.message, str(error)) == ("BROKER_BLOCKED", "BROKER_BLOCKED: BROKER_BLOCKED")
    assert isinstance(InvalidArgument("X"), HallbusError)
