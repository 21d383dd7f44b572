"""Events on the way out and on the way in."""

from datetime import UTC, datetime, timedelta, timezone

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.events import Event, Undecodable, binding_key, envelope, parse, routing_key, sequenced
from tests.support.probe.contracts import REGISTRY

TYPE = "probe.thing.changed"
CONTRACT = REGISTRY.get(TYPE)


def an_event(**over):
    values = {
        "type": TYPE, "subject": "a", "version": 3, "region": "52.02.01", "hall_id": "h0002", "time": datetime(2026, 11, 23, 1, tzinfo=UTC),
        "data": {"thing_id": "a", "value": 7},
    }  # fmt: skip
    return Event(**values | over)


def body_of(event, **over):
    body = envelope(event, CONTRACT, correlation_id="c-1", causation_id=None)
    message = orjson.loads(sequenced(orjson.dumps(body).decode(), 42, 7))
    return {k: v for k, v in (message | over).items() if v is not ...}


def received(**over):
    return parse(orjson.dumps(body_of(an_event(), **over)), REGISTRY)


def test_the_routing_key_fences_regions_and_halls():
    assert routing_key(an_event()) == "probe.thing.changed.v1.52.02.01.h0002"
    assert routing_key(an_event(hall_id=None)) == "probe.thing.changed.v1.52.02.01._"
    assert binding_key(TYPE, 1) == "probe.thing.changed.v1.#"


def test_the_envelope_is_a_cloudevent():
    body = envelope(an_event(hall_id=None), CONTRACT, correlation_id="c-1", causation_id="e-0")
    assert {"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data"} <= body.keys()
    assert (body["specversion"], body["source"], body["type"]) == ("1.0", "/hallbus/probe", "hallbus.probe.thing.changed.v1")
    assert (body["correlationid"], body["causationid"]) == ("c-1", "e-0")
    assert "hallid" not in body
    beijing = an_event(time=datetime(2026, 11, 23, 9, tzinfo=timezone(timedelta(hours=8))))
    assert envelope(beijing, CONTRACT, correlation_id="c", causation_id=None)["time"] == "2026-11-23T01:00:00+00:00"


@given(st.integers(0, 10**9), st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.integers(1, 2**53), st.integers(1, 99))
def test_what_was_sent_is_what_is_received(value, subject, seq, epoch):
    event = an_event(subject=subject, data={"thing_id": "a", "value": value})
    body = envelope(event, CONTRACT, correlation_id="c-1", causation_id=None)
    got = parse(sequenced(orjson.dumps(body).decode(), seq, epoch), REGISTRY)
    assert (got.id, got.type, got.contract, got.source) == (body["id"], TYPE, 1, "/hallbus/probe")
    assert (got.subject, got.version, got.sequence, got.epoch) == (subject, 3, seq, epoch)
    assert (got.region, got.hall_id, got.time, got.data) == ("52.02.01", "h0002", event.time, event.data)
    assert got.correlation_id == "c-1"


@given(st.lists(st.integers(1, 10**15), min_size=2, max_size=6))
def test_sequences_sort_as_text_in_the_order_of_the_numbers(numbers):
    texts = [orjson.loads(sequenced('{"a":1}', n, 1))["sequence"] for n in numbers]
    assert sorted(texts) == [f"{n:016d}" for n in sorted(numbers)]


def test_the_fast_way_and_the_slow_way_agree():
    body = orjson.dumps(body_of(an_event()))
    assert parse(body, REGISTRY) == parse(body, REGISTRY, {CONTRACT.wire_type: (TYPE, 1)}) == parse(body.decode(), REGISTRY)


def test_unknown_fields_are_ignored_and_optional_ones_may_be_missing():
    got = received(hallid=..., correlationid=..., comethere="later", data={"thing_id": "a", "value": 1, "added": "in a later release"})
    assert (got.hall_id, got.correlation_id, got.data) == (None, got.id, {"thing_id": "a", "value": 1})


@pytest.mark.parametrize(
    "over",
    [
        {"id": ...}, {"id": 5}, {"id": None}, {"id": ""}, {"type": ...}, {"type": 5}, {"type": ["x"]}, {"type": "hallbus.probe.thing.changed"},
        {"type": "hallbus.probe.thing.changed.vx"}, {"type": "hallbus.probe.thing.changed.v2"}, {"type": "hallbus.no.such.thing.v1"},
        {"source": ...}, {"source": 1}, {"subject": ...}, {"subject": None}, {"version": "three"}, {"version": None}, {"sequence": ...}, {"sequence": ""},
        {"epoch": ...}, {"region": None}, {"region": 52}, {"hallid": 7}, {"time": "yesterday"}, {"time": 5}, {"time": "2026-11-23T09:00:00"},
        {"correlationid": 5}, {"data": ...}, {"data": []}, {"data": {"thing_id": "a"}}, {"data": {"thing_id": "a", "value": "many"}}, {"data": None},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_event_is_refused_with_a_reason(over):
    with pytest.raises(Undecodable, match=r"\w+: .+"):
        received(**over)


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda t: orjson.dumps(t, option=orjson.OPT_PASSTHROUGH_DATACLASS)))
def test_no_bytes_do_anything_worse_than_being_refused(body):
    with pytest.raises(Undecodable):
        parse(body, REGISTRY)
