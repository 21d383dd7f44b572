"""Events of attendance: what a day at the hall amounted to."""

from marshmallow import Schema

from contracts.fields import Code, Count, Day, Id, Many, Time
from contracts.registry import REGISTRY, Payload


class MarkV1(Schema):
    """One finding about a half-day: late, early, absent_half_day."""

    mark_id = Id()  # stable name of the mark: person, day, half and kind
    kind = Code()  # late | early | absent_half_day
    half = Code()  # am | pm
    minutes = Count()
    at = Time(required=False, allow_none=True)


_DAY = {"staff_id": "s0001", "unit_id": "u0001", "window_id": "w0001", "date": "2026-11-23"}


class PersonDayPayload(Payload):
    """What every event about a person-day carries; the subject is "<staff_id>/<date>"."""

    staff_id = Id()
    unit_id = Id()
    window_id = Id(required=False, allow_none=True)
    date = Day()


@REGISTRY.event("attendance.day.assessed", audience="internal", examples=[
    {**_DAY, "status": "normal", "marks": [], "punch_count": 4, "revision": 1},
    {**_DAY, "status": "abnormal", "punch_count": 3, "revision": 2,
     "marks": [{"mark_id": "s0001/2026-11-23/am/late", "kind": "late", "half": "am", "minutes": 7, "at": "2026-11-23T00:37:00+00:00"}]},
])  # fmt: skip
class DayAssessedV1(PersonDayPayload):
    """The whole result of one person-day; a later `revision` replaces the earlier one, also for scores."""

    status = Code()  # normal | abnormal
    marks = Many(MarkV1)  # findings of the day; empty when normal
    punch_count = Count()  # punches that counted for the day
    revision = Count()


@REGISTRY.event("attendance.person.late", audience="public", examples=[
    {**_DAY, "half": "am", "minutes": 7, "revision": 1}, {**_DAY, "half": "pm", "minutes": 12, "revision": 1},
])  # fmt: skip
class PersonLateV1(PersonDayPayload):
    """Late (迟到) at a half-day."""

    half = Code()
    minutes = Count()
    revision = Count()


@REGISTRY.event("attendance.person.left_early", audience="public", examples=[
    {**_DAY, "half": "pm", "minutes": 20, "revision": 1}, {**_DAY, "half": "am", "minutes": 3, "revision": 2},
])  # fmt: skip
class PersonLeftEarlyV1(PersonDayPayload):
    """Left early (早退)."""

    half = Code()
    minutes = Count()
    revision = Count()


@REGISTRY.event("attendance.person.absent", audience="public", examples=[
    {**_DAY, "half": "am", "revision": 1}, {**_DAY, "half": "pm", "revision": 1},
])  # fmt: skip
class PersonAbsentV1(PersonDayPayload):
    """Absent (旷工) for a half-day; never sent before every device of the shift has reported."""

    half = Code()
    revision = Count()
