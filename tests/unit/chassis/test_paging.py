"""Pages by key."""

import base64

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import InvalidArgument
from chassis.paging import DEFAULT_SIZE, MAX_SIZE, Page, page_token

keys = st.lists(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")) | st.integers(-(2**53), 2**53), min_size=1, max_size=4
)


@given(keys.map(tuple))
def test_a_token_holds_its_key(key):
    token = page_token(key)
    assert token.isascii()
    assert "=" not in token
    assert Page.of(10, token, keys=len(key)) == Page(10, key)


@pytest.mark.parametrize("asked", [None, 0])
def test_without_a_wish_there_is_a_usual_size(asked):
    assert Page.of(asked, None) == Page(DEFAULT_SIZE, None)
    assert Page.of(asked, "") == Page(DEFAULT_SIZE, None)


@pytest.mark.parametrize("size", [-1, MAX_SIZE + 1, 10**9])
def test_sizes_beyond_the_limit_name_their_field(size):
    with pytest.raises(InvalidArgument) as wrong:
        Page.of(size, None)
    assert [v.field for v in wrong.value.violations] == ["page_size"]


def made(value):
    return base64.urlsafe_b64encode(orjson.dumps(value)).decode().rstrip("=")


@pytest.mark.parametrize(
    "token",
    [
        "!",
        "中文",
        "a",
        "////",
        made({"a": 1}),
        made([]),
        made(["a", "b"]),
        made("a"),
        made([None]),
        made([["a"]]),
        made([{}]),
        made([True]),
        made(["a\0b"]),
    ],
)
def test_tokens_of_another_make_name_their_field(token):
    with pytest.raises(InvalidArgument) as wrong:
        Page.of(10, token)
    assert [v.field for v in wrong.value.violations] == ["page_token"]


@given(st.text(max_size=40))
def test_no_token_does_anything_worse_than_being_refused(token):
    try:
        page = Page.of(10, token, keys=2)
    except InvalidArgument:
        return
    assert page.after is None or len(page.after) == 2
