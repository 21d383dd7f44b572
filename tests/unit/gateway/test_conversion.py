"""Protos to dicts and back."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import InvalidArgument
from gateway.conversion import AnswerMismatchError, AnswerWriter, RequestReader, UnsupportedFieldError
from tests.unit.gateway.specimen import message, other, specimen

READ = RequestReader(specimen())
WRITE = AnswerWriter(specimen())


def read(**fields):
    return READ(message(**fields).SerializeToString())


def written(answer):
    return type(message()).FromString(WRITE(answer))


def test_unset_fields_defaults_and_unspecified_enums_are_left_out():
    assert read(text="", count=0, flag=False, grade=0, many_text=[]) == {}


def test_optional_fields_keep_zero_false_and_empty():
    assert read(maybe_text="", maybe_count=0, maybe_flag=False) == {"maybe_text": "", "maybe_count": 0, "maybe_flag": False}


def test_enums_are_their_lower_case_names_without_prefix():
    assert read(grade=1, many_grade=[2, 1]) == {"grade": "very_satisfied", "many_grade": ["poor", "very_satisfied"]}


def test_timestamps_are_rfc_3339_in_utc():
    assert read(at={"seconds": 1795394100, "nanos": 250_000_000}) == {"at": "2026-11-23T00:35:00.250000Z"}
    assert read(at={}) == {"at": "1970-01-01T00:00:00Z"}


def test_an_empty_message_field_is_there():
    assert read(inner={}) == {"inner": {}}


def test_large_money_stays_a_number():
    assert read(fee_fen=2**62) == {"fee_fen": 2**62}


def test_maps_are_dicts_with_string_keys():
    assert read(counts={"a": 1}, parts={7: {"text": "x"}}) == {"counts": {"a": 1}, "parts": {"7": {"text": "x"}}}


@pytest.mark.parametrize(
    ("fields", "field", "description"),
    [
        ({"grade": 9}, "grade", "9 is no known value"),
        ({"many_grade": [1, 0]}, "many_grade[1]", "0 is no known value"),
        ({"text": "a\x00b"}, "text", "must not contain the character NUL"),
        (
            {"many_inner": [{}, {"inner": {"many_text": ["ok", "\x00"]}}]},
            "many_inner[1].inner.many_text[1]",
            "must not contain the character NUL",
        ),
        ({"ratio": float("nan")}, "ratio", "must be a finite number"),
        ({"at": {"seconds": 2**60}}, "at", "not a moment between the years 1 and 9999"),
        ({"parts": {7: {"ratio": float("inf")}}}, "parts.7.ratio", "must be a finite number"),
    ],
)
def test_what_no_service_could_take_is_refused_naming_the_field(fields, field, description):
    with pytest.raises(InvalidArgument) as caught:
        read(**fields)
    assert [(v.field, v.description) for v in caught.value.violations] == [(field, description)]


def test_a_body_that_is_no_message_is_refused():
    with pytest.raises(InvalidArgument) as caught:
        READ(b"\xff\xff\xff")
    assert caught.value.reason == "MALFORMED_MESSAGE"


def test_none_and_unknown_keys_are_left_out_of_answers():
    assert written({"text": None, "newer_field": {"a": 1}, "count": 3, "inner": {"text": None, "who": 1}}) == message(count=3, inner={})


def test_answers_take_enums_timestamps_bytes_and_maps():
    answer = {
        "grade": "poor",
        "at": "2026-11-23T08:35:00.25+08:00",
        "blob": "AAE=",
        "parts": {"7": {"text": "x"}},
        "counts": {"a": 1, "b": None},
    }
    expected = message(
        grade=2, at={"seconds": 1795394100, "nanos": 250_000_000}, blob=b"\x00\x01", parts={7: {"text": "x"}}, counts={"a": 1}
    )
    assert written(answer) == expected


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ({"count": "three"}, "count"),
        ({"text": 5}, "text"),
        ({"grade": "superb"}, "grade"),
        ({"at": "yesterday"}, "at"),
        ({"at": "2026-11-23T08:35:00"}, "at"),
        ({"many_inner": [{"text": "x"}, {"inner": {"flag": "no"}}]}, "many_inner[1].inner.flag"),
        ({"inner": "x"}, "inner"),
        ({"count": 2**40}, "count"),
    ],
)
def test_an_answer_the_proto_cannot_carry_names_the_field(answer, field):
    with pytest.raises(AnswerMismatchError) as caught:
        WRITE(answer)
    assert caught.value.field == field


@pytest.mark.parametrize("name", ["Foreign", "BadEnum"])
def test_fields_without_a_form_are_refused_when_compiled(name):
    for compile_ in (RequestReader, AnswerWriter):
        with pytest.raises(UnsupportedFieldError):
            compile_(other(name))


_TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
_MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001 - hypothesis wants naive bounds
_SCALARS = {
    "text": _TEXT,
    "flag": st.booleans(),
    "count": st.integers(-(2**31), 2**31 - 1),
    "fee_fen": st.integers(-(2**63), 2**63 - 1),
    "ratio": st.floats(allow_nan=False, allow_infinity=False),
    "blob": st.binary(),
    "grade": st.sampled_from([1, 2]),
}
_FIELDS = _SCALARS | {f"many_{name}": st.lists(kind, max_size=3) for name, kind in _SCALARS.items()}
_FIELDS |= {
    "maybe_text": _TEXT,
    "maybe_count": _SCALARS["count"],
    "maybe_flag": st.booleans(),
    "counts": st.dictionaries(_TEXT, _SCALARS["count"], max_size=3),
}


def _timestamp(moment):
    passed = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return {"seconds": passed // timedelta(seconds=1), "nanos": passed.microseconds * 1000}


_FIELDS["at"] = _MOMENTS.map(_timestamp)
_MESSAGES = st.recursive(
    st.fixed_dictionaries({}, optional=_FIELDS),
    lambda inner: st.fixed_dictionaries(
        {},
        optional=_FIELDS
        | {"inner": inner, "many_inner": st.lists(inner, max_size=2), "parts": st.dictionaries(st.integers(0, 9), inner, max_size=2)},
    ),
    max_leaves=4,
)


@given(_MESSAGES)
def test_a_message_survives_the_way_to_a_dict_and_back(fields):
    sent = message(**fields)
    assert written(READ(sent.SerializeToString())) == sent
