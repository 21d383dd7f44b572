"""Punch lines: every shape real terminals send, and every one that must not cost the others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.devices.domain.clock_bounds import Bounds, bounds_at
from services.devices.drivers.zk_push import attlog, rtlog

BEIJING = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 0, 31, tzinfo=UTC)
BOUNDS = bounds_at(NOW, BEIJING, ahead=timedelta(minutes=2), oldest=timedelta(days=60))


def parse(body: bytes, bounds: Bounds = BOUNDS):
    return attlog.parse(body, bounds, BEIJING)


def rows(found) -> list[tuple[str, ...]]:
    return list(zip(found.pins, found.local_times, found.statuses, found.verifies, found.work_codes, strict=True))


T = "2026-11-23 08:30:58"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"1\t{T}", ("1", T, "", "", "")),
        (f"1\t{T}\t0", ("1", T, "0", "", "")),
        (f"1\t{T}\t0\t1", ("1", T, "0", "1", "")),
        (f"201\t{T}\t255\t15\t0", ("201", T, "255", "15", "0")),
        (f"1\t{T}\t0\t1\t\t0\t0\t", ("1", T, "0", "1", "")),
        (f"12\t{T}\t1\t1\t\t0\t0\t", ("12", T, "1", "1", "")),
        (f"2\t{T}\t255\t15\t0\t0\t0\t0\t901", ("2", T, "255", "15", "0")),
        (f"2\t{T}\t0\t1\t0\t0\t0\t0\t36.5\t36.5\t+28800\teyJsYXQiOjF9", ("2", T, "0", "1", "0")),
        (f"007\t{T}\t0\t1\t0", ("007", T, "0", "1", "0")),
        (f"A12b\t{T}\t0\t1\t0", ("A12b", T, "0", "1", "0")),
        (f"{'9' * 24}\t{T}\t0\t1\t0", ("9" * 24, T, "0", "1", "0")),
        # Unix epoch in the time field: 2026-11-23 08:30:58 in Beijing.
        ("5\t1795393858\t0\t1\t0", ("5", T, "0", "1", "0")),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n", ""])
def test_every_number_of_fields_and_line_ending_is_a_punch(line, expected, ending):
    found = parse((line + ending).encode())
    assert rows(found) == [expected]
    assert (found.lines, found.rejected) == (1, [])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"1", "TOO_FEW_FIELDS"),
        (b"garbage without tabs", "TOO_FEW_FIELDS"),
        (b"\t2026-11-23 08:30:58\t0\t1", "BAD_PIN"),
        (b"12 34\t2026-11-23 08:30:58\t0\t1", "BAD_PIN"),
        (b"9999999999999999999999999\t2026-11-23 08:30:58\t0\t1", "BAD_PIN"),
        ("王\t2026-11-23 08:30:58\t0\t1".encode("gb18030"), "BAD_PIN"),
        (b"1\t2026-11-31 08:30:58\t0\t1", "BAD_TIME"),
        (b"1\t2026-02-31 08:30:58\t0\t1\t0\t0\t0\t", "BAD_TIME"),
        (b"1\t2026-11-23 24:00:00\t0\t1", "BAD_TIME"),
        (b"1\t2026-11-23T08:30:58\t0\t1", "BAD_TIME"),
        (b"1\t\t0\t1", "BAD_TIME"),
        (b"1\tyesterday\t0\t1", "BAD_TIME"),
        (b"1\t2026-11-23 08:30:58\t123456789\t1", "BAD_FIELD"),
        (b"1\t2026-11-23 08:30:58\t0\t1\x00\t0", "CONTROL_CHARACTER"),
        (b"1\x00\t2026-11-23 08:30:58", "CONTROL_CHARACTER"),
        (b"1\t2026-11-23 08:33:01\t0\t1\t0", "CLOCK_AHEAD"),
        (b"1\t2063-01-01 08:00:00\t0\t1\t0", "CLOCK_AHEAD"),
        (b"1\t2110-01-01 08:00:00\t0\t1\t0", "CLOCK_AHEAD"),
        (b"1\t2000-01-01 00:00:10\t0\t1\t0", "CLOCK_RESET"),
        (b"1\t2026-09-24 08:30:59\t0\t1\t0", "TOO_OLD"),
    ],
)
def test_a_bad_line_is_set_aside_with_its_reason_and_costs_nobody_else(line, reason):
    good = b"7\t2026-11-23 08:30:58\t0\t1\t0"
    for body in (line, good + b"\n" + line + b"\n" + good.replace(b"7", b"8", 1) + b"\n", line + b"\r\n" + good):
        found = parse(body)
        assert [(r.line, r.reason) for r in found.rejected] == [(line, reason)]
        assert found.lines == len(found.pins) + 1


def test_the_clock_may_be_two_minutes_ahead_and_sixty_days_behind():
    found = parse(b"1\t2026-11-23 08:33:00\t0\t1\t0\n2\t2026-09-24 08:31:00\t0\t1\t0\n")
    assert found.pins == ["1", "2"]


def test_headers_and_blank_lines_are_not_counted():
    found = parse(f"TableName\tfields\n\n1\t{T}\t0\t1\t0\n   \n\r\n".encode())
    assert (found.lines, found.pins) == (1, ["1"])
    assert parse(b"").lines == 0


def test_a_time_is_never_shifted():
    assert parse(f"1\t{T}\t0\t1".encode(), bounds_at(NOW, BEIJING, ahead=timedelta(days=1), oldest=timedelta(days=1))).local_times == [T]


@given(st.binary(max_size=400))
def test_no_bytes_break_the_parser_and_every_line_is_accounted_for(body):
    found = parse(body)
    assert len(found.pins) + len(found.rejected) == found.lines
    kept = [
        line
        for line in body.decode("latin-1").replace("\r\n", "\n").split("\n")
        if line and not line.isspace() and not line.startswith("TableName")
    ]
    assert found.lines == len(kept)


@given(
    st.lists(
        st.sampled_from([f"1\t{T}\t0\t1\t0", f"2\t{T}", "junk", "3\t2026-02-31 00:00:00\t0\t0\t0", f"4\t{T}\t0\t1\t0\t0\t0\t\xc4"]),
        max_size=20,
    )
)
def test_the_fast_loop_and_the_careful_one_agree(lines):
    body = "\n".join(lines).encode("latin-1")
    parts = [parse(line.encode("latin-1")) for line in lines]
    whole = parse(body)
    assert sorted(rows(whole)) == sorted(row for part in parts for row in rows(part))
    assert sorted(r.reason for r in whole.rejected) == sorted(r.reason for part in parts for r in part.rejected)


def test_skew_is_positive_when_the_device_is_ahead():
    assert BOUNDS.skew_seconds("2026-11-23 10:31:00") == 7200
    assert BOUNDS.skew_seconds("2000-01-01 00:00:00") < -800_000_000


@pytest.mark.parametrize(
    ("line", "pins", "reasons"),
    [
        (
            "time=2026-11-23 08:30:00\tpin=5\tcardno=0\teventaddr=1\tevent=0\tinoutstatus=1\tverifytype=0000000000000010\tindex=21",
            ["5"],
            [],
        ),
        ("time=2026-11-23 08:30:00\tpin=0\tcardno=0\teventaddr=1\tevent=27\tinoutstatus=1\tverifytype=0\tindex=21", [], []),
        ("time=2026-11-31 08:30:00\tpin=5\tindex=1", [], ["BAD_TIME"]),
        ("time=2026-11-23 08:30:00\tindex=1", [], ["BAD_PIN"]),
    ],
)
def test_door_rows_are_read_by_key(line, pins, reasons):
    found = rtlog.parse([line], BOUNDS)
    assert (found.pins, [r.reason for r in found.rejected], found.lines) == (pins, reasons, 1)
    if pins:
        assert (found.statuses, found.verifies, found.work_codes) == (["1"], ["b0002"], ["21"])
