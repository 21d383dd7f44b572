"""The audit log: whole lines in order, through a rotation and through a disk that refuses."""

import logging

import orjson
import pytest

from gateway import catalogue, journal
from gateway.journal import Journal, Record


@pytest.fixture(scope="module")
def mutating():
    return next(method for method in catalogue.load().values() if method.rule.mutating)


def record(method, number):
    return Record(method, f"c-{number}", "ipv4:127.0.0.1:1", account_id="a1", code="OK")


def told(path):
    return [orjson.loads(line)["correlation_id"] for line in path.read_text().splitlines()]


def test_every_change_is_a_line_as_soon_as_it_is_written(tmp_path, mutating):
    path = tmp_path / "audit.jsonl"
    path.write_text("")
    written = Journal(str(path))
    for number in range(3):
        written.write(record(mutating, number))
        assert told(path) == [f"c-{n}" for n in range(number + 1)]


def test_a_file_that_was_moved_away_is_followed_by_a_new_one_and_nothing_is_lost(tmp_path, mutating, monkeypatch):
    path, moved = tmp_path / "audit.jsonl", tmp_path / "audit.jsonl.1"
    written = Journal(str(path))
    written.write(record(mutating, 0))
    path.rename(moved)
    written.write(record(mutating, 1))  # within the second: it goes on in the moved file
    monkeypatch.setattr(journal, "_LOOK_SECONDS", 0.0)
    written.write(record(mutating, 2))
    assert (told(moved), told(path)) == (["c-0", "c-1"], ["c-2"])


def test_a_line_that_cannot_be_written_is_in_the_log_and_fails_no_call(mutating, caplog):
    written = Journal("/dev/full")
    with caplog.at_level(logging.ERROR):
        written.write(record(mutating, 7))
    (line,) = [found for found in caplog.records if found.getMessage() == "audit_not_written"]
    assert "c-7" in line.keys["line"]
