"""Explaining a limit: the trace says exactly what the calendar counted."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain import deadlines
from services.intake.domain.deadlines import Terms
from services.intake.domain.explanation import explained
from services.intake.domain.masking import mask_contact, mask_name
from services.intake.domain.rules import Now

BEIJING = dt.timezone(dt.timedelta(hours=8))


@given(day=st.dates(dt.date(2024, 1, 1), dt.date(2027, 6, 30)), days=st.integers(1, 45), kind=st.sampled_from(["working", "natural"]))
def test_counted_days_are_the_budget_and_end_on_the_due_day(day, days, kind):
    now = Now(dt.datetime.combine(day, dt.time(9), BEIJING))
    deadline = deadlines.reckon(Terms(days, 60, kind), now.at, "window", now)
    shown = explained(deadline.start, deadline.promised, [], day)
    assert [d["number"] for d in shown if d["number"] is not None] == list(range(days + 1))
    assert shown[-1]["date"] == deadline.promised.due
    assert now.calendar.is_workday(deadline.promised.due)
    assert deadline.provisional == bool(deadline.provisional_days)
    if kind == "working":
        assert all(now.calendar.is_workday(d["date"]) == (d["number"] is not None) for d in shown[1:])
    for earlier, later in zip(deadline.rungs, deadline.rungs[1:], strict=False):
        assert earlier.on < later.on
    assert all(rung.on <= deadline.promised.due for rung in deadline.rungs)


def test_masks_keep_little():
    assert [mask_name(n) for n in ("张", "张三", "张三丰", "阿卜杜拉·买买提", "示例市某某科技有限公司")] == [
        "张*",
        "张*",
        "张**",
        "阿*******",
        "示例***公司",
    ]
    assert [mask_contact(c) for c in ("", "12", "12345", "13812345678", "0858-1234567")] == [
        "",
        "**",
        "***45",
        "138****5678",
        "085*****4567",
    ]
