"""What must hold after any fault (O1-O6, O8; O9 is in `footprint`): held against the client's own journal, never against the system's word."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import Any

import orjson

from chassis.amqp import Link
from chassis.events import STREAM
from chassis.testing import eventually
from tests.plugin import open_db
from tests.support.journal import Journal


class Oracles:
    """Reads the probe's schema and the broker, as an auditor would."""

    def __init__(self, database_url: str, amqp_uri: str) -> None:
        self._database_url, self._amqp_uri = database_url, amqp_uri

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the probe's schema."""
        db = open_db(self._database_url, "probe")
        try:
            with db.read() as tx:
                return [tuple(row) for row in tx.execute(query)]
        finally:
            db.close()

    def hold(self, journal: Journal, *, within: float = 45.0) -> None:
        """All of them; waits for the system to come to rest first (O6)."""
        assert journal.total > 0, "the load did nothing, so nothing is shown"
        self.at_rest(within)
        self.each_command_once(journal)
        self.log_is_dense()
        self.stream_is_the_log()
        assert journal.overdue == [], f"O8: calls beyond their deadline: {journal.overdue}"

    def at_rest(self, within: float) -> None:
        """O6: outbox empty, everything published, every event has its effect."""
        expected = "select (select count(*) from probe.outbox), (select seq - published from probe.relay_state)"
        eventually(lambda: self.rows(expected) == [(0, 0)], within=within, every=0.2)
        lacking = "select count(*) from probe.event_log l where not exists (select 1 from probe.inbox i where i.event_id = l.event_id)"
        eventually(lambda: self.rows(lacking) == [(0,)], within=within, every=0.2)

    def each_command_once(self, journal: Journal) -> None:
        """O1-O3: per thing the effects are versions 1, 2, 3 … once each, carrying exactly the acknowledged values."""
        effects: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for subject, version, number in self.rows("select subject, version, number from probe.effects order by subject, version, id"):
            effects[subject].append((version, number))
        for thing, values in journal.acked.items():
            assert [version for version, _ in effects[thing]] == list(range(1, len(values) + 1)), f"O1/O3: versions of {thing}"
            assert [number for _, number in effects[thing]] == values, f"O1/O2: values of {thing}"
        assert set(effects) == set(journal.acked), "O2: effects of nobody's command"

    def log_is_dense(self) -> None:
        """O4: seq counts 1, 2, 3 … without a gap."""
        assert self.rows("select count(*) - coalesce(max(seq), 0), count(distinct event_id) - count(*) from probe.event_log") == [(0, 0)]

    def stream_is_the_log(self) -> None:
        """O5: what a subscriber reads from the stream is the event log in order, after dropping ids already seen."""
        logged = [row[0] for row in self.rows("select event_id from probe.event_log order by seq")]
        seen: dict[str, None] = dict.fromkeys(event["id"] for event in self.stream())
        assert list(seen) == logged

    def stream(self) -> list[dict[str, Any]]:
        """Every message of hallbus.log from the first one."""
        found: list[dict[str, Any]] = []
        link = Link(self._amqp_uri, "oracle")
        channel = link.channel()
        channel.basic_qos(0, 500, False)

        def take(message: Any) -> None:
            found.append(orjson.loads(message.body))
            channel.basic_ack(message.delivery_info["delivery_tag"])

        channel.basic_consume(STREAM, no_ack=False, callback=take, arguments={"x-stream-offset": "first"})
        quiet = time.monotonic()
        while time.monotonic() - quiet < 1.0:
            if link.drain(0.2):
                quiet = time.monotonic()
        link.close()
        return found
