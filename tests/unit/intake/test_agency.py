"""The agency register: its states, its limit under both kinds of days, what is told and when, rounds, figures."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

import workdays
from services.intake.config import IntakeConfig
from services.intake.domain import agency, agency_watch
from services.intake.domain import agency_happenings as a
from services.intake.domain.agency_figures import Age, percent, spread
from services.intake.domain.agency_matter import _WHY_NOT
from services.intake.domain.agency_states import END_REASONS, STATES
from services.intake.domain.agency_steps import whereabouts
from services.intake.domain.errors import Refused
from services.intake.domain.own_limits import settle
from services.intake.domain.rules import Book, Now, Rules
from tests.unit.intake.cases import BEIJING, day, on, told
from tests.unit.intake.registers import DEPARTMENT, a_matter, assigned, submitted, to

LATE = (a.MatterDueSoon, a.MatterOverdue, a.UpperOverdue, a.AgencyOverdueWithdrawn)


def refused(reason, command, /, *arguments, **keywords):
    with pytest.raises(Refused) as caught:
        command(*arguments, **keywords)
    assert caught.value.reason == reason
    return caught.value


def said(matter):
    """What was told of limits, in order: (kind, number or days left, day)."""
    found = []
    for event in told(matter, *LATE):
        match event:
            case a.MatterDueSoon():
                found.append((f"soon-{event.limit_kind}", event.remaining_days, str(event.due)))
            case a.AgencyOverdueWithdrawn():
                found.append((f"withdrawn-{event.limit_kind}", len(event.days), str(event.days[0].as_of)))
            case _:
                found.append((type(event).__name__, event.day.overdue_days, str(event.day.as_of)))
    return found


def with_rest_day(*days: str) -> Book:
    """A calendar in which a later notice has made these days rest days."""
    return Book(workdays.Calendar([workdays.Override(day(d), False, "x", "1") for d in days]), 1)


def at(date, book):
    return Now(dt.datetime.fromisoformat(date).replace(hour=10, tzinfo=BEIJING), book)


def test_the_limit_is_seven_working_days_and_both_kinds_are_known():
    matter = a_matter()
    assert (matter.due, matter.due_working, matter.due_natural) == (day("2026-12-02"), day("2026-12-02"), day("2026-11-30"))
    assert matter.timer_at == dt.datetime(2026, 12, 1, tzinfo=BEIJING)
    natural = a_matter(rules=Rules(agency_day_kind="natural"))
    assert (natural.due, natural.first_due) == (day("2026-11-30"), day("2026-11-30"))
    # A natural-day limit that ends on a rest day ends on the next working day.
    assert a_matter("2026-11-21", rules=Rules(agency_day_kind="natural")).due == day("2026-11-30")


def test_the_settings_are_those_of_the_day_of_registration():
    matter = a_matter(rules=Rules(agency_days=3))
    agency_watch.run_timer(matter, on("2026-11-25", rules=Rules(agency_days=30)))
    assert (matter.limit_days, matter.due) == (3, day("2026-11-26"))


@pytest.mark.parametrize(
    "setting", [{"agency_days": 0}, {"agency_day_kind": "lunar"}, {"agency_warn_days": -1}, {"agency_days": 3, "agency_warn_days": 3}, {"handover_days": 0}]
)  # fmt: skip
def test_a_setting_that_cannot_be_is_refused(setting):
    with pytest.raises(ValueError, match="HALLBUS_INTAKE_"):
        IntakeConfig(**setting)


def test_the_settings_reach_the_rules():
    rules = IntakeConfig(agency_days=5, agency_day_kind="natural", agency_warn_days=2, handover_days=4).rules
    assert (rules.agency_days, rules.agency_day_kind, rules.agency_warn_days, rules.handover_days) == (5, "natural", 2, 4)


def test_the_whole_course():
    matter = a_matter()
    agency.assign(matter, to(promised_on="2026-11-30"), on("2026-11-23"))
    agency.contact(matter, "已与上级沟通", by="s2", now=on("2026-11-24"))
    agency.submit(matter, "", day("2026-12-09"), by="s2", now=on("2026-11-30"))
    agency.contact(matter, "催问", by="s2", now=on("2026-12-01"))
    agency.take_back(matter, "approved", "", by="s2", now=on("2026-12-08", 9))
    agency.notify(matter, "phone", by="s2", now=on("2026-12-08", 11))
    agency.collect(matter, by="s1", now=on("2026-12-09"))
    assert (matter.state, matter.timer_at, matter.first_overdue_days) == ("collected", None, 0)
    assert [contact["purpose"] for contact in matter.contacts] == ["early", "chase"]
    assert told(matter, a.ResultNotified)[0].minutes == 120
    assert [event.version for event in matter.pending_events] == list(range(1, matter.version + 1))
    assert [type(event).__name__ for event in matter.pending_events] == [
        "MatterRegistered", "AgentAssigned", "MatterSubmitted", "MatterReturned", "ResultNotified", "PapersCollected",
    ]  # fmt: skip


def test_every_state_has_its_refusal():
    assert set(_WHY_NOT) == set(STATES)


@pytest.mark.parametrize(
    ("reason", "command"),
    [
        ("MATTER_NOT_ASSIGNED", lambda matter, now: agency.submit(matter, "x", None, by="s2", now=now)),
        ("MATTER_NOT_ASSIGNED", lambda matter, now: agency.take_back(matter, "approved", "", by="s2", now=now)),
        ("MATTER_NOT_ASSIGNED", lambda matter, now: agency.notify(matter, "phone", by="s2", now=now)),
        ("MATTER_NOT_ASSIGNED", lambda matter, now: agency.collect(matter, by="s2", now=now)),
        ("MATTER_NOT_ASSIGNED", lambda matter, now: agency.move_upper_due(matter, now.today, "x", by="s2", now=now)),
        ("UPPER_DEPARTMENT_REQUIRED", lambda matter, now: agency.assign(matter, to(department=" "), now)),
        ("PROMISE_PAST", lambda matter, now: agency.assign(matter, to(promised_on="2026-11-23"), now)),
        ("PROMISE_AFTER_LIMIT", lambda matter, now: agency.assign(matter, to(promised_on="2026-12-03"), now)),
    ],
)
def test_what_a_new_entry_refuses(reason, command):
    refused(reason, command, a_matter(), on("2026-11-24"))


def test_another_agent_needs_a_reason_and_the_history_names_both():
    matter = assigned()
    refused("ALREADY_AGENT", agency.assign, matter, to(reason="x"), on("2026-11-24"))
    refused("REASON_REQUIRED", agency.assign, matter, to("s3"), on("2026-11-24"))
    agency.assign(matter, to("s3", department="", reason="原代办员请假"), on("2026-11-24"))
    assert [(entry["from_agent_id"], entry["agent_id"], entry["reason"]) for entry in matter.assignments] == [
        (None, "s2", ""),
        ("s2", "s3", "原代办员请假"),
    ]
    assert (matter.upper_department, matter.state, matter.due) == (DEPARTMENT, "assigned", day("2026-12-02"))
    up = submitted()
    agency.assign(up, to("s3", reason="x"), on("2026-11-26"))
    assert (up.state, up.promised_on) == ("submitted", day("2026-12-02"))
    ended = assigned()
    agency.end(ended, "withdrawn", "x", by="s1", now=on("2026-11-24"))
    refused("MATTER_ENDED", agency.assign, ended, to("s3", reason="x"), on("2026-11-24"))


def test_the_promise_is_the_limit_unless_an_earlier_day_was_named():
    assert assigned().promised_on == day("2026-12-02")
    matter = a_matter()
    agency.assign(matter, to(promised_on="2026-11-27"), on("2026-11-24"))
    agency.assign(matter, to("s3", reason="x"), on("2026-11-25"))
    assert matter.promised_on == day("2026-11-27")


def test_a_warning_the_working_day_before_then_each_working_day_over_once():
    matter = assigned()
    for date in ("2026-11-30", "2026-12-01", "2026-12-01", "2026-12-02", "2026-12-03", "2026-12-03", "2026-12-05", "2026-12-07"):
        agency_watch.run_timer(matter, on(date))
    assert said(matter) == [
        ("soon-submission", 1, "2026-12-02"), ("MatterOverdue", 1, "2026-12-03"), ("MatterOverdue", 2, "2026-12-04"), ("MatterOverdue", 3, "2026-12-07"),
    ]  # fmt: skip
    assert matter.timer_at == dt.datetime(2026, 12, 8, tzinfo=BEIJING)


def test_days_of_downtime_change_nothing_of_what_is_told():
    often, late = assigned(), assigned()
    for date in ("2026-12-01", "2026-12-03", "2026-12-04", "2026-12-07"):
        agency_watch.run_timer(often, on(date))
    agency_watch.run_timer(late, on("2026-12-07"))
    assert said(late) == said(often)


def test_no_reminder_comes_after_a_day_over_whatever_was_asked_meanwhile():
    matter = a_matter()
    agency.assign(matter, to(), on("2026-12-03"))  # no scheduler ran
    agency_watch.run_timer(matter, on("2026-12-04"))
    assert said(matter) == [("MatterOverdue", 1, "2026-12-03"), ("MatterOverdue", 2, "2026-12-04")]
    # Down for days, and a new calendar came in meanwhile: in order all the same.
    down, book = assigned(), with_rest_day("2026-12-03")
    agency_watch.run_timer(down, at("2026-12-04", book))
    assert said(down) == [("soon-submission", 1, "2026-12-02"), ("MatterOverdue", 1, "2026-12-04")]


def test_a_late_submission_tells_what_nobody_told_first_and_is_judged():
    matter = assigned()
    agency.submit(matter, "", None, by="s2", now=on("2026-12-04"))
    assert [type(event).__name__ for event in matter.pending_events][-3:] == ["MatterOverdue", "MatterOverdue", "MatterSubmitted"]
    assert (told(matter, a.MatterSubmitted)[0].overdue_days, matter.first_overdue_days) == (2, 2)
    assert matter.timer_at is None, "the upper level named no day"


def test_a_saturday_is_not_a_working_day_over():
    matter = assigned("2026-11-25")  # due on Friday, 2026-12-04
    agency.submit(matter, "", None, by="s2", now=on("2026-12-05"))
    assert matter.first_overdue_days == 0


def test_the_upper_levels_lateness_is_its_own():
    matter = submitted(upper_due="2026-12-09")
    assert matter.timer_at == dt.datetime(2026, 12, 8, tzinfo=BEIJING)
    for date in ("2026-12-08", "2026-12-08", "2026-12-11"):
        agency_watch.run_timer(matter, on(date))
    assert said(matter) == [("soon-upper", 1, "2026-12-09"), ("UpperOverdue", 1, "2026-12-10"), ("UpperOverdue", 2, "2026-12-11")]
    agency.take_back(matter, "refused", "", by="s2", now=on("2026-12-14"))
    assert told(matter, a.MatterReturned)[0].overdue_days == 3
    assert (matter.first_overdue_days, matter.told) == (0, [])


def test_the_upper_level_names_another_day():
    matter = submitted(upper_due=None)
    assert matter.timer_at is None
    agency.move_upper_due(matter, day("2026-12-02"), "电话答复", by="s2", now=on("2026-11-26"))
    agency_watch.run_timer(matter, on("2026-12-03"))
    refused("UPPER_DUE_PAST", agency.move_upper_due, matter, day("2026-12-02") - dt.timedelta(days=1), "x", by="s2", now=on("2026-12-03"))
    refused("UPPER_DUE_UNCHANGED", agency.move_upper_due, matter, day("2026-12-02"), "x", by="s2", now=on("2026-12-03"))
    agency.move_upper_due(matter, day("2026-12-10"), "上级延期", by="s2", now=on("2026-12-04"))
    agency_watch.run_timer(matter, on("2026-12-11"))
    assert said(matter) == [
        ("soon-upper", 1, "2026-12-02"), ("UpperOverdue", 1, "2026-12-03"), ("UpperOverdue", 2, "2026-12-04"),
        ("soon-upper", 1, "2026-12-10"), ("UpperOverdue", 1, "2026-12-11"),
    ]  # fmt: skip
    assert [entry["upper_due"] for entry in matter.upper_dues] == ["2026-12-02", "2026-12-10"]


def test_a_demand_for_more_begins_another_round_and_keeps_the_first():
    matter = submitted()
    refused("NOTE_REQUIRED", agency.take_back, matter, "needs_more", " ", by="s2", now=on("2026-12-01"))
    agency.take_back(matter, "needs_more", "补充环评", by="s2", now=on("2026-12-01"))
    assert (matter.state, matter.round, matter.due, matter.first_due) == ("assigned", 2, day("2026-12-10"), day("2026-12-02"))
    agency_watch.run_timer(matter, on("2026-12-11"))
    assert said(matter) == [("soon-submission", 1, "2026-12-10"), ("MatterOverdue", 1, "2026-12-11")]
    agency.submit(matter, "", None, by="s2", now=on("2026-12-11"))
    agency.take_back(matter, "approved", "", by="s2", now=on("2026-12-14"))
    assert [(entry["round"], entry["upper_result"], entry["overdue_days"]) for entry in matter.rounds] == [
        (1, "needs_more", 0),
        (2, "approved", 1),
    ]
    assert (matter.state, matter.first_overdue_days) == ("returned", 0)


def test_who_was_not_told_learns_it_when_he_collects():
    matter = submitted()
    agency.take_back(matter, "approved", "", by="s2", now=on("2026-12-01"))
    agency.collect(matter, by="s1", now=on("2026-12-02"))
    assert (matter.notified_how, matter.state) == ("on_collection", "collected")
    assert [type(event).__name__ for event in matter.pending_events][-2:] == ["ResultNotified", "PapersCollected"]


@pytest.mark.parametrize("reason_code", END_REASONS)
def test_an_end_before_the_answer_stops_every_clock_but_takes_nothing_back(reason_code):
    matter = assigned()
    agency.end(matter, reason_code, "x", by="s9", now=on("2026-12-04"))
    assert (matter.state, matter.timer_at, matter.first_overdue_days) == ("ended", None, 2)
    agency_watch.run_timer(matter, on("2026-12-31"))
    assert len(told(matter, a.MatterOverdue)) == 2
    early = assigned()
    agency.end(early, reason_code, "x", by="s9", now=on("2026-11-24"))
    assert early.first_overdue_days is None, "neither good nor bad"


def test_what_the_upper_level_has_decided_is_not_ended():
    matter = submitted()
    agency.take_back(matter, "approved", "", by="s2", now=on("2026-12-01"))
    refused("MATTER_RETURNED", agency.end, matter, "withdrawn", "x", by="s9", now=on("2026-12-01"))


def test_a_special_procedure_stops_the_submission_limit():
    matter = assigned()
    running = [{"since": "2026-11-25", "until": None}]
    agency_watch.stand_still(matter, running, on("2026-11-25"))
    assert (matter.due, matter.timer_at) == (None, None)
    agency_watch.run_timer(matter, on("2026-12-31"))
    assert said(matter) == []
    agency_watch.stand_still(matter, [{"since": "2026-11-25", "until": "2026-12-04"}], on("2026-12-04"))
    # One day was consumed (11-24); six more from the day after the procedure ended.
    assert (matter.due, matter.first_due) == (day("2026-12-14"), day("2026-12-14"))
    agency_watch.run_timer(matter, on("2026-12-15"))
    assert said(matter) == [("soon-submission", 1, "2026-12-14"), ("MatterOverdue", 1, "2026-12-15")]


def test_what_goes_up_during_a_procedure_is_in_time():
    matter = assigned()
    agency_watch.stand_still(matter, [{"since": "2026-11-25", "until": None}], on("2026-11-25"))
    agency.submit(matter, "", day("2026-12-09"), by="s2", now=on("2026-12-01"))
    assert (matter.first_overdue_days, matter.first_due) == (0, day("2026-12-01"))


def test_a_procedure_that_begins_on_a_day_over_takes_that_day_back_and_no_other():
    matter = assigned()
    agency_watch.run_timer(matter, on("2026-12-04"))
    agency_watch.stand_still(matter, [{"since": "2026-12-04", "until": None}], on("2026-12-04"))
    assert said(matter)[1:] == [
        ("MatterOverdue", 1, "2026-12-03"),
        ("MatterOverdue", 2, "2026-12-04"),
        ("withdrawn-submission", 1, "2026-12-04"),
    ]
    agency_watch.stand_still(matter, [{"since": "2026-12-04", "until": "2026-12-07"}], on("2026-12-07"))
    agency_watch.run_timer(matter, on("2026-12-08"))
    assert said(matter)[-1] == ("MatterOverdue", 2, "2026-12-08")


def test_the_upper_levels_day_does_not_stand_still():
    matter = submitted(upper_due="2026-12-02")
    agency_watch.stand_still(matter, [{"since": "2026-11-26", "until": None}], on("2026-11-26"))
    agency_watch.run_timer(matter, on("2026-12-03"))
    assert said(matter)[-1] == ("UpperOverdue", 1, "2026-12-03")


def test_a_later_notice_moves_the_limit_and_the_warning_comes_again_if_its_day_lies_ahead():
    matter = assigned()
    agency_watch.run_timer(matter, on("2026-12-01"))
    book = with_rest_day("2026-11-30")
    agency_watch.catch_up(matter, at("2026-12-01", book))
    assert (matter.due, matter.calendar_edition) == (day("2026-12-03"), book.edition)
    agency_watch.run_timer(matter, at("2026-12-02", book))
    assert said(matter) == [("soon-submission", 1, "2026-12-02"), ("soon-submission", 1, "2026-12-03")]
    # Here the working day before the new last day is the one on which it was warned already.
    warned, book = assigned(), with_rest_day("2026-12-02", "2026-12-03")
    agency_watch.run_timer(warned, on("2026-12-01"))
    agency_watch.catch_up(warned, at("2026-12-01", book))
    agency_watch.run_timer(warned, at("2026-12-04", book))
    assert (warned.due, said(warned)) == (day("2026-12-04"), [("soon-submission", 1, "2026-12-02")])


def test_a_day_over_that_a_later_notice_made_a_rest_day_is_withdrawn():
    matter = assigned()
    agency_watch.run_timer(matter, on("2026-12-04"))
    agency_watch.catch_up(matter, at("2026-12-04", with_rest_day("2026-12-03")))
    assert said(matter)[1:] == [
        ("MatterOverdue", 1, "2026-12-03"), ("MatterOverdue", 2, "2026-12-04"), ("withdrawn-submission", 2, "2026-12-03"), ("MatterOverdue", 1, "2026-12-04"),
    ]  # fmt: skip
    upper = submitted(upper_due="2026-12-02")
    agency_watch.run_timer(upper, on("2026-12-03"))
    agency_watch.catch_up(upper, at("2026-12-03", with_rest_day("2026-12-03")))
    assert said(upper)[-1] == ("withdrawn-upper", 1, "2026-12-03")


def test_the_same_calendar_changes_nothing():
    matter = assigned()
    before = dataclasses.asdict(matter)
    agency_watch.catch_up(matter, on("2026-11-27"))
    assert dataclasses.asdict(matter) == before


DAYS = st.dates(dt.date(2026, 11, 20), dt.date(2027, 1, 15)).map(dt.date.isoformat)


@given(told_days=st.lists(DAYS, unique=True).map(sorted), over=st.lists(DAYS, unique=True).map(sorted))
def test_after_settling_what_stands_is_the_truth_and_numbered_in_order(told_days, over):
    settled = settle(told_days, [day(d) for d in over])
    standing = dict(enumerate(told_days, start=1))
    for wrong in settled.wrong:
        assert standing.pop(wrong.overdue_days) == wrong.as_of.isoformat()
    for fresh in settled.fresh:
        assert fresh.overdue_days not in standing
        standing[fresh.overdue_days] = fresh.as_of.isoformat()
    assert settled.stands == over == [standing[number] for number in sorted(standing)]
    assert sorted(standing) == list(range(1, len(over) + 1))


@given(runs=st.lists(st.dates(dt.date(2026, 11, 23), dt.date(2026, 12, 31)), max_size=8).map(sorted))
def test_however_the_scheduler_runs_the_same_is_told(runs):
    often, once = assigned(), assigned()
    for date in runs:
        agency_watch.run_timer(often, on(date.isoformat()))
    for matter in (often, once):
        agency_watch.run_timer(matter, on("2026-12-31"))
    assert said(often) == said(once)
    assert [event.version for event in often.pending_events] == list(range(1, often.version + 1))


def test_shares_and_ages_have_no_float():
    assert [percent(2, 3), percent(0, 4), percent(3, 3), percent(0, 0)] == ["66.7", "0.0", "100.0", ""]
    assert spread([]) == ("", None)
    assert spread([Age(4, 1), Age(1, 1), Age(9, 1)]) == ("4", 9)
    assert spread([Age(4, 2), Age(1, 2)]) == ("2.5", 4)


@given(ages=st.lists(st.integers(0, 300), min_size=1, max_size=30))
def test_the_spread_of_counted_ages_is_that_of_the_single_ones(ages):
    ordered = sorted(ages)
    middle = ordered[(len(ages) - 1) // 2] + ordered[len(ages) // 2]
    expected = f"{middle // 2}.5" if middle % 2 else str(middle // 2)
    assert spread([Age(value, ages.count(value)) for value in set(ages)]) == (expected, ordered[-1])


@pytest.mark.parametrize(
    ("made", "date", "zh", "en", "by"),
    [
        (a_matter, "2026-11-24", "将于2026-12-02前报送上级部门", "to the upper level for you by 2026-12-02", "2026-12-02"),
        (assigned, "2026-12-03", "现已逾期", "being chased", "2026-12-02"),
        (submitted, "2026-12-01", f"已于2026-11-25报送{DEPARTMENT}，预计2026-12-09前答复", "due by 2026-12-09", "2026-12-09"),
        (submitted, "2026-12-10", "大厅正在催问", "asking for it", "2026-12-09"),
        (lambda: submitted(upper_due=None), "2026-12-01", "正在等待答复", "awaited", None),
    ],
)
def test_the_applicant_reads_where_the_matter_is(made, date, zh, en, by):
    step = whereabouts(made(), on(date))
    assert zh in step.zh
    assert en in step.en
    assert step.by == (day(by) if by else None)


def test_the_applicant_reads_what_came_of_it():
    promised = a_matter()
    agency.assign(promised, to(promised_on="2026-11-27"), on("2026-11-23"))
    assert [whereabouts(promised, on(date)).by for date in ("2026-11-27", "2026-11-28")] == [day("2026-11-27"), day("2026-12-02")]
    matter = submitted()
    agency.take_back(matter, "needs_more", "x", by="s2", now=on("2026-12-01"))
    assert whereabouts(matter, on("2026-12-01")).zh.startswith("上级要求补充材料，")
    agency_watch.stand_still(matter, [{"since": "2026-12-02", "until": None}], on("2026-12-02"))
    assert "特别程序结束后" in whereabouts(matter, on("2026-12-02")).zh
    for result, zh in (("approved", "准予"), ("refused", "不予")):
        back = submitted()
        agency.take_back(back, result, "", by="s2", now=on("2026-12-01"))
        assert zh in whereabouts(back, on("2026-12-01")).zh
        agency.collect(back, by="s1", now=on("2026-12-01"))
        assert whereabouts(back, on("2026-12-01")) is None
