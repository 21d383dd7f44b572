"""Field kinds of RPC schemas: what they take, what they answer to bad input, and what an absent field becomes."""

from datetime import UTC, date, datetime

import pytest
from marshmallow import Schema, ValidationError, fields

from chassis.fields import (
    PageRequest,
    PageResponse,
    a_code,
    a_day,
    a_moment,
    an_id,
    codes,
    count,
    flag,
    many,
    maybe_count,
    maybe_day,
    maybe_flag,
    maybe_id,
    maybe_moment,
    maybe_words,
    must_be,
    one_of,
    some_of,
    verdict,
    words,
)

ABSENT = object()
REQUIRED = "Missing data for required field."


class Item(Schema):
    """An inner schema."""

    name = words(5)


def load(kind, value):
    """What a request with one field of this kind becomes."""
    schema = Schema.from_dict({"it": kind})()
    return schema.load({} if value is ABSENT else {"it": value})["it"]


def refusal(kind, value):
    """What the caller is told."""
    with pytest.raises(ValidationError) as refused:
        load(kind, value)
    return refused.value.messages["it"]


@pytest.mark.parametrize(
    ("kind", "default"),
    [
        (maybe_id(), None),
        (maybe_words(9), ""),
        (maybe_words(9, "zh-CN"), "zh-CN"),
        (maybe_words(9, None), None),
        (one_of("a", "b"), None),
        (one_of("a", "b", default="b"), "b"),
        (some_of("a", "b"), []),
        (maybe_day(), None),
        (maybe_moment(), None),
        (maybe_count(), None),
        (maybe_count(default=1, minimum=1), 1),
        (flag(), False),
        (maybe_flag(), None),
        (codes(), []),
        (many(Item), []),
        (many(an_id()), []),
    ],
)
def test_what_is_not_given_has_its_default(kind, default):
    assert load(kind, ABSENT) == default


@pytest.mark.parametrize(
    "kind",
    [an_id(), a_code(), words(9), must_be("a"), a_day(), a_moment(), count(), verdict(), codes(at_least=1), many(Item, at_least=1)],
)
def test_what_is_required_says_so(kind):
    assert refusal(kind, ABSENT) == [REQUIRED]


@pytest.mark.parametrize("kind", [maybe_id(), one_of("a"), maybe_day(), maybe_moment(), maybe_count(), maybe_flag(), maybe_words(3, None)])
def test_none_is_as_good_as_absent_where_the_default_is_none(kind):
    assert load(kind, None) is None


@pytest.mark.parametrize("value", ["", " ", "a b", "x\n", "a\tb", "a\0b", "x" * 65, "全\u3000角"])
@pytest.mark.parametrize("kind", [an_id(), maybe_id()])
def test_an_id_has_no_space_of_any_kind_and_an_end(kind, value):
    assert refusal(kind, value) == ["1 to 64 characters without spaces"]


@pytest.mark.parametrize("value", ["x", "x" * 64, "52.02.01", "窗口-3"])
def test_an_id_is_opaque(value):
    assert load(an_id(), value) == value


def test_an_id_may_be_longer_where_a_service_says_so():
    assert load(an_id(200), "x" * 200) == "x" * 200
    assert refusal(an_id(200), "x" * 201) == ["1 to 200 characters without spaces"]


def test_codes_are_few_and_plain():
    assert load(codes(at_most=2), ["A-1", "b.2_c"]) == ["A-1", "b.2_c"]
    assert refusal(codes(), ["A 1"]) == {0: ["1 to 64 letters, digits, _ . or -"]}
    assert refusal(codes(), ["A\n"]) == {0: ["1 to 64 letters, digits, _ . or -"]}
    assert refusal(codes(at_most=2), ["a", "b", "c"]) == ["Longer than maximum length 2."]
    assert refusal(codes(at_least=1), []) == ["Length must be between 1 and 100."]


@pytest.mark.parametrize("value", [" ", "\n\t", "\u3000"])
def test_words_say_something(value):
    assert refusal(words(5), value) == ["must not be blank"]


def test_words_have_a_length():
    assert load(words(5), " 不动产 ") == " 不动产 "
    assert refusal(words(5), "123456") == ["Length must be between 1 and 5."]
    assert refusal(maybe_words(5), "123456") == ["Longer than maximum length 5."]
    assert refusal(words(5, 2), "1") == ["Length must be between 2 and 5."]


@pytest.mark.parametrize("kind", [words(5), maybe_words(5)])
def test_what_no_database_can_keep_is_the_callers_mistake(kind):
    assert refusal(kind, "a\0b") == ["must not contain a NUL character"]


@pytest.mark.parametrize("kind", [must_be("a", "b"), one_of("a", "b"), one_of("a", "b", default="a")])
def test_a_closed_set_is_named_in_the_refusal(kind):
    assert load(kind, "b") == "b"
    assert refusal(kind, "c") == ["Must be one of: a, b."]


def test_some_of_a_closed_set():
    assert load(some_of("a", "b"), ["b"]) == ["b"]
    assert refusal(some_of("a", "b"), ["c"]) == {0: ["Must be one of: a, b."]}
    assert refusal(some_of("a", "b"), ["a", "b", "a"]) == ["Longer than maximum length 2."]


def test_days_and_moments():
    assert load(a_day(), "2026-02-28") == date(2026, 2, 28)
    assert refusal(maybe_day(), "2026-02-30") == ["Not a valid date."]
    assert load(a_moment(), "2026-02-28T09:00:00+08:00") == datetime(2026, 2, 28, 1, tzinfo=UTC)
    assert refusal(maybe_moment(), "2026-02-28T09:00:00") == ["Not a valid aware datetime."]


def test_counts_are_whole_and_bounded():
    assert load(count(), 0) == 0
    assert refusal(count(), 1.5) == ["Not a valid integer."]
    assert refusal(count(), -1) == ["Must be greater than or equal to 0 and less than or equal to 1000000000000."]
    assert refusal(maybe_count(maximum=60), 61) == ["Must be greater than or equal to 0 and less than or equal to 60."]


@pytest.mark.parametrize("kind", [flag(), maybe_flag(), verdict()])
def test_flags_take_true_and_false_and_nothing_that_looks_like_it(kind):
    assert load(kind, True) is True
    assert load(kind, False) is False
    assert refusal(kind, "yes") == ["Not a valid boolean."]


def test_lists_of_schemas_name_the_item_and_have_a_limit():
    assert load(many(Item), [{"name": "a"}]) == [{"name": "a"}]
    assert refusal(many(Item), [{"name": "a"}, {}]) == {1: {"name": [REQUIRED]}}
    assert refusal(many(Item, at_most=1), [{"name": "a"}] * 2) == ["Longer than maximum length 1."]
    assert refusal(many(an_id(), at_least=1), []) == ["Length must be between 1 and 500."]


def test_every_list_takes_and_answers_the_same_page_fields():
    class Names(PageResponse):
        names = fields.List(fields.String())

    assert PageRequest().load({}) == {"page_size": None, "page_token": None}
    assert PageRequest().load({"page_size": 0, "page_token": ""}) == {"page_size": 0, "page_token": ""}
    assert Names().dump({"names": ["a"], "next_page_token": "", "total_size": 7}) == {
        "names": ["a"],
        "next_page_token": "",
        "total_size": 7,
    }
