"""Monthly reports without a database: days, sums, rates, signatures, what the hall may leave out."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake import monthly_register
from services.intake.config import IntakeConfig
from services.intake.domain.errors import Refused
from services.intake.domain.monthly import days
from services.intake.domain.monthly.days import AS_IS, MonthlyRules
from services.intake.domain.monthly.figures import COLUMNS, Computed, differences, nothing, rates, total
from services.intake.domain.monthly.hall_report import Compilation, HallReport, Part
from services.intake.domain.monthly.happenings import (
    HallCompiled,
    HallLate,
    HallReopened,
    HallReported,
    WindowLate,
    WindowOpened,
    WindowSubmitted,
)
from services.intake.domain.monthly.window_report import Signature, WindowReport
from services.intake.domain.rules import Now
from services.intake.queries.monthly_export import TITLES

BEIJING = dt.timezone(dt.timedelta(hours=8))
RULES = MonthlyRules()
OCTOBER = dt.date(2026, 10, 1)


def at(text):
    return Now(dt.datetime.fromisoformat(text).replace(tzinfo=BEIJING))


def figures(**counted):
    return {**nothing(), **counted}


def computed(now, **counted):
    return Computed(figures(**counted), "u1", now.at, 1, 7)


def window(**over):
    opened = at("2026-11-02 00:00")
    report = WindowReport(
        "r1", "52.02", "h1", "w1", "u1", OCTOBER, dt.date(2026, 11, 2), figures(received=3), opened.at, 1, 5, opened.at, **over
    )
    report.open(opened, RULES)
    return report


def signed(report, now, **counted):
    return report.submit(Signature("s1", report.computed_at), computed(now, **{"received": 3, **counted}), now=now, rules=RULES)


def hall(now, due=dt.date(2026, 11, 5)):
    report = HallReport("r0", "52.02", "h1", OCTOBER, None)
    report.open(due, now, RULES)
    return report


def part(window_id, *, submitted=True, due=dt.date(2026, 11, 2), **counted):
    return Part(window_id, "u1", f"r-{window_id}", submitted, 1, due, figures(**counted))


def compiled(report, parts, fresh, now, *missing, reason="停电"):
    report.compile(Compilation("s9", missing, reason), parts, fresh, now=now, rules=RULES, at_log=(1, 9))


@pytest.mark.parametrize(("month", "opens", "signed_until", "compiled_until"), [
    ("2026-08-01", "2026-09-01", "2026-09-01", "2026-09-07"),  # the 5th is a Saturday
    ("2026-09-01", "2026-10-08", "2026-10-08", "2026-10-09"),  # National Day
    ("2026-10-01", "2026-11-02", "2026-11-02", "2026-11-05"),  # the 1st is a Sunday
    ("2025-12-01", "2026-01-04", "2026-01-04", "2026-01-05"),  # New Year, Sunday the 4th made up for
    ("2026-01-01", "2026-02-02", "2026-02-02", "2026-02-05"),
])  # fmt: skip
def test_the_days_move_to_working_days_and_never_meet(month, opens, signed_until, compiled_until):
    month = dt.date.fromisoformat(month)
    now = at(f"{opens} 00:00")
    assert days.opens_on(month, now, RULES).isoformat() == opens
    until = days.sign_until(now, RULES)
    assert until.isoformat() == signed_until
    assert days.compile_until(month, until, now, RULES).isoformat() == compiled_until


def test_the_days_may_stay_where_they_are():
    rules = MonthlyRules(on_rest_days=AS_IS)
    assert days.opens_on(OCTOBER, at("2026-11-01 00:00"), rules) == dt.date(2026, 11, 1)
    assert days.sign_until(at("2026-11-01 00:00"), rules) == dt.date(2026, 11, 1)


@given(st.dates(dt.date(2005, 1, 1), dt.date(2026, 12, 31)))
def test_a_month_begins_where_the_one_before_ends(day):
    month = days.month_of(day)
    since, until = days.bounds(month)
    assert since <= dt.datetime.combine(day, dt.time(12), BEIJING) < until
    assert days.bounds(days.month_after(month))[0] == until


def test_every_column_is_counted_and_has_a_title():
    assert [*monthly_register._OF_CASES, *monthly_register._OF_CHARGES] == list(COLUMNS)
    assert list(TITLES) == list(COLUMNS)
    assert len(set(TITLES.values())) == len(TITLES)


@given(st.lists(st.dictionaries(st.sampled_from(COLUMNS), st.integers(0, 1000)), max_size=5))
def test_sums_are_column_by_column_and_differ_from_themselves_in_nothing(parts):
    whole = total(parts)
    assert set(whole) == set(COLUMNS)
    assert all(whole[column] == sum(one.get(column, 0) for one in parts) for column in COLUMNS)
    assert differences(whole, total(reversed(parts))) == []


def test_differences_name_the_column_and_both_figures():
    (found,) = differences(figures(accepted=2), figures(accepted=3))
    assert (found.column, found.reported, found.now) == ("accepted", 2, 3)


def test_rates_are_rounded_half_up_and_a_dash_without_anything_to_divide_by():
    assert set(rates(nothing()).values()) == {"–"}
    found = rates(figures(decided=3, in_time=2, decided_promised=8, promised_days_used=13, early_promised=1, early_legal=8))
    assert found == {"in_time_rate": "66.67", "early_promised_rate": "12.50", "early_legal_rate": "100.00", "mean_days": "1.63"}
    # The published mean of 75 promised cases: 51 of one day, 24 of two.
    assert rates(figures(decided_promised=75, promised_days_used=51 + 2 * 24))["mean_days"] == "1.32"


def test_only_what_was_seen_is_signed():
    report, now = window(), at("2026-11-02 10:00")
    with pytest.raises(Refused, match="look again"):
        report.submit(Signature("s1", now.at), computed(now, received=3), now=now, rules=RULES)
    changed = signed(report, now, accepted=1)
    assert (changed.reason, changed.metadata["columns"], report.state) == ("FIGURES_CHANGED", "accepted", "open")
    assert (report.figures["accepted"], report.computed_at, report.log_seq) == (1, now.at, 7)
    assert signed(report, now, accepted=1) is None
    assert [type(happening) for happening in report.pending_events] == [WindowOpened, WindowSubmitted]
    with pytest.raises(Refused, match="signed"):
        signed(report, now)


def test_lateness_is_told_before_a_late_signature():
    report, now = window(), at("2026-11-04 10:00")
    signed(report, now)
    told = [(type(happening), happening.version) for happening in report.pending_events]
    assert told == [(WindowOpened, 1), (WindowLate, 2), (WindowLate, 3), (WindowSubmitted, 4)]
    assert (report.days_late, report.timer_at) == (2, None)


def test_nobody_is_reminded_for_ever():
    report, now = window(), at("2026-12-30 10:00")
    report.run_timer(now, RULES)
    assert (report.days_late, report.timer_at) == (RULES.remind_days, None)
    signed(report, now)
    assert report.days_late > RULES.remind_days


def test_a_signature_taken_back_keeps_what_was_signed_and_gives_a_working_day():
    report, now = window(), at("2026-11-06 10:00")
    with pytest.raises(Refused, match="nobody"):
        report.reopen(by="s9", reason="x", now=now, rules=RULES)
    signed(report, now)
    with pytest.raises(Refused, match="blank"):
        report.reopen(by="s9", reason=" ", now=now, rules=RULES)
    report.reopen(by="s9", reason="更正", now=now, rules=RULES)
    assert (report.state, report.round, report.due, report.days_late, report.submitted_by) == ("open", 2, dt.date(2026, 11, 9), 0, None)
    (kept,) = report.history
    assert (kept["figures"], kept["submitted_by"], kept["days_late"], kept["reason"]) == (figures(received=3), "s1", 4, "更正")


def test_the_sum_is_that_of_the_signatures_and_names_what_the_register_says_else():
    now = at("2026-11-05 10:00")
    report = hall(now)
    compiled(
        report, [part("w1", received=3), part("w2", received=4)], {"w1": computed(now, received=5), "w2": computed(now, received=4)}, now
    )
    assert (report.figures["received"], report.missing, report.missing_reason, report.state) == (7, [], "", "compiled")
    assert report.corrections == [{"window_id": "w1", "column": "received", "reported": 3, "now": 5}]
    assert (report.computed_at, report.log_epoch, report.log_seq) == (now.at, 1, 9)


def test_missing_windows_are_named_or_nothing_is_compiled():
    now = at("2026-11-05 10:00")
    parts, fresh = (
        [part("w1", received=3), part("w2", submitted=False, received=1)],
        {"w2": computed(now, received=2), "w7": computed(now, received=9)},
    )
    report = hall(now)
    for named, reason in (((), "REPORTS_MISSING"), (("w2",), "REPORTS_MISSING"), (("w1", "w2", "w7"), "MISSING_SUBMITTED")):
        with pytest.raises(Refused) as caught:
            compiled(report, parts, fresh, now, *named)
        assert caught.value.reason == reason
    with pytest.raises(Refused, match="blank"):
        compiled(report, parts, fresh, now, "w2", "w7", reason="")
    compiled(report, parts, fresh, now, "w2", "w7")
    # The register's own figures: the window's prefilled ones are older, the seventh window never had a report.
    assert report.figures["received"] == 3 + 2 + 9
    assert [(entry["window_id"], entry["submitted"], entry["report_id"]) for entry in report.windows] == [
        ("w1", True, "r-w1"), ("w2", False, "r-w2"), ("w7", False, None),
    ]  # fmt: skip


def test_a_window_that_still_has_time_is_not_passed_over():
    now = at("2026-11-02 10:00")
    with pytest.raises(Refused) as caught:
        compiled(hall(now), [part("w1", submitted=False)], {}, now, "w1")
    assert (caught.value.reason, caught.value.metadata["missing"]) == ("REPORTS_NOT_DUE", "w1")


def test_the_hall_goes_forward_and_back_with_a_reason():
    now = at("2026-11-09 10:00")
    report = hall(now)
    for early in (lambda: report.report(by="s9", now=now), lambda: report.reopen(by="s9", reason="x", now=now, rules=RULES)):
        with pytest.raises(Refused, match="not compiled"):
            early()
    report.require_open()
    compiled(report, [part("w1", received=3)], {}, now)
    with pytest.raises(Refused, match="reopened"):
        report.require_open()
    report.report(by="s8", now=now)
    with pytest.raises(Refused, match="forwarded"):
        report.report(by="s8", now=now)
    report.reopen(by="s7", reason="更正", now=now, rules=RULES)
    (kept,) = report.history
    assert (kept["state"], kept["figures"]["received"], kept["reported_by"], kept["reopened_by"]) == ("reported", 3, "s8", "s7")
    assert (report.state, report.round, report.figures, report.due, report.missing) == ("open", 2, None, dt.date(2026, 11, 10), [])
    told = [type(happening) for happening in report.pending_events]
    assert told == [HallLate, HallLate, HallCompiled, HallReported, HallReopened]
    assert [happening.version for happening in report.pending_events] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("wrong", [
    {"monthly_open_day": 5}, {"monthly_open_day": 0}, {"monthly_compile_day": 29}, {"monthly_rest_days": "skip"}, {"monthly_remind_days": 0},
])  # fmt: skip
def test_settings_that_cannot_be_met_are_refused(wrong):
    with pytest.raises(ValueError, match="HALLBUS_INTAKE_MONTHLY"):
        IntakeConfig(**wrong)


def test_settings_reach_the_rules():
    rules = IntakeConfig(monthly_open_day=2, monthly_compile_day=8, monthly_rest_days="as_is", monthly_remind_days=3).monthly_rules
    assert rules == MonthlyRules(2, 8, "as_is", 3)
