"""The clock that plays a day: continuous, ascending, the same for the house and the city, slower when somebody is behind."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from itertools import pairwise

import pytest

from chassis.clock import FileClock
from simulator import timeline
from simulator.timeline import DAY, EVE, Governor, Timeline, at


def test_the_house_shows_what_the_city_goes_by(tmp_path):
    """The file is read by another implementation: both must agree on every moment."""
    played = timeline.play(1000.0, EVE.timestamp() + 30, 60.0)
    played.write(tmp_path / "clock")
    clock = FileClock(tmp_path / "clock")
    clock.now()

    for tenth in range(-50, 1200):
        real = 1000.0 + tenth / 10
        assert clock.shown(real) == pytest.approx(played.shown(real), abs=1e-3)


def test_the_clock_never_jumps_when_the_play_begins():
    played = timeline.play(1000.0, EVE.timestamp() + 30, 60.0)

    assert played.shown(1000.0) == EVE.timestamp() + 30
    assert all(b[1] > a[1] for a, b in pairwise(played.points))


def test_the_day_takes_the_seconds_it_is_given():
    played = timeline.play(1000.0, EVE.timestamp(), 45.0)

    assert played.real(at("19:00").timestamp()) - played.real(at("07:30").timestamp()) == pytest.approx(45.0)
    assert played.shown(played.real(at("12:34:56").timestamp())) == pytest.approx(at("12:34:56").timestamp())


def test_a_slower_pace_keeps_what_was_shown_and_stretches_the_rest():
    played = timeline.play(1000.0, EVE.timestamp(), 60.0)
    slow_from = played.real(at("10:00", DAY).timestamp())
    noon = played.real(at("12:00").timestamp())
    before = [played.shown(1000.0 + n) for n in range(int(slow_from - 1000.0))]

    played.pace(0.5, slow_from)

    assert before == [pytest.approx(played.shown(1000.0 + n)) for n in range(len(before))]
    assert played.real(at("12:00").timestamp()) - slow_from == pytest.approx((noon - slow_from) * 2)
    played.pace(1.0, slow_from + 1)
    assert played.real(at("12:00").timestamp()) - (slow_from + 1) == pytest.approx(noon - slow_from - 0.5)
    assert all(b[0] > a[0] and b[1] > a[1] for a, b in pairwise(played.points))


def test_pacing_after_the_last_moment_changes_nothing():
    played = timeline.play(1000.0, EVE.timestamp(), 60.0)
    end = played.real(at("19:00").timestamp())

    played.pace(0.2, end + 5)

    assert played.shown(end + 15) == pytest.approx(at("19:00").timestamp() + 15)


@pytest.mark.parametrize("points", [[], [(1.0, 5.0), (1.0, 6.0)], [(1.0, 5.0), (2.0, 5.0)]])
def test_a_timeline_that_stands_still_or_goes_back_is_refused(points):
    with pytest.raises(ValueError, match="ascending"):
        Timeline(points)


def test_the_governor_slows_the_clock_while_somebody_is_behind_and_lets_it_go_again(tmp_path):
    async def scene():
        played = timeline.play(time.time() - 30.0, EVE.timestamp(), 60.0)
        governor = Governor(played, tmp_path / "clock", slow=0.25, tolerated=0.5)
        watching = asyncio.ensure_future(governor.watch())
        try:
            governor.begins("w0001", played.now() - timedelta(hours=1))
            await _until(lambda: played.rate == 0.25)
            written = timeline.read(tmp_path / "clock")
            assert [written.shown(played.points[0][0] + n) for n in range(90)] == pytest.approx(
                [played.shown(played.points[0][0] + n) for n in range(90)]
            )
            governor.ends("w0001")
            await _until(lambda: played.rate == 1.0)
        finally:
            watching.cancel()
        assert governor.latest > 0.5
        assert governor.slowed_seconds > 0

    asyncio.run(scene())


def test_the_governor_does_not_hold_the_day_for_ever(tmp_path):
    async def scene():
        played = timeline.play(time.time() - 30.0, EVE.timestamp(), 60.0)
        governor = Governor(played, tmp_path / "clock", tolerated=0.1, longest=0.5)
        watching = asyncio.ensure_future(governor.watch())
        try:
            governor.begins("w0001", played.now() - timedelta(hours=1))
            await _until(lambda: played.rate < 1.0)
            await _until(lambda: played.rate == 1.0)
        finally:
            watching.cancel()

    asyncio.run(scene())


async def _until(so, within=5.0):
    ends = time.monotonic() + within
    while not so():
        assert time.monotonic() < ends, "not so in time"
        await asyncio.sleep(0.01)
