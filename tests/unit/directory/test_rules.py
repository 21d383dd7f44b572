"""Rules of the reference data, without a database."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.directory.domain import regions
from services.directory.domain.accounts import Account, Grant, Lockout, check_password, effective_grants, split_scope
from services.directory.domain.contents import ItemContent, from_plain, to_plain
from services.directory.domain.delegations import Delegation
from services.directory.domain.errors import DomainError
from services.directory.domain.guides import Guide, SampleForm
from services.directory.domain.importing import duplicates, read_csv, read_json
from services.directory.domain.items import Exit, Item
from services.directory.domain.staff import Post, Staff

AT = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("path", "level", "parent", "code"),
    [("52", "province", None, "520000"), ("52.02", "city", "52", "520200"), ("52.02.01", "county", "52.02", "520201"), ("52.02.01.005", "township", "52.02.01", "520201005")],
)  # fmt: skip
def test_a_path_says_level_parent_and_code(path, level, parent, code):
    assert regions.check_path(path) == path
    assert (regions.level_of(path), regions.parent_of(path), regions.code_of(path)) == (level, parent, code)


@pytest.mark.parametrize("path", ["", "5", "52.", "52.2", "52.02.01.05.06", "a.b", "52-02", "52.02.0101"])
def test_what_is_no_path_is_refused(path):
    with pytest.raises(DomainError, match="GB/T 2260"):
        regions.check_path(path)


def test_below_is_by_whole_parts():
    assert regions.contains("52.02", "52.02.01")
    assert not regions.contains("52.02", "52.021")


@given(st.lists(st.tuples(st.integers(0, 400), st.booleans()), min_size=1, max_size=12))
def test_stationings_never_overlap_and_versions_are_dense(moves):
    person = Staff("s1", "王丽", "52.02", "h1")
    for number, (offset, second) in enumerate(moves):
        post = Post("52.02", "h2" if second else "h1", "u1", None, "1001", "a")
        try:
            person.station(
                post, valid_from=dt.date(2026, 1, 1) + dt.timedelta(days=offset), valid_to=None, stationing_id=str(number), at=AT
            )
        except DomainError as error:
            if error.reason != "STATIONING_OVERLAPS":
                raise
    periods = sorted(person.stationings, key=lambda s: s.valid_from)
    for earlier, later in pairwise(periods):
        assert earlier.status == "ended"
        assert earlier.valid_to is not None
        assert earlier.valid_to < later.valid_from
    assert [event.version for event in person.pending_events] == list(range(1, person.version + 1))


GUIDE = Guide("52001", "有场所", ("受理", "审查"), "8000", "flow.pdf", (SampleForm("样表", "s.pdf"),))


def content(**over):
    given_ = {
        "name": "x", "item_type": "license", "time_class": "promised", "legal_days": 20, "promised_days": 5, "day_kind": "working",
        "materials": (), "key_stages": (), "units_involved": 1, "legal_basis": "行政许可法", "guide": GUIDE,
    }  # fmt: skip
    return ItemContent(**{**given_, **over})


def test_an_item_keeps_every_version():
    item = Item("i1", "u1", "52.02", "h1", "x", "draft")
    for days in (5, 4, 3):
        assert item.revise(content(promised_days=days), by="author", at=AT)
        assert not item.revise(content(promised_days=days), by="author", at=AT)
        item.approve_by_document("目录")
        item.publish(by="author", at=AT)
    assert [(v.number, v.status) for v in item.versions] == [(1, "superseded"), (2, "superseded"), (3, "in_hall")]
    item.leave(Exit("exited", "x"), today=AT.date(), at=AT)
    assert [e.status for e in item.pending_events] == ["in_hall", "in_hall", "in_hall", "exited"]
    assert from_plain(to_plain(content())) == content()


def test_changing_a_reviewed_draft_sends_it_back():
    item = Item("i1", "u1", "52.02", "h1", "x", "draft")
    item.revise(content(), by="a", at=AT)
    item.approve_by_document("目录")
    item.revise(content(promised_days=4), by="a", at=AT)
    with pytest.raises(DomainError, match="reviewed"):
        item.publish(by="a", at=AT)


def test_a_delegation_is_what_its_days_say():
    signed = Delegation("d1", "u1", "s1", "52.02", "h1", [], "", "1", dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    days = (dt.date(2025, 12, 31), dt.date(2026, 1, 1), dt.date(2026, 12, 31), dt.date(2027, 1, 1))
    assert [signed.status(day) for day in days] == ["signed", "active", "active", "expired"]
    signed.revoke(on=dt.date(2026, 6, 1), reason="x", at=AT)
    assert [signed.status(dt.date(2026, 5, 31)), signed.status(dt.date(2026, 6, 1))] == ["active", "revoked"]


def test_a_lockout_ends_and_starts_anew():
    account = Account("a", "x", "x", "hash", None, "", None, "active", AT)
    rule = Lockout(failures=2, seconds=60)
    for _ in range(2):
        assert account.may_try(AT)
        account.begin_try(AT, rule)
        account.fail(AT, rule)
    assert not account.may_try(AT)
    later = AT + dt.timedelta(seconds=60)
    assert account.may_try(later)
    account.begin_try(later, rule)
    account.fail(later, rule)
    assert account.may_try(later)


def test_tries_without_an_outcome_lock_at_twice_the_limit():
    account = Account("a", "x", "x", "hash", None, "", None, "active", AT)
    for number in range(4):
        assert account.may_try(AT), number
        account.begin_try(AT, Lockout(failures=2, seconds=60))
    assert not account.may_try(AT)
    account.succeed()
    assert account.may_try(AT)


def test_scopes_and_passwords_are_checked():
    assert [split_scope(s) for s in ("*", "region:52.02", "hall:h1")] == [("*", ""), ("region", "52.02"), ("hall", "h1")]
    for bad in ("", "hall:", "region", "city:52"):
        with pytest.raises(DomainError, match="scope"):
            split_scope(bad)
    check_password("long enough 1", "me")
    with pytest.raises(DomainError):
        check_password("LongEnough1", "longenough1")


def test_grants_of_a_role_are_told_together():
    grants = [
        Grant("1", "a", "clerk", "hall:h2", "", None, AT),
        Grant("2", "a", "clerk", "hall:h1", "", None, AT),
        Grant("3", "a", "gone", "*", "", None, AT),
    ]
    assert effective_grants(grants, {"clerk": ("x.y.read",)}) == [{"permissions": ["x.y.read"], "scopes": ["hall:h1", "hall:h2"]}]


def test_a_file_is_read_with_every_error_named():
    rows, errors = read_csv(
        "\ufeffitem_id,name,unit_id,time_class,legal_days,promised_days,materials\ni1,a,u1,promised,２０,x,M1\ni1,b,u1,promised,20,5,\n"
    )
    assert [(e.line, e.field) for e in errors] == [(2, "promised_days"), (2, "materials")]
    assert (rows[0].values["legal_days"], rows[1].line) == (20, 3)
    assert [(e.line, e.field) for e in duplicates(rows)] == [(3, "item_id")]
    assert [e.field for e in read_csv("item_id,colour\n")[1]] == ["name", "unit_id", "time_class", "legal_days", "promised_days", "colour"]
    assert read_json('[{"item_id": "i1"}, 3]')[1][0].line == 2
    assert read_json("{}")[1][0].message == "a list of items is expected"
    assert (
        read_csv("item_id,name,unit_id,time_class,legal_days,promised_days\na,b,c,d,1,2,too,many\n")[1][0].message
        == "more cells than columns"
    )


@given(st.text(max_size=200))
def test_no_content_breaks_the_reader(text):
    for reader in (read_csv, read_json):
        rows, errors = reader(text)
        assert isinstance(rows, list)
        assert all(error.line >= 1 for error in errors)
