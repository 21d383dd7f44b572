"""A new calendar moves the due days of open cases, with cause and notice; nothing else does."""

import datetime as dt

import pytest

import workdays
from services.intake.domain import happenings as h
from services.intake.domain import notices
from services.intake.domain.ownership import transfer
from services.intake.domain.projection import catch_up
from services.intake.domain.rules import Book
from services.intake.domain.stages import Done, record_stage
from services.intake.domain.suspensions import Procedure, resume, suspend
from services.intake.domain.timers import run_timer
from services.intake.domain.written import Notice
from tests.unit.intake.cases import a_case, accepted, an_item, day, decided, on, told

NOTICE_2027 = "国办发明电〔2026〕99号"


def a_book(revision, *days, notices_=()):
    """A revision with days off (or worked, with "+"): ("2026-11-24", "+2026-11-28")."""
    made = [workdays.Override(day(text.lstrip("+")), text.startswith("+"), "调整", f"市政办〔2026〕{revision}号") for text in days]
    return Book(workdays.Calendar(made, notices_), revision)


def caught_up(case, book, when):
    catch_up(case, on(when, book=book))
    return case


def test_a_day_off_moves_the_due_day_and_says_why():
    case = caught_up(accepted(), a_book(1, "2026-11-24"), "2026-11-23")
    assert case.promised_due == day("2026-12-01")
    (moved,) = told(case, h.DeadlineMoved)
    assert (moved.cause, moved.actor, moved.notice_nos, moved.promised_before, moved.promised_due, moved.calendar_revision) == (
        "calendar", None, ("市政办〔2026〕1号",), day("2026-11-30"), day("2026-12-01"), 1,
    )  # fmt: skip
    (kept,) = case.replaced
    assert (kept.before["promised"]["due"], kept.after["promised"]["due"]) == ("2026-11-30", "2026-12-01")
    assert case.calendar_edition == a_book(1, "2026-11-24").edition


def test_a_calendar_that_changes_nothing_here_is_taken_in_silently():
    case = accepted()
    version = case.version
    caught_up(case, a_book(1, "2026-06-01"), "2026-11-24")
    assert (case.version, case.replaced) == (version, ())
    assert case.calculation().calendar_revision == 1
    before = case.deadline
    caught_up(case, a_book(1, "2026-06-01"), "2026-11-24")
    assert case.deadline is before


def test_an_older_calendar_never_takes_a_calculation_back():
    case = caught_up(accepted(), a_book(2, "2026-11-24"), "2026-11-24")
    caught_up(case, a_book(1), "2026-11-24")
    assert case.promised_due == day("2026-12-01")


def test_a_provisional_due_day_is_confirmed_or_moved_when_the_notice_comes():
    case = accepted("2026-12-04", an_item(promised_days=20, legal_days=20))
    assert (case.promised_due, case.provisional) == (day("2027-01-04"), True)
    year = (workdays.YearNotice(2027, NOTICE_2027),)
    off = [workdays.Override(day(f"2027-01-0{n}"), False, "元旦放假", NOTICE_2027) for n in (1, 2, 3)]
    confirmed = caught_up(
        accepted("2026-12-04", an_item(promised_days=20, legal_days=20)), Book(workdays.Calendar(off, year), 1), "2026-12-10"
    )
    assert (confirmed.promised_due, confirmed.provisional) == (day("2027-01-04"), False)
    (moved,) = told(confirmed, h.DeadlineMoved)
    assert (moved.provisional, moved.notice_nos) == (False, (NOTICE_2027,))
    worked = [*off, workdays.Override(day("2027-01-04"), False, "元旦放假", NOTICE_2027)]
    later = caught_up(case, Book(workdays.Calendar(worked, year), 1), "2026-12-10")
    assert (later.promised_due, later.provisional) == (day("2027-01-05"), False)


def test_edition_grows_with_revision_and_with_every_year_that_becomes_known():
    plain = Book(workdays.Calendar(), 3)
    off = workdays.Override(day("2027-01-01"), False, "元旦", NOTICE_2027)
    noticed = Book(workdays.Calendar([off], [workdays.YearNotice(2027, NOTICE_2027)]), 3)
    assert plain.edition < noticed.edition < Book(workdays.Calendar(), 4).edition


def test_overdue_days_that_are_none_under_the_new_calendar_are_withdrawn_and_told_anew_when_true():
    case = accepted()
    run_timer(case, an_item(), now=on("2026-12-03"))
    assert [(e.overdue_days, e.as_of.day) for e in told(case, h.Overdue)] == [(1, 1), (2, 2), (3, 3)]
    caught_up(case, a_book(1, "2026-12-02", "2026-12-03"), "2026-12-03")
    (gone,) = told(case, h.OverdueWithdrawn)
    assert (gone.cause, [f["overdue_days"] for f in gone.facts]) == ("calendar", [2, 3])
    (moved,) = told(case, h.DeadlineMoved)
    assert (moved.promised_before, moved.promised_due) == (day("2026-11-30"), day("2026-11-30"))  # only the legal one moved
    run_timer(case, an_item(), now=on("2026-12-04", book=a_book(1, "2026-12-02", "2026-12-03")))
    assert [(e.overdue_days, e.as_of.day) for e in told(case, h.Overdue)][3:] == [(2, 4)]


def test_a_moved_due_day_withdraws_facts_of_other_days_even_when_their_number_stays():
    case = accepted()
    run_timer(case, an_item(), now=on("2026-12-02"))
    book = a_book(1, "2026-11-25")
    caught_up(case, book, "2026-12-03")
    assert case.promised_due == day("2026-12-01")
    assert [f["as_of"] for e in told(case, h.OverdueWithdrawn) for f in e.facts] == ["2026-12-01", "2026-12-02"]
    assert [(e.overdue_days, e.as_of.day) for e in told(case, h.Overdue)][2:] == [(1, 2), (2, 3)]


def test_a_worked_saturday_can_make_a_case_overdue_at_once():
    case = caught_up(accepted(), a_book(1, "+2026-11-28"), "2026-11-30")
    assert case.promised_due == day("2026-11-28")
    assert [(e.overdue_days, e.as_of) for e in told(case, h.Overdue)] == [(1, day("2026-11-30"))]


def test_commands_after_a_change_first_see_the_new_calendar():
    case = accepted()
    run_timer(case, an_item(), now=on("2026-12-01", book=a_book(1, "2026-11-24")))
    assert told(case, h.Overdue) == []
    assert [type(e) for e in case.pending_events[3:]] == [h.DeadlineMoved, h.DueSoon, h.DueSoon]


def test_the_limit_of_a_running_suspension_moves_too():
    case = accepted()
    suspend(case, Procedure("testing", 2, "x", Notice("1号", day("2026-11-24")), "s1"), now=on("2026-11-24"))
    caught_up(case, a_book(1, "2026-11-25"), "2026-11-24")
    assert case.suspensions[0]["limit_due"] == "2026-11-27"
    assert case.timer_at == on("2026-11-30", 0).at
    assert told(case, h.DeadlineMoved) == []


def test_the_notice_limit_of_a_receipt_moves_with_the_calendar():
    case = caught_up(a_case(handed=()), a_book(1, "2026-11-24"), "2026-11-23")
    assert case.timer_at == on("2026-12-02", 0).at
    caught_up(case, a_book(2), "2026-11-25")
    assert case.timer_at == on("2026-12-01", 0).at


def test_a_deemed_acceptance_is_not_taken_back():
    case = a_case(handed=())
    run_timer(case, an_item(), now=on("2026-12-01"))
    caught_up(case, a_book(1, "2026-11-24", "2026-11-25"), "2026-12-01")
    assert (case.deemed, case.state) == (True, "accepted")


def test_what_is_decided_does_not_move():
    case = decided(accepted(), "2026-11-25")
    version, deadline = case.version, case.deadline
    caught_up(case, a_book(1, "2026-11-24"), "2026-11-26")
    assert (case.version, case.deadline, case.promised_due) == (version, deadline, day("2026-11-30"))


@pytest.mark.parametrize("cause", ["stage", "timer", "transfer"])
def test_nothing_but_suspension_extension_and_calendar_moves_a_deadline(cause):
    case = accepted()
    before = case.deadline
    if cause == "stage":
        record_stage(case, Done("review", "s2", "改了意见"), now=on("2026-11-25"))
    elif cause == "timer":
        run_timer(case, an_item(), now=on("2026-12-10"))
    else:
        transfer(case, "s2", by="s1", reason="轮岗", now=on("2026-11-25"))
    assert case.deadline == before
    assert case.replaced == ()


def test_a_second_list_restarts_the_notice_limit_of_intake_and_no_deadline():
    case = a_case(handed=())
    notices.request_supplement(case, notices.Demand((), "s1"), an_item(), now=on("2026-11-24"))
    assert (case.deadline, case.timer_at) == (None, None)


def test_resuming_keeps_the_notice_that_was_given():
    case = accepted()
    suspend(case, Procedure("testing", 2, "x", Notice("特告7号", day("2026-11-24")), "s1"), now=on("2026-11-24"))
    resume(case, by="s2", result="合格", now=on("2026-11-26"))
    (moved,) = told(case, h.DeadlineMoved)
    assert (moved.cause, moved.actor, moved.notice_nos, moved.promised_before) == ("resumed", "s2", ("特告7号",), None)
    assert [(r.cause, r.before["promised"]["due"], r.after["promised"]["due"]) for r in case.replaced] == [
        ("suspended", "2026-11-30", None), ("resumed", None, "2026-12-03"),
    ]  # fmt: skip
    assert dt.date.fromisoformat(case.replaced[-1].after["running_since"]) == day("2026-11-26")
