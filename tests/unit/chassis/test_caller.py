"""Scopes: what a caller may see."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.caller import Caller
from chassis.errors import InvalidArgument, PermissionDenied

labels = st.text("0123456789", min_size=1, max_size=3)
regions = st.lists(labels, min_size=1, max_size=4).map(".".join)
halls = st.none() | st.from_regex(r"h[0-9]{1,2}", fullmatch=True)


def with_scopes(*scopes):
    return Caller("account-1", "s0001", scopes)


@given(regions, regions, halls)
def test_a_region_holds_itself_and_all_below_and_nothing_beside(own, other, hall):
    inside = other.split(".")[: len(own.split("."))] == own.split(".")
    assert with_scopes(f"region:{own}").allows(other, hall) == inside


@given(regions, halls, st.from_regex(r"h[0-9]{1,2}", fullmatch=True))
def test_a_hall_is_that_hall_alone(region, hall, own):
    assert with_scopes(f"hall:{own}").allows(region, hall) == (hall == own)


@given(regions, halls)
def test_everything_and_nothing(region, hall):
    assert Caller.system().allows(region, hall)
    assert not Caller.anonymous().allows(region, hall)
    assert not with_scopes("52.02", "region", "hall:", "city:52", "**").allows(region, hall)


@given(regions, halls, st.lists(st.sampled_from(["*", "region:5", "region:5.2", "hall:h1"]), max_size=3))
def test_more_scopes_never_show_less(region, hall, scopes):
    less, more = with_scopes(*scopes[:-1]), with_scopes(*scopes)
    assert more.allows(region, hall) or not less.allows(region, hall)


def test_a_row_outside_is_refused_with_its_place():
    with pytest.raises(PermissionDenied) as refused:
        with_scopes("region:52.02.01").require("52.02.010", None)
    assert (refused.value.reason, refused.value.metadata) == ("OUT_OF_SCOPE", {"region": "52.02.010", "hall_id": ""})
    with_scopes("region:52.02.01").require("52.02.01.05", "h0005")


@given(st.text(min_size=1), st.none() | st.text(), st.lists(st.text()).map(tuple))
def test_the_wire_keeps_the_caller(subject, staff, scopes):
    caller = Caller(subject, staff, scopes)
    assert Caller.from_wire(caller.to_wire()) == caller


def test_a_message_without_a_caller_comes_from_the_house():
    assert Caller.from_wire(None) == Caller.system()
    assert Caller.from_wire({"subject": "a"}) == Caller("a", None, ())


def test_who_answers_is_the_person_or_else_the_account():
    assert Caller("account-1", "s1").identity == Caller("account-2", "s1").identity == "s1"
    assert Caller("key-1").identity == "key-1"


def test_only_a_program_says_for_whom_it_speaks():
    program, person = Caller("key-1"), Caller("account-1", "s1")
    assert (program.acting_as("s7", "inspector_id"), program.acting_as(None, "inspector_id")) == ("s7", "key-1")
    assert (person.acting_as(None, "inspector_id"), person.acting_as("s1", "inspector_id")) == ("s1", "s1")
    with pytest.raises(InvalidArgument) as refused:
        person.acting_as("s7", "inspector_id")
    assert (refused.value.reason, refused.value.violations[0].field) == ("NOT_YOURSELF", "inspector_id")
