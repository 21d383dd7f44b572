"""Nobody is judged before every terminal that counts has delivered everything."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.attendance.domain.day import judge
from services.attendance.domain.shift import Shift
from services.attendance.domain.watermark import Terminal, next_look, pending_reasons

SHIFT = Shift(time(8, 30), time(12, 0), time(14, 0), time(17, 30), closing_minutes=10)
DAY = SHIFT.on(date(2026, 11, 23), ZoneInfo("Asia/Shanghai"))
END = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
CLEAN = judge(DAY, [DAY.am_start, DAY.pm_end])
ABSENT = judge(DAY, [])
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def a_terminal(
    sn: str = "T1", through: datetime | None = END + timedelta(hours=1), expected: int | None = None, arrived: int = 0, approved_at=LONG_AGO
):
    return Terminal(sn, approved_at, through, expected, arrived)


@pytest.mark.parametrize(
    ("terminals", "result", "after_end", "expected"),
    [
        ([a_terminal()], CLEAN, timedelta(seconds=-1), ["SHIFT_RUNNING"]),
        ([a_terminal()], CLEAN, timedelta(0), []),
        ([a_terminal(through=END)], CLEAN, timedelta(0), []),
        ([a_terminal(through=END - timedelta(seconds=1))], CLEAN, timedelta(minutes=1), ["TERMINAL_BEHIND:T1"]),
        # A departure in the minutes after the end would undo an absence: it waits longer than a clean day.
        ([a_terminal()], ABSENT, timedelta(minutes=5), ["DEPARTURE_OPEN"]),
        ([a_terminal(through=END)], ABSENT, timedelta(minutes=10), ["TERMINAL_BEHIND:T1"]),
        ([a_terminal(through=END + timedelta(minutes=10))], ABSENT, timedelta(minutes=10), []),
        ([], ABSENT, timedelta(days=3), ["NO_TERMINAL"]),
        ([a_terminal(), a_terminal("T2", through=None)], ABSENT, timedelta(days=3), ["TERMINAL_BEHIND:T2"]),
        (
            [a_terminal("T1", through=None), a_terminal("T2", through=None)],
            ABSENT,
            timedelta(hours=1),
            ["TERMINAL_BEHIND:T1", "TERMINAL_BEHIND:T2"],
        ),
        # The watermark came over the bus faster than the punches before it.
        ([a_terminal(expected=5, arrived=4)], ABSENT, timedelta(hours=1), ["TERMINAL_BEHIND:T1"]),
        ([a_terminal(expected=5, arrived=5)], ABSENT, timedelta(hours=1), []),
        # Approved after the day was over: it proves nothing and nobody waits for it.
        ([a_terminal(), a_terminal("T2", through=None, approved_at=END + timedelta(hours=2))], ABSENT, timedelta(hours=3), []),
        ([a_terminal("T2", approved_at=END + timedelta(hours=2))], ABSENT, timedelta(hours=3), ["NO_TERMINAL"]),
    ],
)
def test_a_day_stays_pending_for_exactly_these_reasons(terminals, result, after_end, expected):
    assert pending_reasons(terminals, DAY, result, END + after_end) == expected


def test_time_alone_is_looked_at_twice():
    assert next_look(DAY, END - timedelta(hours=1)) == END
    assert next_look(DAY, END) == END + timedelta(minutes=10)
    assert next_look(DAY, END + timedelta(minutes=10)) is None


def test_grace_longer_than_closing_moves_the_final_look():
    long_grace = Shift(time(8, 30), time(12, 0), time(14, 0), time(17, 30), grace_minutes=30, closing_minutes=10)
    day = long_grace.on(date(2026, 11, 23), ZoneInfo("Asia/Shanghai"))
    assert day.closes_at == day.final_at == END + timedelta(minutes=30)
