"""The mutants: what is broken on purpose, why that is dangerous in a hall, and which tests have to notice.

Old texts are kept as short as uniqueness allows, so that a patch outlives changes around it. A patch that no longer applies is an error, never skipped.
"""

from __future__ import annotations

from dataclasses import dataclass

CHASSIS = "tests/integration/chassis"


@dataclass(frozen=True)
class Edit:
    """In `file`, `old` (which occurs exactly once) becomes `new`; edits of one file are applied in order."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Mutant:
    """`killers` are the narrowest tests that should fail with an assertion."""

    name: str
    danger: str
    edits: tuple[Edit, ...]
    killers: tuple[str, ...]


MUTANTS = (
    Mutant(
        name="ack-before-commit",
        danger="A process that dies while it works takes the events it holds with it: a rating was given and never counts.",
        edits=(
            Edit("chassis/consumer.py", "channel.basic_ack(batch[-1].tag, multiple=True)", "pass"),
            Edit(
                "chassis/consumer.py",
                "        good = [delivery for",
                "        channel.basic_ack(batch[-1].tag, multiple=True)\n        good = [delivery for",
            ),
        ),
        killers=(f"{CHASSIS}/test_consumer.py::test_a_crash_inside_the_transaction_gives_the_event_back",),
    ),
    Mutant(
        name="no-inbox",
        danger="Every redelivery counts again: one late arrival costs its owner two marks.",
        edits=(Edit("chassis/database.py", "return {row[0] for row in rows}", "return set(event_ids)"),),
        killers=(f"{CHASSIS}/test_inbox.py::test_a_duplicate_never_reaches_the_handler",),
    ),
    Mutant(
        name="inbox-without-consumer",
        danger="Two handlers of one event share a claim: whichever comes second never sees it.",
        edits=(Edit("chassis/database.py", '"SELECT %(consumer)s, id FROM', "\"SELECT 'anyone', id FROM"),),
        killers=(f"{CHASSIS}/test_inbox.py::test_each_consumer_has_its_own_inbox",),
    ),
    Mutant(
        name="no-confirm-wait",
        danger="What a broker took into memory and lost with its power counts as published; no log line tells.",
        edits=(Edit("chassis/relay.py", "publisher.wait()", "pass"),),
        killers=("tests/e2e/test_confirms.py::test_16_nothing_counts_as_published_while_the_broker_is_frozen",),
    ),
    Mutant(
        name="advance-before-confirms",
        danger="`published` runs ahead of the broker's word: a crash in between leaves a hole that no restart fills.",
        edits=(
            Edit(
                "chassis/relay.py",
                'failpoint("relay.after_publish_before_confirm")',
                'connection.exec_driver_sql(f"UPDATE {self._settings.schema}.relay_state SET published = seq")\n'
                '        failpoint("relay.after_publish_before_confirm")',
            ),
        ),
        killers=(f"{CHASSIS}/test_scenarios.py::test_what_the_broker_dropped_before_its_confirm_is_published_again",),
    ),
    Mutant(
        name="relay-remembers-last-id",
        danger="Outbox ids are given before the commit: the slower of two transactions is passed over for ever.",
        edits=(
            Edit("chassis/relay.py", "floor = self._highest - LOOK_BACK", "floor = self._highest"),
            Edit("chassis/relay.py", "floor, self._swept = -1,", "floor, self._swept = self._highest,"),
        ),
        killers=(f"{CHASSIS}/test_relay.py::test_a_row_that_becomes_visible_late_is_published_all_the_same",),
    ),
    Mutant(
        name="two-relays",
        danger="Two processes publish side by side: the order of the log means nothing any more, and integrators' cursors skip.",
        edits=(Edit("chassis/relay.py", "SELECT pg_try_advisory_lock(hashtext(%(name)s))", "SELECT %(name)s IS NOT NULL"),),
        killers=(f"{CHASSIS}/test_relay.py::test_only_one_of_two_relays_is_active",),
    ),
    Mutant(
        name="outbox-outside-transaction",
        danger="The event is told although the fact was never stored: a case is announced as decided that nobody decided.",
        edits=(
            Edit(
                "chassis/database.py",
                '            self.connection.exec_driver_sql(f"EXECUTE {name}({marks}){COMMIT}", tuple(values))\n',
                "            with self._db.engine.begin() as another:\n"
                '                prepared = f"PREPARE another {statement.format(schema=self._db.schema)}"\n'
                '                another.exec_driver_sql(f"{prepared}; EXECUTE another({marks})", tuple(values))\n',
            ),
        ),
        killers=(f"{CHASSIS}/test_transaction.py::test_a_commit_that_fails_leaves_neither_row_nor_event",),
    ),
    Mutant(
        name="deadline-ignored",
        danger="A request whose caller gave up long ago is carried out all the same, after he did something else instead.",
        edits=(
            Edit("chassis/wire.py", "deadline is not None and float(deadline) <= time.time()", "False"),
            Edit("chassis/wire.py", "float(headers[DEADLINE]) if DEADLINE in headers else None", "None"),
            Edit("chassis/wire.py", "        expiration=str(max(1, int(seconds * 1000))),\n", ""),
        ),
        killers=(f"{CHASSIS}/test_known_problems.py::test_5_a_request_whose_caller_has_given_up_is_never_executed",),
    ),
    Mutant(
        name="retry-by-requeue",
        danger="A message that can never succeed circles at full speed, holds up everything behind it and is never shown to anybody.",
        edits=(
            Edit(
                "chassis/consumer.py",
                "        for delivery, verdict in failed:\n",
                "        if failed:\n            channel.basic_reject(batch[-1].tag, requeue=True)\n            return\n"
                "        for delivery, verdict in failed:\n",
            ),
        ),
        killers=(f"{CHASSIS}/test_consumer.py::test_a_hopeless_event_climbs_the_ladder_and_is_parked",),
    ),
    Mutant(
        name="undecodable-acked",
        danger="What cannot be read is thrown away (nameko's own behaviour): a producer's mistake becomes a loss.",
        edits=(Edit("chassis/consumer.py", "for delivery in batch if delivery.event is None", "for delivery in batch if False"),),
        killers=(f"{CHASSIS}/test_consumer.py::test_what_cannot_be_read_is_parked_and_does_not_stop_the_rest",),
    ),
    Mutant(
        name="batch-mates-lost",
        danger="One bad event takes the good ones of its batch along: 199 punches are gone because of one.",
        edits=(
            Edit(
                "chassis/attempts.py",
                "for delivery in good for failure in self.process([delivery])",
                "for delivery in good[:1] for failure in self.process([delivery])",
            ),
        ),
        killers=(f"{CHASSIS}/test_consumer.py::test_batch_mates_of_a_failing_event_go_through",),
    ),
    Mutant(
        name="idempotency-ignored",
        danger="A repeated request is carried out twice: the citizen pays the fee two times because a line was slow.",
        edits=(
            Edit(
                "chassis/database.py",
                "VALUES ($4, $5, $6, $7, $8)",
                "VALUES ($4, $5, gen_random_uuid()::text, $7, $8)",
            ),
        ),
        killers=(f"{CHASSIS}/test_idempotency.py::test_a_repeated_request_changes_nothing",),
    ),
    Mutant(
        name="request-hash-not-compared",
        danger="Another request under a used id gets the first one's answer: the clerk believes that his change was made.",
        edits=(Edit("chassis/rpc_server.py", "if stored[0] != key.request_hash:", "if not stored:"),),
        killers=(f"{CHASSIS}/test_idempotency.py::test_another_request_under_a_used_id_is_refused",),
    ),
    Mutant(
        name="told-once-stored",
        danger="Tokens and API keys lie readable in the database and in every backup of it.",
        edits=(Edit("chassis/rpc_server.py", " if self._told_once else reply", " if not self._told_once else reply"),),
        killers=(f"{CHASSIS}/test_idempotency.py::test_a_secret_that_is_told_once_is_not_stored",),
    ),
    Mutant(
        name="scope-ignored-in-lists",
        danger="A county's clerk reads the cases of the whole city.",
        edits=(Edit("chassis/caller.py", "return sa.or_(sa.false(), *conditions)", "return sa.true()"),),
        killers=(f"{CHASSIS}/test_scope.py",),
    ),
    Mutant(
        name="scope-ignored-in-streams",
        danger="An integrator of one county reads what happens in every hall of the city.",
        edits=(
            Edit(
                "gateway/eventlog/selection.py", "in PUBLIC_TYPES and self._caller.allows(entry.region, entry.hall_id)", "in PUBLIC_TYPES"
            ),
        ),
        killers=("tests/unit/gateway/test_eventlog.py::test_scope_and_region",),
    ),
    Mutant(
        name="repeats-without-epoch",
        danger="After a restore the log counts from an earlier number again: all that is new looks like a repeat and is kept back.",
        edits=(Edit("gateway/eventlog/repeats.py", "(entry.source, entry.epoch)", "(entry.source, 0)"),),
        killers=("tests/unit/gateway/test_eventlog.py::test_sources_and_epochs_are_counted_apart",),
    ),
    Mutant(
        name="parked-into-nothing",
        danger="A publish without a queue is confirmed like any other: with its parking place deleted, a failed event vanishes.",
        edits=(Edit("chassis/delivery.py", '"", queue + PARKED, mandatory=True)', '"", queue + PARKED)'),),
        killers=(f"{CHASSIS}/test_consumer.py::test_a_parking_place_that_was_deleted_costs_no_message",),
    ),
)
