"""The sandbox clock."""

import os
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis import clock
from chassis.clock import FileClock, SystemClock


def clock_of(path, *points):
    path.write_text("".join(f"{real} {shown}\n" for real, shown in points))
    made = FileClock(path)
    made._refresh()
    return made


def test_between_two_points_it_runs_in_proportion(tmp_path):
    made = clock_of(tmp_path / "c", (100, 1000), (160, 1000 + 86400), (200, 1000 + 86400))
    assert made.shown(100) == 1000
    assert made.shown(130) == 1000 + 43200
    assert made.shown(160) == 1000 + 86400
    assert made.shown(180) == 1000 + 86400, "it may stand still"


def test_before_the_first_and_after_the_last_it_runs_at_real_speed(tmp_path):
    made = clock_of(tmp_path / "c", (100, 1000), (160, 9000))
    assert made.shown(90) == 990
    assert made.shown(175) == 9015


ascending = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=6).map(
    lambda pairs: list(zip(sorted({p[0] for p in pairs}), sorted(p[1] for p in pairs), strict=False))
)


@given(ascending, st.floats(-10, 10**6 + 10), st.floats(0, 1000))
def test_it_never_runs_backwards(points, real, later):
    made = FileClock.__new__(FileClock)
    made._real, made._shown = [float(p[0]) for p in points], [float(p[1]) for p in points]
    assert made.shown(real + later) >= made.shown(real) - 1e-6


def test_a_changed_file_is_taken_up_at_the_next_look(tmp_path):
    path = tmp_path / "c"
    made = FileClock(path)
    assert abs(made.now() - datetime.now(UTC)) < timedelta(seconds=5), "no file yet: real time"
    path.write_text("0 0\n10000000000 10000000000\n")
    assert abs(made.now() - datetime.now(UTC)) < timedelta(seconds=5)
    path.write_text("\n1 1\n2 5000000000\n")
    os.utime(path, ns=(1, 1))
    assert made.now().year > 2150
    path.unlink()
    assert made.now().year > 2150, "a file that is being replaced changes nothing"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n \n",
        "100",
        "100 200 300",
        "hundred 200",
        "100,200",
        "nan 5",
        "5 nan",
        "inf inf",
        "5 1e300",
        "-5 5",
        "0 9000\n100 8000",
        "9999999999 5",
        '{"real": 0}',
        "0 1000\n100 90",
    ],
)
def test_a_malformed_file_is_told_once_and_the_last_good_reading_goes_on(tmp_path, caplog, text):
    path = tmp_path / "c"
    path.write_text("0 0\n1 5000000000\n")
    made = FileClock(path)
    good = made.now()
    path.write_text(text + " " * 50)
    later = [made.now(), made.now()]
    assert all(timedelta() <= moment - good < timedelta(minutes=1) for moment in later)
    assert [record.getMessage() for record in caplog.records] == ["clock_file_malformed"]
    assert (caplog.records[0].keys["path"], caplog.records[0].keys["instead"]) == (str(path), "last good reading")
    path.write_text("0 0\n1 6000000000\n")
    assert made.now() > good + timedelta(days=365)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"100", b""])
def test_a_file_that_was_never_good_means_real_time(tmp_path, caplog, content):
    path = tmp_path / "c"
    path.write_bytes(content)
    assert abs(FileClock(path).now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert caplog.records[0].keys["instead"] == "real time"


def test_a_path_that_cannot_be_read_means_real_time(tmp_path):
    assert abs(FileClock(tmp_path).now() - datetime.now(UTC)) < timedelta(seconds=5), "a folder"
    (tmp_path / "file").touch()
    assert abs(FileClock(tmp_path / "file" / "c").now() - datetime.now(UTC)) < timedelta(seconds=5)


@given(st.binary(max_size=60) | st.from_regex(rb"([0-9.e+-]{1,12} [0-9.e+-]{1,12}\n){1,4}", fullmatch=True))
def test_no_content_stops_a_process(content):
    try:
        real, shown = clock.parse(content.decode(errors="replace"), 1_800_000_000.0)
    except ValueError:
        return
    made = FileClock.__new__(FileClock)
    made._real, made._shown = real, shown
    for moment in (1_800_000_000.0, 1_900_000_000.0):
        assert datetime.fromtimestamp(made.shown(moment), UTC).year >= 1970


def test_points_need_not_be_in_order_in_the_file(tmp_path):
    assert clock_of(tmp_path / "c", (160, 9000), (100, 1000)).shown(160) == 9000


def test_the_environment_chooses(tmp_path):
    assert isinstance(clock.from_environment({}), SystemClock)
    chosen = clock.from_environment({"HALLBUS_CLOCK_FILE": str(tmp_path / "c")})
    assert isinstance(chosen, FileClock)
    assert chosen.now().tzinfo is UTC
    assert SystemClock().now().tzinfo is UTC


def test_moments_on_the_wire_are_utc_and_never_naive():
    beijing = timezone(timedelta(hours=8))
    assert clock.iso(datetime(2026, 11, 23, 9, tzinfo=beijing)) == "2026-11-23T01:00:00+00:00"
    with pytest.raises(ValueError, match="naive"):
        clock.iso(datetime(2026, 11, 23, 9))  # noqa: DTZ001  the refused case
