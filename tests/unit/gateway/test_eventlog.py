"""Ring, repeats, cursors and selection without a broker."""

import asyncio

import orjson
import pytest
from hallbus.v1 import events_pb2
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import InvalidArgument, PermissionDenied
from contracts import REGISTRY
from gateway.credentials import Identity
from gateway.eventlog import cursor
from gateway.eventlog.entry import BEGINNING, Entry, Position, batch, parse
from gateway.eventlog.repeats import Repeats
from gateway.eventlog.ring import Ring
from gateway.eventlog.selection import PUBLIC_TYPES, Selection


def entry(
    offset=0, *, sequence=1, source="/hallbus/intake", epoch=1, type_="hallbus.intake.case.accepted.v1", region="52.02", hall="h0001"
):
    return Entry(Position(offset, f"e{offset}"), type_, source, epoch, sequence, region, hall, b"")


def who(**grants):
    return Identity("a1", None, tuple((frozenset({name.replace("_", ".")}), tuple(scopes)) for name, scopes in grants.items()), 0.0)


# --- ring ---


def test_the_ring_gives_what_follows_a_position_it_holds():
    ring = Ring(10)
    ring.begin_empty()
    assert (ring.after(BEGINNING, 5), ring.end) == ([], BEGINNING)
    entries = [entry(n) for n in range(4)]
    ring.extend(entries)
    assert ring.after(BEGINNING, 5) == entries
    assert ring.after(entries[1].position, 5) == entries[2:]
    assert ring.after(entries[0].position, 2) == entries[1:3]
    assert (ring.after(entries[3].position, 5), ring.end) == ([], entries[3].position)


def test_the_ring_does_not_vouch_for_other_positions():
    ring = Ring(10)
    ring.extend([entry(5), entry(6)])
    for position in (BEGINNING, Position(4, "e4"), Position(5, "other"), Position(9, "e9")):
        assert ring.after(position, 5) is None


@given(st.lists(st.integers(1, 7), max_size=30), st.integers(2, 10))
def test_the_ring_is_gapless_and_bounded(sizes, capacity):
    ring, offset = Ring(capacity), 0
    ring.begin_empty()
    for size in sizes:
        ring.extend([entry(offset + n) for n in range(size)])
        offset += size
        assert len(ring._entries) <= capacity * 1.5 + 7
    held = ring.after(ring.base, 1000)
    assert [e.position.offset for e in held] == list(range(ring.base.offset + 1, offset))


def test_a_forgotten_ring_vouches_for_nothing_and_wakes_the_waiting():
    async def run():
        ring = Ring(10)
        ring.extend([entry(0)])
        waiting = asyncio.ensure_future(ring.wait(10, ring.changes))
        await asyncio.sleep(0)
        ring.forget()
        await asyncio.wait_for(waiting, 1)
        return ring.after(Position(0, "e0"), 5), ring.end

    assert asyncio.run(run()) == (None, None)


def test_a_change_between_reading_and_waiting_is_not_slept_over():
    ring = Ring(10)
    seen = ring.changes
    ring.extend([entry(0)])
    asyncio.run(asyncio.wait_for(ring.wait(10, seen), 1))


def test_a_log_taken_for_empty_too_early_vouches_for_nothing_before_its_first_entry():
    """Whoever stands at the beginning must get events 0 to 4 from the log, and not begin with number 5."""
    ring = Ring(10)
    ring.begin_empty()
    ring.extend([entry(5), entry(6)])
    assert (ring.after(BEGINNING, 5), ring.base) == (None, None)
    assert ring.after(Position(5, "e5"), 5) == [entry(6)]


def test_waiting_ends_by_itself():
    asyncio.run(asyncio.wait_for(Ring(1).wait(0.01, 0), 5))


# --- repeats ---


@given(st.lists(st.integers(0, 12), max_size=60))
def test_from_the_first_number_on_each_number_is_let_through_once(numbers):
    repeats = Repeats()
    passed = [number for number in numbers if not repeats.is_repeat(entry(sequence=number))]
    above = [number for number in passed if number >= numbers[0]]
    assert sorted(above) == sorted({number for number in numbers if number >= numbers[0]})


def test_sources_and_epochs_are_counted_apart():
    repeats = Repeats()
    seen = [
        entry(sequence=5),
        entry(sequence=5, source="/hallbus/devices"),
        entry(sequence=5, epoch=2),
        entry(sequence=5),
        entry(sequence=6),
    ]
    assert [repeats.is_repeat(one) for one in seen] == [False, False, False, True, False]


def test_a_huge_hole_costs_no_memory_and_loses_nothing():
    repeats = Repeats()
    numbers = [1, 10**9, 10**9 + 1, 10**9, 7]
    assert [repeats.is_repeat(entry(sequence=number)) for number in numbers] == [False, False, False, True, False]


# --- cursors and entries ---


@given(st.integers(-1, 2**63 - 1), st.text(max_size=60))
def test_cursors_round_trip(offset, event_id):
    try:
        event_id.encode()
    except UnicodeEncodeError:
        return
    assert cursor.decode(cursor.encode(Position(offset, event_id))) == Position(offset, event_id)


@pytest.mark.parametrize("token", ["x", "!!!", "e30", "W10", "WzEsLTIsIiJd", "WzIsMSwiYSJd", "WzEsMSwyXQ", "Wzc3Nzd9", "é", "W1tbW1tb"])
def test_what_is_no_cursor_names_the_field(token):
    with pytest.raises(InvalidArgument) as caught:
        cursor.decode(token)
    assert [v.field for v in caught.value.violations] == ["after"]


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b'{"id": 5}', b"\xff"])
def test_garbage_becomes_an_entry_that_nobody_wants(body):
    found = parse(3, body)
    assert (found.position.offset, found.position.event_id[0], found.type) == (3, "?", "")
    assert not Selection(who(events_subscribe=["*"], events_internal=["*"]), [], "").wants(found)


def test_a_batch_is_the_events_and_the_cursor():
    bodies = [
        orjson.dumps({"id": f"e{n}", "source": "/hallbus/intake", "type": "t", "epoch": 1, "sequence": "0001", "region": "52"})
        for n in range(3)
    ]
    sent = events_pb2.EventBatch.FromString(batch([parse(n, body) for n, body in enumerate(bodies)], "c"))
    assert ([event.id for event in sent.events], [event.json for event in sent.events], sent.cursor) == (["e0", "e1", "e2"], bodies, "c")


# --- selection ---


def test_every_public_type_of_the_registry_reaches_an_outsider_and_no_internal_one():
    selection = Selection(who(events_subscribe=["*"]), [], "")
    wanted = {contract.wire_type for contract in REGISTRY if selection.wants(entry(type_=contract.wire_type))}
    assert wanted == PUBLIC_TYPES


def test_types_of_a_newer_house_are_internal():
    new = entry(type_="hallbus.parking.ticket.issued.v1")
    assert not Selection(who(events_subscribe=["*"]), [], "").wants(new)
    assert Selection(who(events_subscribe=["*"], events_internal=["*"]), [], "").wants(new)


@pytest.mark.parametrize(
    ("scopes", "region", "seen"),
    [
        (["*"], "", {"city", "county", "town", "other", "namesake"}),
        (["*"], "52.02.01", {"county", "town"}),
        (["region:52.02.01"], "", {"county", "town"}),
        (["region:52.02.01"], "52.02.01.05", {"town"}),
        (["hall:h0005"], "", {"town"}),
        (["hall:h0005", "region:52.02.02"], "", {"town", "other"}),
    ],
)
def test_scope_and_region(scopes, region, seen):
    places = {
        "city": ("52.02", "h0001"),
        "county": ("52.02.01", "h0002"),
        "town": ("52.02.01.05", "h0005"),
        "other": ("52.02.02", "h0003"),
        "namesake": ("52.02.011", None),
    }
    selection = Selection(who(events_subscribe=scopes), [], region)
    assert {name for name, (code, hall) in places.items() if selection.wants(entry(region=code, hall=hall))} == seen


@pytest.mark.parametrize("region", ["52.02", "52.02.02", "52.02.011"])
def test_a_region_outside_the_scope_is_refused(region):
    with pytest.raises(PermissionDenied) as caught:
        Selection(who(events_subscribe=["region:52.02.01"]), [], region)
    assert caught.value.reason == "OUT_OF_SCOPE"
