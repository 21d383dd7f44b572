"""The work is the same on every run and never the same twice within one."""

from datetime import datetime

from bench import payloads

SINCE = datetime(2026, 3, 2, 8, 30)  # noqa: DTZ001 - a terminal's local time


def test_identities_are_stable_and_distinct():
    assert payloads.identity("case", 7) == payloads.identity("case", 7)
    assert len({payloads.identity(kind, number) for kind in ("case", "event", "other") for number in range(1000)}) == 3000


def test_events_have_the_size_of_real_ones():
    sizes = [len(payloads.compact(payloads.event(number)).encode()) for number in (0, 99_999)]
    assert all(300 <= size <= 450 for size in sizes)


def test_attlog_lines_never_repeat_for_a_terminal():
    lines = [line for serial in range(400) for line in payloads.attlog(3, serial, 50, since=SINCE).splitlines()]
    assert 400 * 50 == len(lines) == len(set(lines))


def test_attlog_lines_are_positional_with_seven_fields():
    first = payloads.attlog(2, 0, 1, since=SINCE).decode().splitlines()[0].split("\t")
    assert first == ["2000", "2026-03-02 08:30:00", "255", "15", "0", "0", "0"]
