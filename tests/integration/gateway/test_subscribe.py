"""EventService.Subscribe on a real stream: resume, scope, cursor errors, slow readers."""

import threading

import grpc
import pytest
from hallbus.v1 import events_pb2, events_pb2_grpc

from chassis.amqp import Link
from chassis.events import STREAM
from chassis.testing import eventually
from chassis.topology import declare_bus
from deploy.local.broker import management_url_for, put_policy, vhost_of
from gateway.eventlog import cursor
from gateway.eventlog.entry import Position
from tests.integration.gateway.harness import GatewayProcess, refused
from tests.integration.gateway.log_writer import LogWriter
from tests.integration.gateway.subscriber import Subscriber

INTERNAL = "devices.punch.recorded"
EVERYTHING = (("events.subscribe", "*"),)
KEEPALIVE = 0.5


@pytest.fixture
def gateway(amqp_uri, keys, tmp_path):
    settings = {"HALLBUS_GATEWAY_KEEPALIVE_SECONDS": str(KEEPALIVE), "HALLBUS_GATEWAY_TAIL_EVENTS": "400"}
    process = GatewayProcess(amqp_uri, keys, tmp_path, env=settings)
    yield process.start()
    process.close()


@pytest.fixture
def writer(amqp_uri):
    made = LogWriter(amqp_uri)
    yield made
    made.close()


@pytest.fixture
def subscribe(gateway, keys):
    opened = []

    def begin(*grants, to=None, **request):
        opened.append(Subscriber(to or gateway, keys.bearer(*(grants or EVERYTHING)), **request))
        return opened[-1]

    yield begin
    for subscriber in opened:
        subscriber.close()


def test_live_events_arrive_in_order_in_batches_of_at_most_100(subscribe, writer):
    subscriber = subscribe().opened()
    ids = writer.write(1000)
    subscriber.has(ids)
    assert max(subscriber.batches) <= 100


def test_the_event_is_the_cloudevent_as_published(subscribe, writer):
    subscriber = subscribe().opened()
    event = writer.make(causationid="cause-1")
    subscriber.has(writer.send([event]))
    assert subscriber.events[0] == event


def test_a_new_subscription_begins_with_the_next_event_or_with_the_oldest(subscribe, writer):
    old = writer.write(3)
    earliest = subscribe(start=events_pb2.START_EARLIEST)
    earliest.has(old)
    latest = subscribe().opened()
    new = writer.write(2)
    latest.has(new)
    earliest.has(old + new)


def test_an_integrator_that_is_cut_off_misses_nothing(subscribe, writer):
    """Written while connected, while away (more than the gateway keeps in memory), and while resuming."""
    first = subscribe().opened()
    before = writer.write(50)
    first.has(before)
    first.close()
    away = writer.write(1500)
    ids = []
    during = threading.Thread(target=lambda: ids.extend(writer.write(1500)))
    during.start()
    second = subscribe(after=first.cursor)
    during.join()
    second.has(away + ids)


def test_a_cursor_from_the_middle_of_a_batch_run_resumes_exactly_behind_it(subscribe, writer):
    ids = writer.write(250)
    stub_reader = subscribe(start=events_pb2.START_EARLIEST)
    stub_reader.has(ids)
    resumed = subscribe(after=cursor.encode(Position(99, ids[99])))
    resumed.has(ids[100:])


def test_a_cursor_from_another_gateway_process_works(subscribe, writer, amqp_uri, keys, tmp_path):
    first = subscribe().opened()
    first.has(writer.write(5))
    kept = first.cursor  # the stream goes on, and its cursor with it
    other = GatewayProcess(amqp_uri, keys, tmp_path).start()
    try:
        later = writer.write(5)
        subscribe(to=other, after=kept).has(later)
    finally:
        other.close()


def test_a_quiet_log_gives_signs_of_life_with_a_cursor_that_can_be_resumed(subscribe, writer):
    subscriber = subscribe(types=["intake.case.decided"]).opened()
    writer.write(3)  # of another type: the cursor must move on all the same
    first = subscriber.cursor
    eventually(lambda: subscriber.cursor != first, within=5)
    eventually(lambda: len(subscriber.batches) >= 3, within=5)
    assert set(subscriber.batches) == {0}
    kept = subscriber.cursor  # it moves on with what is written next
    wanted = writer.write(1, "intake.case.decided")
    subscribe(after=kept).has(wanted)


def test_an_empty_log_can_be_subscribed_and_resumed(subscribe, writer):
    empty = subscribe().opened()
    empty.close()
    ids = writer.write(3)
    subscribe(after=empty.cursor).has(ids)


def test_what_a_relay_publishes_twice_is_sent_once(subscribe, writer):
    subscriber = subscribe().opened()
    events = [writer.make() for _ in range(6)]
    writer.send(events[:4])
    writer.send(events[1:])  # crashed after publishing 4, confirmed 1
    others = [writer.make("evaluation.rating.submitted"), writer.make(sequence=f"{1:016d}", epoch=2)]
    writer.send(others)
    subscriber.has([event["id"] for event in events + others])


def test_an_event_that_was_skipped_and_comes_later_is_not_taken_for_a_repeat(subscribe, writer):
    subscriber = subscribe().opened()
    events = [writer.make() for _ in range(5)]
    order = [events[0], events[2], events[1], events[2], events[3], events[1], events[4]]
    writer.send(order)
    subscriber.has([events[n]["id"] for n in (0, 2, 1, 3, 4)])


def test_only_public_types_are_sent_unless_the_caller_may_read_internal_ones(subscribe, writer):
    outsider = subscribe().opened()
    insider = subscribe(*EVERYTHING, ("events.internal", "*")).opened()
    internal, public = writer.write(1, INTERNAL), writer.write(1)
    insider.has(internal + public)
    outsider.has(public)


def test_events_outside_the_callers_scope_are_not_sent(subscribe, writer):
    county = subscribe(("events.subscribe", "region:52.02.01")).opened()
    hall = subscribe(("events.subscribe", "hall:h0003")).opened()
    everything = subscribe().opened()
    places = [
        ("52.02.01", "h0002"),
        ("52.02.01.05", "h0005"),
        ("52.02.02", "h0003"),
        ("52.02", "h0001"),
        ("52.02.011", None),
        ("52.02.01", None),
    ]
    ids = [writer.write(1, region=region, hall=hall_id)[0] for region, hall_id in places]
    everything.has(ids)
    county.has([ids[0], ids[1], ids[5]])
    hall.has([ids[2]])


def test_internal_events_are_fenced_by_the_scope_of_their_own_permission(subscribe, writer):
    mixed = subscribe(*EVERYTHING, ("events.internal", "hall:h0002")).opened()
    mine = writer.write(1, INTERNAL, hall="h0002")
    writer.write(1, INTERNAL, hall="h0003")
    mixed.has(mine + writer.write(1, hall="h0003"))


def test_a_region_narrows_the_subscription(subscribe, writer):
    narrowed = subscribe(region="52.02.02").opened()
    writer.write(1)
    narrowed.has(writer.write(1, region="52.02.02.07", hall="h0006"))


def test_types_choose_by_name_or_by_name_and_version(subscribe, writer):
    by_name = subscribe(types=["intake.case.accepted"]).opened()
    by_version = subscribe(types=["hallbus.intake.case.decided.v1"]).opened()
    accepted, decided = writer.write(1), writer.write(1, "intake.case.decided")
    by_name.has(accepted)
    by_version.has(decided)


@pytest.mark.parametrize(
    ("request_", "violations"),
    [
        ({"types": ["intake.case.accepted", "intake.case.exploded"]}, {"types[1]"}),
        ({"region": "here"}, {"region"}),
        ({"after": "!!"}, {"after"}),
        ({"after": "WzEsMl0"}, {"after"}),
    ],
)
def test_wrong_requests_name_the_field(subscribe, request_, violations):
    error = subscribe(**request_).fails()
    assert (error.code, error.reason, set(error.violations)) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST", violations)


@pytest.mark.parametrize(
    ("grants", "request_", "reason"),
    [
        ([("intake.case.read", "*")], {}, "PERMISSION_MISSING"),
        ([("events.internal", "*")], {}, "PERMISSION_MISSING"),
        ([("events.subscribe", "*")], {"types": [INTERNAL]}, "PERMISSION_MISSING"),
        ([("events.subscribe", "region:52.02.01")], {"region": "52.02"}, "OUT_OF_SCOPE"),
        ([("events.subscribe", "hall:h0002")], {"region": "52.02.01"}, "OUT_OF_SCOPE"),
    ],
)
def test_what_may_not_be_asked_is_refused(subscribe, grants, request_, reason):
    error = subscribe(*grants, **request_).fails()
    assert (error.code, error.reason) == (grpc.StatusCode.PERMISSION_DENIED, reason)


def test_credentials_are_required(gateway):
    with gateway.channel() as channel:
        stub = events_pb2_grpc.EventServiceStub(channel)
        assert refused(stub.Subscribe, events_pb2.SubscribeRequest(), timeout=5).code == grpc.StatusCode.UNAUTHENTICATED


def test_a_stream_ends_when_its_token_runs_out(gateway, keys, writer):
    import time

    subscriber = Subscriber(gateway, keys.bearer(*EVERYTHING, exp=int(time.time()) + 2)).opened()
    assert subscriber.fails().code == grpc.StatusCode.UNAUTHENTICATED
    subscriber.close()


def test_a_cursor_that_is_not_of_this_log_is_unknown(subscribe, writer):
    ids = writer.write(3)
    for position in (Position(2**40, "later"), Position(1, ids[0]), Position(1, "other")):
        error = subscribe(after=cursor.encode(position)).fails()
        assert (error.code, error.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "CURSOR_UNKNOWN")


@pytest.fixture
def small_log(nodes, amqp_uri):
    """A log that keeps 2 MB in segments of 1 MB; made before the gateway starts, because segments keep the size they began with."""
    link = Link(amqp_uri, "test-small-log")
    channel = link.channel()
    channel.queue_delete(STREAM)
    definition = {"max-length-bytes": 2_000_000, "stream-max-segment-size-bytes": 1_000_000}
    put_policy(management_url_for(nodes), vhost_of(amqp_uri), "small-log", "^hallbus\\.log$", definition, priority=100)
    declare_bus(channel)
    link.close()


def test_a_cursor_whose_event_the_log_has_dropped_is_expired(small_log, subscribe, writer):
    subscriber = subscribe().opened()
    beginning = subscriber.cursor
    subscriber.has(writer.write(1))
    first = subscriber.cursor
    subscriber.close()
    ids = writer.write(8000)
    for old in (first, beginning):
        error = subscribe(after=old).fails()
        assert (error.code, error.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "CURSOR_EXPIRED")
    oldest = subscribe(start=events_pb2.START_EARLIEST)
    eventually(lambda: oldest.ids and oldest.ids[-1] == ids[-1], within=20)
    assert oldest.ids == ids[-len(oldest.ids) :]


def test_a_log_made_anew_is_told_from_the_old_one(subscribe, writer):
    """To running subscriptions as well as to those that resume."""
    running = subscribe().opened()
    running.has(writer.write(20))
    writer.channel.queue_delete(STREAM)
    error = running.fails(within=30)
    assert (error.code, error.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "CURSOR_UNKNOWN")
    assert subscribe(after=running.cursor).fails().reason == "CURSOR_UNKNOWN"
    ids = []

    def again():
        ids.extend(writer.write(1))
        return fresh.events

    fresh = subscribe(start=events_pb2.START_EARLIEST).opened()
    eventually(again, within=20, every=0.2)
    eventually(lambda: len(fresh.ids) == len(ids))
    assert fresh.ids == ids


def test_a_slow_subscriber_falls_back_to_the_log_and_loses_nothing(gateway, keys, writer):
    """It reads nothing while far more than the gateway keeps in memory is written; others are not held up."""
    with gateway.channel(**{"grpc.http2.lookahead_bytes": 65536, "grpc.http2.bdp_probe": 0}) as channel:
        stub = events_pb2_grpc.EventServiceStub(channel)
        slow = stub.Subscribe(events_pb2.SubscribeRequest(), metadata=keys.bearer(*EVERYTHING))
        next(slow)
        quick = Subscriber(gateway, keys.bearer(*EVERYTHING)).opened()
        ids = writer.write(6000)
        quick.has(ids, within=40)
        before, seen = gateway.metric("hallbus_gateway_log_pages_total"), []
        for batch in slow:
            seen += [event.id for event in batch.events]
            if len(seen) >= len(ids):
                break
        assert seen == ids
        assert gateway.metric("hallbus_gateway_log_pages_total") > before
        quick.close()


def test_subscriptions_are_bounded_per_account(amqp_uri, keys, tmp_path, subscribe):
    process = GatewayProcess(amqp_uri, keys, tmp_path, env={"HALLBUS_GATEWAY_MAX_SUBSCRIPTIONS_PER_ACCOUNT": "2"}).start()
    try:
        for _ in range(2):
            subscribe(to=process).opened()
        error = subscribe(to=process).fails()
        assert (error.code, error.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_SUBSCRIPTIONS")
    finally:
        process.close()


def test_a_place_is_free_again_when_a_subscriber_hangs_up(gateway, subscribe):
    subscribe().opened().close()
    eventually(lambda: gateway.metric("hallbus_gateway_subscriptions") == 0)


def test_sigterm_ends_streams_at_once_and_says_why(gateway, subscribe):
    subscriber = subscribe().opened()
    assert gateway.stop(within=5) == 0
    error = subscriber.fails()
    assert (error.code, error.reason) == (grpc.StatusCode.UNAVAILABLE, "GATEWAY_STOPPING")


def test_garbage_in_the_log_is_stepped_over(subscribe, writer):
    subscriber = subscribe().opened()
    writer.send([{"id": "no event at all"}])
    ids = writer.write(2)
    subscriber.has(ids)
