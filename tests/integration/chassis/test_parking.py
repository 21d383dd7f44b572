"""Parked messages: listed with their reasons, sent back to work, never dropped on the way."""

import threading

import pytest
from amqp.basic_message import Message

from chassis.amqp import ConfirmedPublisher, Link
from chassis.delivery import ATTEMPT, DETAIL, REASON
from chassis.parking import listing, main, replay
from chassis.testing import eventually
from chassis.topology import declare_consumer
from tests.plugin import free_port

QUEUE = "probe.things"


@pytest.fixture
def channel(amqp_uri, monkeypatch):
    monkeypatch.setenv("AMQP_URI", amqp_uri)
    link = Link(amqp_uri, "test")
    channel = link.channel()
    declare_consumer(channel, QUEUE, ["probe.thing.changed"], 1)
    yield channel
    link.close()


@pytest.fixture
def park(amqp_uri, channel):
    def send(*ids):
        link = Link(amqp_uri, "test")
        publisher = ConfirmedPublisher(link)
        for message_id in ids:
            headers = {ATTEMPT: 4, REASON: "PIN_UNKNOWN", DETAIL: f"about {message_id}", "traceparent": "t"}
            body = b'{"type":"hallbus.probe.thing.changed.v1"}' if message_id != "garbage" else b"\xff"
            message = Message(body, message_id=message_id, delivery_mode=2, application_headers=headers, content_type="application/json")
            publisher.send(message, "", QUEUE + ".parked")
        publisher.wait()
        link.close()

    return send


def waiting(channel, queue=QUEUE):
    return channel.queue_declare(queue, passive=True).message_count


def test_the_list_names_reason_type_and_id_and_takes_nothing_away(channel, park, capsys):
    park("a", "garbage", "b")
    for _ in range(2):
        eventually(lambda: waiting(channel, QUEUE + ".parked") == 3)
        assert main(["list", QUEUE]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert [line.split("\t") for line in lines] == [
            [QUEUE, "PIN_UNKNOWN", "hallbus.probe.thing.changed.v1", "a", "about a"],
            [QUEUE, "PIN_UNKNOWN", "", "garbage", "about garbage"],
            [QUEUE, "PIN_UNKNOWN", "hallbus.probe.thing.changed.v1", "b", "about b"],
        ]


def test_without_names_all_queues_of_the_house_are_looked_through(channel, park, capsys, monkeypatch):
    monkeypatch.setattr("chassis.parking._known_queues", lambda: ["probe.absent", QUEUE])
    park("a")
    eventually(lambda: waiting(channel, QUEUE + ".parked") == 1)
    assert main(["list"]) == 0
    assert capsys.readouterr().out.count("\n") == 1


def test_the_house_knows_its_queues_from_the_declarations(monkeypatch):
    from chassis.migrations.runner import ELSEWHERE
    from chassis.parking import _known_queues

    monkeypatch.delitem(ELSEWHERE, "probe")
    found = _known_queues()
    assert found == sorted(set(found))
    assert all(queue.count(".") == 1 for queue in found)


def test_a_replay_sends_back_with_a_fresh_count_and_keeps_strangers_headers(channel, park, amqp_uri, capsys):
    park("a", "b")
    assert main(["replay", QUEUE]) == 0
    assert capsys.readouterr().out == f"2 message(s) sent back to {QUEUE}\n"
    eventually(lambda: waiting(channel) == 2)
    messages = [channel.basic_get(QUEUE, no_ack=True) for _ in range(2)]
    assert [m.properties["message_id"] for m in messages] == ["a", "b"]
    own = [{k: v for k, v in m.properties["application_headers"].items() if not k.startswith("x-")} for m in messages]
    assert own == [{"traceparent": "t"}] * 2
    assert [m.properties["delivery_mode"] for m in messages] == [2, 2]
    assert listing(amqp_uri, QUEUE) == []


def test_a_replay_may_be_limited(channel, park, amqp_uri):
    park("a", "b", "c")
    assert replay(amqp_uri, QUEUE, most=2) == 2
    eventually(lambda: [p.event_id for p in listing(amqp_uri, QUEUE)] == ["c"])


def test_without_a_work_queue_nothing_is_replayed_and_nothing_is_lost(channel, park, amqp_uri, capsys):
    park("a")
    channel.queue_delete(QUEUE)
    assert main(["replay", QUEUE]) == 1
    assert QUEUE in capsys.readouterr().err
    eventually(lambda: [p.event_id for p in listing(amqp_uri, QUEUE)] == ["a"])


def test_a_queue_that_does_not_exist_is_named(channel, capsys):
    assert main(["replay", "probe.nothing"]) == 1
    assert "probe.nothing" in capsys.readouterr().err


def test_a_broker_that_is_not_there_is_named(capsys, monkeypatch):
    port = free_port()
    monkeypatch.setenv("AMQP_URI", f"pyamqp://a:s3cret@127.0.0.1:{port}/")
    for arguments in (["list", QUEUE], ["replay", QUEUE]):
        assert main(arguments) == 1
        told = capsys.readouterr().err
        assert str(port) in told
        assert "s3cret" not in told


@pytest.mark.parametrize("arguments", [[], ["burn"], ["replay"], ["replay", "a", "b"]])
def test_a_wrong_call_shows_the_right_one(channel, capsys, arguments):
    assert main(arguments) == 2
    assert "usage" in capsys.readouterr().err


def test_without_a_broker_to_talk_to_it_says_so(capsys, monkeypatch):
    monkeypatch.delenv("AMQP_URI", raising=False)
    assert main(["list"]) == 2
    assert "AMQP_URI" in capsys.readouterr().err


def test_what_is_parked_again_at_once_does_not_circle(channel, park, amqp_uri):
    park(*(f"hopeless-{number}" for number in range(20)))
    eventually(lambda: waiting(channel, QUEUE + ".parked") == 20)
    link = Link(amqp_uri, "consumer")
    consumer, publisher, over = link.channel(), ConfirmedPublisher(link), threading.Event()

    def park_again(message):
        publisher.send(Message(message.body, message_id=message.properties["message_id"], delivery_mode=2), "", QUEUE + ".parked")
        consumer.basic_ack(message.delivery_info["delivery_tag"])

    def consume():
        while not over.is_set():
            link.drain(0.05)

    consumer.basic_consume(QUEUE, no_ack=False, callback=park_again)
    thread = threading.Thread(target=consume)
    thread.start()
    try:
        assert replay(amqp_uri, QUEUE) == 20
        eventually(lambda: waiting(channel, QUEUE + ".parked") == 20)
    finally:
        over.set()
        thread.join(10)
        link.close()
