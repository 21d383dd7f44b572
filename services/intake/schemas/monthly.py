"""Requests and answers about monthly case statistics."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from marshmallow import Schema, ValidationError, fields

from chassis.fields import PageRequest, PageResponse, a_moment, an_id, many, maybe_flag, maybe_id, maybe_words, one_of, words
from services.intake.domain.monthly import hall_report, window_report
from services.intake.domain.monthly.figures import COLUMNS

_MONTH = re.compile(r"(19|20)\d{2}-(0[1-9]|1[0-2])\Z", re.ASCII)


class Month(fields.String):
    """A month, YYYY-MM, as its first day."""

    def _deserialize(self, *args: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(*args, **kwargs)
        if not _MONTH.match(text):
            raise ValidationError("a month, YYYY-MM")
        return dt.date.fromisoformat(f"{text}-01")


def a_month() -> Month:
    """A month, required."""
    return Month(required=True)


def maybe_month() -> Month:
    """A month, or None."""
    return Month(load_default=None, allow_none=True)


class ListMonthlyReports(PageRequest):
    """Filters and page."""

    hall_id, window_id, unit_id = maybe_id(), maybe_id(), maybe_id()
    month = maybe_month()
    state = one_of(*window_report.STATES)
    late = maybe_flag()


class GetMonthlyReport(Schema):
    """One report of a window."""

    report_id = an_id()


class SubmitMonthlyReport(Schema):
    """The signature under what was seen."""

    report_id = an_id()
    computed_at = a_moment()
    remarks = maybe_words(2000)
    submitted_by = maybe_id()


class ReopenMonthlyReport(Schema):
    """A signature taken back."""

    report_id = an_id()
    reason = words(1000)


class ListHallReports(PageRequest):
    """Filters and page."""

    hall_id = maybe_id()
    month = maybe_month()
    state = one_of(*hall_report.STATES)


class OfHall(Schema):
    """One month of one hall."""

    hall_id = an_id()
    month = a_month()


class CompileMonthlyReports(OfHall):
    """Which windows the hall goes on without, and why."""

    missing_window_ids = many(an_id(), at_most=500)
    reason = maybe_words(1000)


class ReopenHallReport(OfHall):
    """A compiled report taken back."""

    reason = words(1000)


class GetMonthlySummary(Schema):
    """A month of a hall, of a region and everything below, or of the whole scope."""

    month = a_month()
    hall_id = maybe_id()
    region = maybe_id()
    by = one_of("hall", "region", default="hall")


class ExportMonthlyReports(Schema):
    """A month as CSV."""

    month = a_month()
    hall_id = maybe_id()
    page_token = fields.String(load_default=None, allow_none=True)


_Counts = type("_Counts", (Schema,), {column: fields.Integer() for column in COLUMNS})


class Figures(_Counts):  # type: ignore[valid-type, misc]  # one field for each column
    """Every column, and the rates that follow."""

    in_time_rate, early_promised_rate, early_legal_rate, mean_days = (fields.String() for _ in range(4))


class Difference(Schema):
    """A figure that is not what was reported."""

    window_id = fields.String()
    column = fields.String()
    reported, now = fields.Integer(), fields.Integer()


class SignedRound(Schema):
    """What was signed and taken back."""

    round = fields.Integer()
    figures = fields.Nested(Figures)
    remarks, submitted_by, reopened_by, reason = fields.String(), fields.String(), fields.String(), fields.String()
    computed_at, submitted_at, reopened_at = fields.String(), fields.String(), fields.String()
    days_late = fields.Integer()


class MonthlyReport(Schema):
    """A window's report."""

    report_id, region, hall_id, window_id, unit_id = (fields.String() for _ in range(5))
    month = fields.String()
    due = fields.Date()
    state, hall_state = fields.String(), fields.String()
    round, days_late = fields.Integer(), fields.Integer()
    figures = fields.Nested(Figures)
    opened_at, computed_at, submitted_at = fields.AwareDateTime(), fields.AwareDateTime(), fields.AwareDateTime()
    log_epoch, log_seq = fields.Integer(), fields.Integer()
    remarks, submitted_by = fields.String(), fields.String()
    history = fields.List(fields.Nested(SignedRound))
    differences = fields.List(fields.Nested(Difference))
    recomputed_at = fields.AwareDateTime()
    version = fields.Integer()


class MonthlyReportPage(PageResponse):
    """A page of windows' reports."""

    reports = fields.List(fields.Nested(MonthlyReport))


class Part(Schema):
    """One window in the sum."""

    window_id, unit_id, report_id = fields.String(), fields.String(), fields.String()
    submitted = fields.Boolean()
    round = fields.Integer()
    figures = fields.Nested(Figures)


class CompiledRound(Schema):
    """What was compiled and taken back."""

    round = fields.Integer()
    state = fields.String()
    figures = fields.Nested(Figures)
    missing_window_ids = fields.List(fields.String())
    missing_reason, compiled_by, reported_by, reopened_by, reason = (fields.String() for _ in range(5))
    computed_at, compiled_at, reported_at, reopened_at = (fields.String() for _ in range(4))
    log_epoch, log_seq, days_late = (fields.Integer() for _ in range(3))


class HallReport(Schema):
    """A hall's report."""

    report_id, region, hall_id, month = (fields.String() for _ in range(4))
    due = fields.Date()
    state = fields.String()
    round, days_late = fields.Integer(), fields.Integer()
    figures = fields.Nested(Figures)
    windows = fields.List(fields.Nested(Part))
    missing_window_ids = fields.List(fields.String())
    missing_reason = fields.String()
    corrections = fields.List(fields.Nested(Difference))
    opened_at, computed_at, compiled_at, reported_at = (fields.AwareDateTime() for _ in range(4))
    log_epoch, log_seq = fields.Integer(), fields.Integer()
    compiled_by, reported_by = fields.String(), fields.String()
    history = fields.List(fields.Nested(CompiledRound))
    differences = fields.List(fields.Nested(Difference))
    recomputed_at = fields.AwareDateTime()
    version = fields.Integer()


class HallReportPage(PageResponse):
    """A page of halls' reports."""

    reports = fields.List(fields.Nested(HallReport))


class SummaryRow(Schema):
    """A hall or a region."""

    region, hall_id, state = fields.String(), fields.String(), fields.String()
    hall_count, missing_window_count = fields.Integer(), fields.Integer()
    figures = fields.Nested(Figures)


class MonthlySummary(Schema):
    """What a month comes to."""

    month = fields.String()
    figures = fields.Nested(Figures)
    rows = fields.List(fields.Nested(SummaryRow))
    missing_hall_ids = fields.List(fields.String())


class ExportPiece(Schema):
    """Whole lines, and where to go on."""

    text, next_page_token = fields.String(), fields.String()
