"""Ids are UUID version 7."""

import time
import uuid

from chassis.ids import new_id, uuid7


def test_version_and_variant_are_those_of_rfc_9562():
    made = [uuid7() for _ in range(200)]
    assert {(i.version, i.variant) for i in made} == {(7, uuid.RFC_4122)}
    assert len(set(made)) == 200


def test_the_first_48_bits_are_the_millisecond():
    before = time.time_ns() // 1_000_000
    stamp = uuid7().int >> 80
    assert before <= stamp <= time.time_ns() // 1_000_000


def test_later_ids_sort_later_as_text(monkeypatch):
    moments = [1_700_000_000_000 + n for n in (0, 1, 2, 1000, 86_400_000)]
    made = []
    for moment in moments:
        monkeypatch.setattr("chassis.ids.time.time_ns", lambda moment=moment: moment * 1_000_000)
        made.append(new_id())
    assert made == sorted(made)
    assert all(str(uuid.UUID(i)) == i for i in made)
