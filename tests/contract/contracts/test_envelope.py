"""The envelope as the chassis builds it against the envelope as the contracts describe it."""

import json
import string
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from chassis import events
from contracts import REGISTRY, ContractError, envelope
from contracts.asyncapi import event_schema

CONTRACTS = list(REGISTRY)
VALIDATORS = {contract.wire_type: Draft202012Validator(event_schema(contract)) for contract in CONTRACTS}

two = st.integers(0, 99).map("{:02d}".format)
regions = st.builds(lambda parts, last: ".".join([*parts, *last]), st.lists(two, min_size=1, max_size=3), st.just([]) | st.just(["105"]))
words = st.text(string.ascii_letters + string.digits + "-_/", min_size=1, max_size=64)
halls = st.none() | st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=64)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
times = st.datetimes(timezones=zones).filter(lambda moment: 1970 < moment.year < 2100)


@st.composite
def drafts(draw):
    contract = draw(st.sampled_from(CONTRACTS))
    event = events.Event(
        type=contract.type,
        contract=contract.version,
        subject=draw(words),
        version=draw(st.integers(1, 2**31 - 1)),
        region=draw(regions),
        hall_id=draw(halls),
        time=draw(times),
        data=draw(st.sampled_from(contract.examples)),
    )
    return contract, event


def sent(contract, event, *, correlation="c-1", causation=None, sequence=1, epoch=1):
    """The bytes that the relay would send."""
    body = events.envelope(event, contract, correlation_id=correlation, causation_id=causation)
    return events.sequenced(json.dumps(body), sequence, epoch)


@given(drafts(), words, st.none() | words, st.integers(1, 10**16 - 1), st.integers(1, 2**31 - 1))
def test_what_the_chassis_sends_is_what_the_contract_says_and_what_a_reader_gets(draft, correlation, causation, sequence, epoch):
    contract, event = draft
    body = sent(contract, event, correlation=correlation, causation=causation, sequence=sequence, epoch=epoch)
    message = json.loads(body)

    assert envelope.check(message) is contract
    assert VALIDATORS[contract.wire_type].is_valid(message)
    assert envelope.routing_key(contract, message) == events.routing_key(event)
    assert message["source"] == envelope.source_of(contract)
    assert message["time"].endswith("+00:00")

    received = events.parse(body, REGISTRY)
    assert received == events.ReceivedEvent(
        id=message["id"], type=event.type, contract=event.contract, source=message["source"], subject=event.subject, version=event.version,
        sequence=sequence, epoch=epoch, region=event.region, hall_id=event.hall_id, time=event.time.astimezone(UTC), data=event.data,
        correlation_id=correlation,
    )  # fmt: skip


@given(st.lists(st.integers(1, 10**16 - 1), min_size=2))
def test_sequences_sort_as_text(numbers):
    contract = CONTRACTS[0]
    event = events.Event(contract.type, "s", 1, "52.02", None, datetime(2026, 11, 23, tzinfo=UTC), contract.examples[0])
    texts = [json.loads(sent(contract, event, sequence=number))["sequence"] for number in numbers]
    assert sorted(texts) == [f"{number:016d}" for number in sorted(numbers)]


def test_both_sides_name_the_same_exchange():
    assert envelope.EXCHANGE == events.EXCHANGE


def test_only_hall_and_cause_may_be_missing():
    optional = [name for name, field in envelope.Envelope().fields.items() if not field.required]
    assert optional == ["hallid", "causationid"]


def a_message(**over):
    message = {**envelope.example(REGISTRY.get("intake.case.decided"), 0), **over}
    return {name: value for name, value in message.items() if value is not ...}


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"specversion": "0.3"}, "specversion"),
        ({"id": ""}, "id"),
        ({"source": "/hallbus/scoring"}, "source"),
        ({"source": "intake"}, "source"),
        ({"type": "hallbus.intake.case.decided"}, "type"),
        ({"type": "hallbus.intake.case.decided.v9"}, "type"),
        ({"subject": ""}, "subject"),
        ({"time": "2026-11-27T02:00:00"}, "time"),
        ({"datacontenttype": "text/plain"}, "datacontenttype"),
        ({"data": {"case_id": "c1"}}, "case_no"),
        ({"data": ...}, "data"),
        ({"hallid": "h.1"}, "hallid"),
        ({"region": "52.2"}, "region"),
        ({"region": "52.02.01.05.01"}, "region"),
        ({"sequence": 7}, "sequence"),
        ({"sequence": "7"}, "sequence"),
        ({"epoch": "1"}, "epoch"),
        ({"epoch": 0}, "epoch"),
        ({"version": 0}, "version"),
        ({"version": 2**31}, "version"),
        ({"correlationid": ...}, "correlationid"),
        ({"hallId": "h0001"}, "hallId"),
    ],
)
def test_a_wrong_envelope_is_refused_and_the_attribute_named(over, field):
    with pytest.raises(ContractError, match=rf"'{field}'"):
        envelope.check(a_message(**over))


@pytest.mark.parametrize("message", [None, [], "text", 7])
def test_what_is_no_object_is_refused(message):
    with pytest.raises(ContractError, match="Invalid input type"):
        envelope.check(message)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.wire_type)
def test_documented_examples_are_complete_messages(contract):
    for index, data in enumerate(contract.examples):
        message = envelope.example(contract, index)
        assert envelope.check(message) is contract
        assert message["data"] == data
        received = events.parse(json.dumps(message), REGISTRY)
        assert (received.subject, received.version) == (message["subject"], message["version"])
