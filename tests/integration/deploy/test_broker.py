"""The policies do on a real broker what their README says."""

import time
import uuid

import amqp
import pytest

from deploy.local.broker import BrokerError, apply_policies, create_vhost, delete_vhost, management_url_for, vhost_of
from deploy.local.nodes import Nodes


@pytest.fixture(scope="module")
def management():
    return management_url_for(Nodes.current())


@pytest.fixture(scope="module")
def channel(management):
    vhost = f"test-{uuid.uuid4().hex[:8]}"
    create_vhost(management, vhost)
    applied = apply_policies(management, vhost)
    assert apply_policies(management, vhost) == applied, "again is harmless"
    broker = Nodes.current().rabbit
    with amqp.Connection(f"127.0.0.1:{broker.ports.amqp}", "hallbus", "hallbus", virtual_host=vhost) as connection:
        yield connection.channel()
    delete_vhost(management, vhost)
    delete_vhost(management, vhost)


def declare(channel, queue, kind="quorum"):
    channel.queue_declare(queue, durable=True, auto_delete=False, arguments={"x-queue-type": kind})


def get_within(channel, queue, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if message := channel.basic_get(queue, no_ack=True):
            return message
    return None


def test_a_retried_message_comes_back_to_its_work_queue(channel):
    declare(channel, "scoring.facts")
    declare(channel, "hallbus.retry.1s")
    channel.exchange_declare("hallbus.retry.1s", "fanout", durable=True, auto_delete=False)
    channel.queue_bind("hallbus.retry.1s", "hallbus.retry.1s")
    channel.confirm_select()
    sent = time.monotonic()
    channel.basic_publish_confirm(amqp.Message("again", delivery_mode=2), exchange="hallbus.retry.1s", routing_key="scoring.facts")
    back = get_within(channel, "scoring.facts", 10)
    assert back is not None
    assert back.body == "again"
    assert time.monotonic() - sent >= 0.9


def test_each_queue_has_its_policy(channel, management):
    declare(channel, "intake.reference")
    declare(channel, "intake.reference.parked")
    declare(channel, "hallbus.log", "stream")
    listed = Nodes.current().rabbit.ctl(
        "list_queues", "-p", channel.connection.virtual_host, "name", "policy", "--quiet", "--no-table-headers"
    )
    policies = dict(line.split("\t") for line in listed.splitlines())
    assert policies["intake.reference"] == "hallbus-work"
    assert policies["intake.reference.parked"] == "hallbus-parked"
    assert policies["hallbus.log"] == "hallbus-log"


def test_a_refusal_names_the_request_and_the_reason(management):
    with pytest.raises(BrokerError, match=r"PUT policies/no-such-vhost/hallbus-retry-1s: 404"):
        apply_policies(management, "no-such-vhost")


def test_an_unreachable_broker_is_named():
    with pytest.raises(BrokerError, match=r"127\.0\.0\.1:9 cannot be reached"):
        create_vhost("http://u:p@127.0.0.1:9", "v")


@pytest.mark.parametrize(("uri", "vhost"), [("amqp://h/hallbus", "hallbus"), ("amqp://h/a%2Fb", "a/b"), ("amqp://h", "/")])
def test_the_virtual_host_of_a_uri(uri, vhost):
    assert vhost_of(uri) == vhost
