"""Events of intake: monthly case statistics of the windows (办件统计月报)."""

from contracts.fields import Count, Day, Id, Many, Text, Time
from contracts.registry import REGISTRY, Payload

_WINDOW = {
    "report_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0e01", "month": "2026-10", "round": 1, "window_id": "w0001", "unit_id": "u0001",
}  # fmt: skip
_HALL = {**_WINDOW, "report_id": "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0e02", "window_id": None, "unit_id": None}
_FIGURES = {
    "received": 120, "accepted": 112, "returned": 4, "decided": 105, "in_time": 103, "overdue": 2, "delivered": 99, "paid_fen": 264000,
}  # fmt: skip
_NONE = dict.fromkeys(_FIGURES, 0)


class MonthlyReportPayload(Payload):
    """What every event about a monthly report carries; a hall's report has neither window nor unit."""

    report_id = Id()  # the report, subject of this event
    month = Text(7)  # the month reported about, YYYY-MM
    round = Count()  # 1, and one more each time the report was taken back
    window_id = Id(required=False, allow_none=True)
    unit_id = Id(required=False, allow_none=True)


class MonthlyFiguresPayload(MonthlyReportPayload):
    """The figures of most interest; the others are in the report."""

    received = Count()  # receipts of the month
    accepted = Count()  # cases accepted in the month
    returned = Count()  # receipts returned in the month
    decided = Count()  # cases decided in the month
    in_time = Count()  # of these in time
    overdue = Count()  # of these over the promise
    delivered = Count()  # results handed over in the month
    paid_fen = Count()  # fees that came in, in fen


@REGISTRY.event("intake.monthly_report.opened", audience="public", examples=[
    {**_WINDOW, "due": "2026-11-02", "opened_at": "2026-11-01T16:00:05+00:00"},
    {**_WINDOW, "window_id": "w0002", "due": "2026-11-02", "opened_at": "2026-11-01T16:00:05+00:00"},
])  # fmt: skip
class MonthlyReportOpenedV1(MonthlyReportPayload):
    """The month is over: the window's report stands ready to be checked and signed."""

    due = Day()  # last day to sign
    opened_at = Time()  # when it was opened


@REGISTRY.event("intake.monthly_report.submitted", audience="public", examples=[
    {**_WINDOW, **_FIGURES, "submitted_by": "s0003", "submitted_at": "2026-11-02T02:00:00+00:00", "days_late": 0,
     "computed_at": "2026-11-01T16:00:05+00:00"},
    {**_WINDOW, **_NONE, "window_id": "w0002", "submitted_by": "s0004", "submitted_at": "2026-11-03T02:00:00+00:00", "days_late": 1,
     "computed_at": "2026-11-01T16:00:05+00:00"},
])  # fmt: skip
class MonthlyReportSubmittedV1(MonthlyFiguresPayload):
    """The window signed its figures."""

    submitted_by = Id()  # who signed
    submitted_at = Time()  # when
    days_late = Count()  # working days after the last day
    computed_at = Time()  # when the figures were computed


class LatePayload(MonthlyReportPayload):
    """What is told of every working day late."""

    due = Day()  # last day on which it would have been in time
    days_late = Count()  # working days since
    as_of = Day()  # the working day that makes it so many


@REGISTRY.event("intake.monthly_report.late", audience="public", examples=[
    {**_WINDOW, "due": "2026-11-02", "days_late": 1, "as_of": "2026-11-03"}, {**_WINDOW, "due": "2026-11-02", "days_late": 2, "as_of": "2026-11-04"},
])  # fmt: skip
class MonthlyReportLateV1(LatePayload):
    """One more working day without the window's signature."""


@REGISTRY.event("intake.monthly_report.compile_late", audience="public", examples=[
    {**_HALL, "due": "2026-11-05", "days_late": 1, "as_of": "2026-11-06"}, {**_HALL, "due": "2026-11-05", "days_late": 2, "as_of": "2026-11-09"},
])  # fmt: skip
class MonthlyReportCompileLateV1(LatePayload):
    """One more working day on which the hall has not compiled."""


@REGISTRY.event("intake.monthly_report.compiled", audience="public", examples=[
    {**_HALL, **_FIGURES, "compiled_by": "s0030", "compiled_at": "2026-11-05T01:00:00+00:00", "days_late": 0, "window_count": 12,
     "missing_window_ids": [], "computed_at": "2026-11-05T01:00:00+00:00", "log_epoch": 1, "log_seq": 40210},
    {**_HALL, **_NONE, "round": 2, "compiled_by": "s0030", "compiled_at": "2026-11-09T01:00:00+00:00", "days_late": 2, "window_count": 12,
     "missing_window_ids": ["w0002"], "computed_at": "2026-11-09T01:00:00+00:00", "log_epoch": 1, "log_seq": 40877},
])  # fmt: skip
class MonthlyReportCompiledV1(MonthlyFiguresPayload):
    """The hall summed its windows up."""

    compiled_by = Id()  # who compiled
    compiled_at = Time()  # when
    days_late = Count()  # working days after the last day
    window_count = Count()  # windows in the sum
    missing_window_ids = Many(Id())  # of these without a signature; they count with the figures of the register
    computed_at = Time()  # when the register was read
    log_epoch = Count()  # epoch of the event log at that moment
    log_seq = Count()  # every event up to this number of it is in the figures


@REGISTRY.event("intake.monthly_report.reported", audience="public", examples=[
    {**_HALL, **_FIGURES, "reported_by": "s0030", "reported_at": "2026-11-05T02:00:00+00:00"},
    {**_HALL, **_NONE, "round": 2, "reported_by": "s0030", "reported_at": "2026-11-09T02:00:00+00:00"},
])  # fmt: skip
class MonthlyReportReportedV1(MonthlyFiguresPayload):
    """The hall's report went to the upper centre."""

    reported_by = Id()  # who forwarded it
    reported_at = Time()  # when


@REGISTRY.event("intake.monthly_report.reopened", audience="public", examples=[
    {**_WINDOW, "round": 2, "reopened_by": "s0030", "reopened_at": "2026-11-03T02:00:00+00:00", "due": "2026-11-04"},
    {**_HALL, "round": 2, "reopened_by": "s0030", "reopened_at": "2026-11-06T02:00:00+00:00", "due": "2026-11-09"},
])  # fmt: skip
class MonthlyReportReopenedV1(MonthlyReportPayload):
    """A signed or compiled report was taken back; `round` is the new one."""

    reopened_by = Id()  # who took it back
    reopened_at = Time()  # when
    due = Day()  # last day to sign or compile it again
