"""Every named crash point once: the process dies exactly there, is started again, and nothing is lost or doubled."""

import pytest

from chassis.failpoints import NAMES
from chassis.testing import eventually
from tests.support.journal import Load

#: Points that only a certain service passes; their own suites walk through them.
ELSEWHERE = {"devices.after_commit_before_answer", "notifications.after_send_before_record", "consumer.after_retry_publish_before_ack"}


@pytest.mark.parametrize("name", sorted(NAMES - ELSEWHERE))
def test_a_crash_there_loses_nothing_and_doubles_nothing(arena, name):
    arena.running.start("probe", {"HALLBUS_FAILPOINT": f"{name}:5"})
    with Load(arena.amqp_uri, writers=3) as load:
        eventually(lambda: arena.running.processes["probe"].poll() == 137, within=20)
        arena.running.start("probe")
        load.wait_for(30)
    arena.oracles.hold(load.journal)


def test_a_crash_between_retry_copy_and_ack_doubles_nothing(arena, bus_on_arena):
    arena.running.start("probe", {"HALLBUS_FAILPOINT": "consumer.after_retry_publish_before_ack:1", "HALLBUS_PROBE_FAIL_SUBJECT": "bad"})
    bus_on_arena.publish_thing("bad", 1)
    eventually(lambda: arena.running.processes["probe"].poll() == 137, within=20)
    arena.running.start("probe")
    effects = "select subject, count(*) from probe.effects group by subject"
    eventually(lambda: arena.oracles.rows(effects) == [("bad", 1)], within=20)
    # The retry copy is still on its way down the ladder; when it arrives, the inbox absorbs it.
    eventually(lambda: arena.running.metric("probe", "hallbus_events_consumed_total", outcome="duplicate") >= 1, within=20)
    assert arena.oracles.rows(effects) == [("bad", 1)]
