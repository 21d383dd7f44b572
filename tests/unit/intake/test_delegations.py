"""Who may decide: scope and validity of written delegations."""

import datetime as dt

import pytest

from services.intake.domain.delegations import Delegation, authority
from services.intake.domain.errors import Refused

DAY = dt.date(2026, 11, 23)


def held(delegation_id="d1", unit="u1", items=(), first="2026-01-01", last="2026-12-31", revoked=None) -> Delegation:
    day = dt.date.fromisoformat
    return Delegation(delegation_id, unit, "s1", items, day(first), day(last), day(revoked) if revoked else None)


def decides(*delegations, on=DAY) -> str:
    return authority(delegations, staff_id="s1", unit_id="u1", item_id="i1", on=on).delegation_id


@pytest.mark.parametrize(
    "delegation",
    [
        held(),
        held(items=("i0", "i1")),
        held(first="2026-11-23", last="2026-11-23"),
        held(revoked="2026-11-24"),
    ],
    ids=["whole unit", "named item", "a single day", "revoked from tomorrow"],
)
def test_an_active_delegation_gives_authority(delegation):
    assert decides(delegation) == "d1"


@pytest.mark.parametrize(
    ("delegation", "says"),
    [
        (held(unit="u2"), ""),
        (held(items=("i2",)), ""),
        (held(last="2026-11-22"), "d1 expired"),
        (held(first="2026-11-24"), "d1 signed"),
        (held(revoked="2026-11-23"), "d1 revoked"),
    ],
    ids=["other unit", "other item", "expired yesterday", "begins tomorrow", "revoked from today"],
)
def test_what_does_not_cover_item_and_day_is_refused_with_scope_and_validity(delegation, says):
    with pytest.raises(Refused) as caught:
        decides(delegation)
    assert caught.value.reason == "NO_ACTIVE_DELEGATION"
    said = caught.value.metadata
    assert (said["unit_id"], said["item_id"], said["on"]) == ("u1", "i1", "2026-11-23")
    assert said["held"].startswith(says)
    assert bool(said["held"]) == bool(says)


def test_nobody_decides_without_any():
    with pytest.raises(Refused, match="s1 holds no delegation of u1 for i1 on 2026-11-23"):
        decides()


def test_of_several_the_longest_lasting_is_named():
    assert decides(held("d1"), held("d2", last="2027-12-31"), held("d3", revoked="2026-02-01")) == "d2"
