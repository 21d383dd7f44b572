"""A joint handling: who may be a member, whose clock is whose, what the centre may move, and what may be decided when."""

import datetime as dt

import pytest

import workdays
from services.intake.config import IntakeConfig
from services.intake.domain.counting import Stop
from services.intake.domain.errors import Refused
from services.intake.domain.joint import happenings as h
from services.intake.domain.joint.centre import DROP, KINDS, LIMIT, POSTPONE, Ruling, check_decider, decide
from services.intake.domain.joint.handling import APPROVE, ENDED, ISSUED, RETURN
from services.intake.domain.joint.notes import note
from services.intake.domain.joint.slots import next_slot
from services.intake.domain.next_step import Facts, next_step
from services.intake.domain.rules import Book, Rules
from tests.unit.intake.cases import BEIJING, accepted, an_item, day, on, told
from tests.unit.intake.joint import a_handling, asked, convened


def refused(reason, command, /, *arguments, **keywords):
    with pytest.raises(Refused) as caught:
        command(*arguments, **keywords)
    assert caught.value.reason == reason
    return caught.value


def overdue(handling, unit="u2"):
    return [(e.overdue_days, e.as_of.isoformat()) for e in told(handling, h.MemberOverdue) if e.unit_id == unit]


def opine(handling, unit, date, outcome="agree", by="s2"):
    handling.give_opinion(unit, outcome, "同意", by=by, now=on(date))


def ruled(handling, kind, date="2026-11-24", **over):
    decide(handling, Ruling(**{"kind": kind, "reason": "会议决定", "by": "s9", **over}), now=on(date))


@pytest.mark.parametrize(("units", "needs"), [(1, 2), (2, 2), (3, 3), (7, 3)])
def test_three_units_by_itself_two_by_hand(units, needs):
    assert an_item(units_involved=units).joint_needs(Rules()) == needs


def test_members_are_as_many_as_make_it_joint_and_never_the_lead():
    handling = a_handling()
    refused("MEMBERS_TOO_FEW", handling.convene, [asked("u2")], after_meeting=False, now=on("2026-11-23"))
    refused("MEMBER_IS_LEAD", a_handling().convene, [asked("u1")], after_meeting=False, now=on("2026-11-23"))
    refused("MEMBER_TWICE", a_handling().convene, [asked("u2"), asked("u2")], after_meeting=False, now=on("2026-11-23"))
    refused("JOINT_LIMIT_INVALID", a_handling().convene, [asked("u2", 91)], after_meeting=False, now=on("2026-11-23"))
    two = a_handling(needed=2)
    two.convene([asked("u2")], after_meeting=False, now=on("2026-11-23"))
    refused("NOBODY_TO_ASK", two.convene, [], after_meeting=False, now=on("2026-11-23"))
    assert two.state == "opinions_due"


def test_a_handling_without_a_meeting_comes_to_opinions_at_once_and_a_further_member_leads_back():
    handling = convened()
    assert (handling.state, [m.due.isoformat() for m in handling.members]) == ("opinions_due", ["2026-11-26", "2026-11-30"])
    opine(handling, "u2", "2026-11-24")
    opine(handling, "u3", "2026-11-24")
    assert handling.state == "all_in"
    handling.convene([asked("u4")], after_meeting=False, now=on("2026-11-25"))
    assert handling.state == "opinions_due"
    assert [(e.before, e.state) for e in told(handling, h.MovedOn)] == [
        ("proposed", "opinions_due"), ("opinions_due", "all_in"), ("all_in", "opinions_due"),
    ]  # fmt: skip
    assert [e.version for e in handling.pending_events] == list(range(1, handling.version + 1))


def test_members_that_wait_for_a_meeting_are_asked_by_its_minutes():
    handling = convened(after_meeting=True)
    assert (handling.state, handling.timer_at) == ("proposed", None)
    refused("OPINION_NOT_ASKED", opine, handling, "u2", "2026-11-24")
    at = on("2026-11-26", 14).at
    handling.meet("m1", "planned", at, on("2026-11-24"))
    assert handling.state == "scheduled"
    handling.meet("m1", "cancelled", at, on("2026-11-25"))
    assert handling.state == "proposed"
    handling.meet("m2", "planned", at, on("2026-11-25"))
    handling.meet("m2", "held", at, on("2026-11-26", 15))
    assert (handling.state, told(handling, h.OpinionRequested)) == ("met", [])
    handling.meet("m2", "minuted", at, on("2026-11-26", 16))
    # Asked on Thursday the 26th: day 1 is the 27th.
    assert (handling.state, handling.members[0].due.isoformat()) == ("opinions_due", "2026-12-01")
    handling.meet("m2", "minuted", at, on("2026-11-26", 17))
    assert len(told(handling, h.OpinionRequested)) == 2


def test_who_waited_for_a_meeting_may_be_asked_without_one():
    handling = convened(after_meeting=True)
    handling.convene([], after_meeting=False, now=on("2026-11-24"))
    assert (handling.state, handling.members[0].due.isoformat()) == ("opinions_due", "2026-11-27")


def test_every_working_day_over_is_told_once_whatever_the_scheduler_missed_and_is_the_members():
    handling = convened()
    assert handling.timer_at == dt.datetime(2026, 11, 27, tzinfo=BEIJING)
    handling.run_timer(on("2026-11-26", 23))
    assert overdue(handling) == []
    for moment in (on("2026-11-27"), on("2026-11-27", 22), on("2026-12-01")):
        handling.run_timer(moment)
    assert overdue(handling) == [(1, "2026-11-27"), (2, "2026-11-30"), (3, "2026-12-01")]
    assert overdue(handling, "u3") == [(1, "2026-12-01")]
    assert handling.timer_at == dt.datetime(2026, 12, 2, tzinfo=BEIJING)


def test_a_late_opinion_tells_first_what_nobody_told_and_then_counts_no_more():
    handling = convened()
    opine(handling, "u2", "2026-11-30", "conditional")
    kinds = [type(e).__name__ for e in handling.pending_events[-3:]]
    assert kinds == ["MemberOverdue", "MemberOverdue", "OpinionGiven"]
    handling.run_timer(on("2026-12-10"))
    assert len(overdue(handling)) == 2
    opine(handling, "u2", "2026-12-10", by="s3")
    member = handling.member("u2")
    assert (member.outcome, member.given_by, [said["outcome"] for said in member.earlier]) == ("agree", "s3", ["conditional"])
    last = told(handling, h.OpinionGiven)[-1]
    assert (last.revision, last.overdue_days) == (2, 2)


def test_a_special_procedure_stops_the_members_clocks_without_losing_or_gaining_a_day():
    handling = convened()
    handling.run_timer(on("2026-11-25"))
    handling.stand((Stop(day("2026-11-25"), None),), on("2026-11-25"), cause="suspended")
    assert (handling.member("u2").due, handling.timer_at) == (None, None)
    handling.run_timer(on("2026-12-20"))
    assert overdue(handling) == []
    # The 24th was day 1; the procedure ends on the 30th, so that day 2 is the 1st and day 3 the 2nd.
    handling.stand((Stop(day("2026-11-25"), day("2026-11-30")),), on("2026-11-30"), cause="resumed")
    assert handling.member("u2").due == day("2026-12-02")
    handling.run_timer(on("2026-12-03"))
    assert overdue(handling) == [(1, "2026-12-03")]
    moved = [(e.cause, e.due and e.due.isoformat()) for e in told(handling, h.MemberDueMoved) if e.unit_id == "u2"]
    assert moved == [("suspended", None), ("resumed", "2026-12-02")]


def test_a_day_on_which_a_procedure_begins_was_not_over():
    handling = convened()
    handling.run_timer(on("2026-11-27"))
    handling.stand((Stop(day("2026-11-27"), None),), on("2026-11-27"), cause="suspended")
    withdrawn = told(handling, h.OverdueWithdrawn)[0]
    assert (withdrawn.unit_id, withdrawn.cause, [f["as_of"] for f in withdrawn.facts]) == ("u2", "suspended", ["2026-11-27"])
    assert handling.member("u2").overdue_days == 0


def test_a_calendar_that_changes_moves_what_is_open_and_withdraws_what_was_no_day_over():
    handling = convened()
    handling.run_timer(on("2026-11-27"))
    rest = workdays.Calendar([workdays.Override(day("2026-11-25"), False, "台风", "市政办1号")])
    book = Book(rest, 1)
    handling.catch_up(on("2026-11-27", book=book))
    assert (handling.member("u2").due, handling.member("u2").overdue_days) == (day("2026-11-27"), 0)
    handling.run_timer(on("2026-11-30", book=book))
    assert overdue(handling) == [(1, "2026-11-27"), (1, "2026-11-30")]
    before = handling.version
    handling.catch_up(on("2026-11-30", book=book))
    assert handling.version == before


def test_the_case_waits_for_opinions_and_against_one_the_centre_decides():
    handling = a_handling()
    refused("JOINT_NOT_CONVENED", handling.check_decision, "approved")
    handling = convened()
    assert refused("OPINIONS_MISSING", handling.check_decision, "approved").metadata["units"] == "u2,u3"
    opine(handling, "u2", "2026-11-24", "disagree")
    assert refused("OPINIONS_MISSING", handling.check_decision, "rejected").metadata["units"] == "u3"
    ruled(handling, DROP, unit_id="u3")
    assert (handling.state, handling.member("u3").state, handling.member("u3").excused) == ("all_in", "excused", 1)
    refused("MEMBER_DISAGREES", handling.check_decision, "approved")
    handling.check_decision("rejected")
    ruled(handling, APPROVE)
    handling.check_decision("approved")
    refused("CENTRE_DECIDED_OTHERWISE", handling.check_decision, "rejected")
    ruled(handling, RETURN)
    refused("CENTRE_DECIDED_OTHERWISE", handling.check_decision, "approved")
    assert [d["number"] for d in handling.decisions] == [1, 2, 3]


def test_a_return_by_the_centre_waits_for_nobody_but_an_approval_does():
    handling = convened()
    ruled(handling, RETURN)
    handling.check_decision("rejected")
    handling = convened()
    ruled(handling, APPROVE)
    refused("OPINIONS_MISSING", handling.check_decision, "approved")


def test_a_step_is_postponed_by_working_days_as_long_as_it_is_not_over():
    handling = convened()
    ruled(handling, POSTPONE, "2026-11-26", unit_id="u2", days=2)
    member = handling.member("u2")
    assert (member.due, member.postponed_days) == (day("2026-11-30"), 2)
    assert [(m["before"], m["due"], m["by"], m["reason"]) for m in member.moves] == [("2026-11-26", "2026-11-30", "s9", "会议决定")]
    assert handling.timer_at == dt.datetime(2026, 12, 1, tzinfo=BEIJING)
    refused("STEP_OVERDUE", ruled, handling, POSTPONE, "2026-12-01", unit_id="u2", days=2)
    opine(handling, "u2", "2026-12-01")
    refused("STEP_NOT_RUNNING", ruled, handling, POSTPONE, "2026-12-01", unit_id="u2", days=2)
    refused("OPINION_NOT_OUTSTANDING", ruled, handling, DROP, unit_id="u2")


def test_a_limit_for_the_whole_is_watched_on_its_own():
    handling = convened(days=(20, 20))
    ruled(handling, LIMIT, "2026-11-23", days=2)
    assert handling.limit_due == day("2026-11-25")
    handling.run_timer(on("2026-11-27"))
    assert [(e.number, e.overdue_days, e.as_of.isoformat()) for e in told(handling, h.LimitOverdue)] == [
        (1, 1, "2026-11-26"),
        (1, 2, "2026-11-27"),
    ]
    assert (told(handling, h.MemberOverdue), handling.limit_overdue_days) == ([], 2)
    ruled(handling, LIMIT, "2026-11-27", days=5)
    assert (handling.limit_due, handling.limit_overdue_days) == (day("2026-12-04"), 0)
    handling.stand((Stop(day("2026-11-30"), day("2026-12-01")),), on("2026-12-01"), cause="resumed")
    assert handling.limit_due == day("2026-12-08")


@pytest.mark.parametrize(
    ("reason", "kind", "over"),
    [
        ("REASON_REQUIRED", APPROVE, {"reason": " "}),
        ("UNIT_REQUIRED", POSTPONE, {"days": 1}),
        ("UNIT_REQUIRED", DROP, {}),
        ("NOT_A_MEMBER", DROP, {"unit_id": "u9"}),
        ("JOINT_LIMIT_INVALID", POSTPONE, {"unit_id": "u2"}),
        ("JOINT_LIMIT_INVALID", LIMIT, {"days": 0}),
        ("NOT_OF_THIS_DECISION", LIMIT, {"days": 2, "unit_id": "u2"}),
        ("NOT_OF_THIS_DECISION", APPROVE, {"days": 2}),
        ("MEETING_NOT_HELD", APPROVE, {"meeting_id": "m9"}),
    ],
)
def test_a_decision_that_cannot_be_leaves_nothing_behind(reason, kind, over):
    handling = convened()
    before = (handling.version, list(handling.decisions), [vars(m).copy() for m in handling.members])
    refused(reason, ruled, handling, kind, **over)
    assert (handling.version, handling.decisions, [vars(m) for m in handling.members]) == before


def test_who_handles_the_case_or_spoke_for_a_member_does_not_decide_for_the_centre():
    handling, case = convened(), accepted()
    refused("DECIDER_IS_INVOLVED", check_decider, case, handling, case.staff_id)
    check_decider(case, handling, "s2")
    opine(handling, "u2", "2026-11-24")
    opine(handling, "u2", "2026-11-24", by="s3")
    refused("DECIDER_IS_INVOLVED", check_decider, case, handling, "s2")
    refused("DECIDER_IS_INVOLVED", check_decider, case, handling, "s3")


@pytest.mark.parametrize("state", [ISSUED, ENDED])
def test_the_end_tells_what_was_over_releases_who_was_asked_and_stays_the_end(state):
    handling = convened()
    handling.close(state, on("2026-11-27"))
    assert overdue(handling) == [(1, "2026-11-27")]
    assert told(handling, h.Closed)[0].released == ("u2", "u3")
    assert (handling.state, handling.timer_at) == (state, None)
    version = handling.version
    handling.catch_up(on("2026-12-27", book=Book(workdays.Calendar(), 9)))
    handling.meet("m1", "held", on("2026-11-28").at, on("2026-11-28"))
    assert (handling.version, handling.state) == (version, state)
    refused("JOINT_CLOSED", opine, handling, "u2", "2026-11-28")
    for kind in KINDS:
        refused("JOINT_CLOSED", ruled, handling, kind, "2026-11-28")


@pytest.mark.parametrize(
    ("moment", "hour", "slot"),
    [
        ("2026-11-23", 10, "2026-11-26 14:30"),
        ("2026-11-26", 10, "2026-11-26 14:30"),
        ("2026-11-26", 15, "2026-12-03 14:30"),
        # 1 October 2026 is a Thursday and a holiday.
        ("2026-09-29", 10, "2026-10-08 14:30"),
    ],
)
def test_the_regular_slot_is_the_next_thursday_that_is_a_working_day(moment, hour, slot):
    assert next_slot(on(moment, hour)).astimezone(BEIJING).strftime("%Y-%m-%d %H:%M") == slot


def test_the_regular_slot_follows_the_settings_and_a_week_without_such_a_day_has_none():
    monday = next_slot(on("2026-11-23", 10, Rules(joint_weekday=0, joint_time=dt.time(9))))
    assert monday.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M") == "2026-11-30 09:00"
    closed = workdays.Calendar([workdays.Override(day("2026-11-26"), False, "台风", "市政办1号")])
    assert next_slot(on("2026-11-23", book=Book(closed, 1))).date() == day("2026-12-03")
    never = [workdays.Override(day("2026-11-26") + dt.timedelta(weeks=n), False, "x", "1") for n in range(40)]
    refused("NO_REGULAR_SLOT", next_slot, on("2026-11-23", book=Book(workdays.Calendar(never), 1)))


@pytest.mark.parametrize("settings", [{"joint_weekday": "someday"}, {"joint_opinion_days": 0}, {"joint_opinion_days": 91}])
def test_settings_that_cannot_be_are_named(settings):
    with pytest.raises(ValueError, match="HALLBUS_INTAKE_JOINT_"):
        IntakeConfig(**settings)


def test_the_applicant_reads_what_is_awaited_from_which_unit_and_from_nobody_in_person():
    handling, names = convened(), {"u2": "规划局"}
    said = note(handling, names)
    assert "正在等待规划局等2个部门的意见（应于2026-11-30前提出）" in said.zh
    assert "awaiting the opinions of 规划局 and 1 other unit (due by 2026-11-30)" in said.en
    assert said.awaited == ("规划局",)
    assert "2个部门" in note(handling, {}).zh
    assert "opinions of 2 units" in note(handling, {}).en
    opine(handling, "u3", "2026-11-24")
    assert "正在等待规划局的意见（应于2026-11-26前提出）" in note(handling, names).zh
    opine(handling, "u2", "2026-11-24")
    assert "意见已齐" in note(handling, names).zh
    step = next_step(accepted(), Facts("x", 3, on("2026-11-24"), joint=said))
    assert said.zh in step.zh
    assert said.en in step.en


def test_a_planned_meeting_is_said_in_beijing_time():
    handling = convened(after_meeting=True)
    assert "召集成员单位" in note(handling, {}).zh
    handling.meet("m1", "planned", dt.datetime(2026, 11, 26, 6, 30, tzinfo=dt.UTC), on("2026-11-24"))
    assert "2026-11-26 14:30" in note(handling, {}).en
