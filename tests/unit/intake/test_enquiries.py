"""The ticket of an enquiry: always held by somebody, told late once a working day, whatever way it goes."""

import datetime as dt

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.intake.config import IntakeConfig
from services.intake.domain import enquiry_happenings as h
from services.intake.domain.askers import Asker
from services.intake.domain.enquiries import ANSWERED, CLOSED, WAITING, Enquiry, check_window, due_day
from services.intake.domain.enquiry_happenings import Desk
from services.intake.domain.enquiry_rules import EnquiryRules
from services.intake.domain.enquiry_steps import enquiry_step
from services.intake.domain.errors import Refused
from services.intake.domain.rules import Rules
from services.intake.domain.told import ItemGuide, Said, what_is_told
from tests.unit.intake.cases import BEIJING, on, told

TO_UNIT, TO_WINDOW, TO_PERSON = Desk(None, "u2", None), Desk(None, "u2", "w2"), Desk("s2", "u2", "w2")


def rules(**over) -> Rules:
    return Rules(enquiries=EnquiryRules(**over))


def asked(date="2026-11-23", *, own_duty=False, version="B", hour=10, **over) -> Enquiry:
    now = on(date, hour, rules(version=version))
    enquiry = Enquiry(**{
        "enquiry_id": "e1", "enquiry_no": "n1", "region": "52.02", "hall_id": "h1", "day": now.today, "channel": "desk", "asker": {}, "question": "?",
        "item_id": None, "item_version": None, "rule": version, "own_duty": own_duty, "first_asked_id": "s1", "unit_id": "u1", "window_id": "w1",
        "registered_at": now.at, "track_hash": "x", "due": due_day(now, own_duty=own_duty), "holder_id": "s1", "holder_unit_id": "u1",
        "holder_window_id": "w1", **over,
    })  # fmt: skip
    enquiry.register(now)
    return enquiry


def routed(to=TO_UNIT, **over) -> Enquiry:
    enquiry = asked(**over)
    enquiry.route(to, by="s1", by_unit="u1", reason="不属本窗口", now=on("2026-11-23", 11))
    return enquiry


def taken(**over) -> Enquiry:
    enquiry = routed(**over)
    enquiry.take(by="s2", by_unit="u2", now=on("2026-11-23", 12))
    return enquiry


def answer(enquiry, date="2026-11-23", by="s2", unit="u2", hour=13):
    enquiry.answer_it("答", by=by, by_unit=unit, now=on(date, hour))


def refused(reason, command, /, *arguments, **keywords):
    with pytest.raises(Refused) as caught:
        command(*arguments, **keywords)
    assert caught.value.reason == reason


def test_what_is_in_his_own_duties_is_answered_the_same_day_and_by_him():
    enquiry = asked(own_duty=True)
    assert enquiry.due == dt.date(2026, 11, 23)
    refused("HOLDER_OF_OTHER_UNIT", answer, enquiry)
    answer(enquiry, by="s1", unit="u1")
    assert (enquiry.state, enquiry.elapsed_days, enquiry.overdue_days) == (ANSWERED, 0, 0)
    refused("ENQUIRY_ANSWERED", answer, enquiry, by="s1", unit="u1")


def test_under_version_b_what_is_not_his_is_routed_and_whoever_accepts_takes_it_over():
    enquiry = asked()
    assert enquiry.due == dt.date(2026, 11, 26)
    refused("ROUTE_IT", answer, enquiry, by="s1", unit="u1")
    enquiry.route(TO_WINDOW, by="s1", by_unit="u1", reason="", now=on("2026-11-23", 11))
    assert enquiry.holder == Desk("s1", "u1", "w1"), "pointing the way ends no duty"
    refused("NOT_ROUTED_TO_YOU", enquiry.take, by="s3", by_unit="u3", now=on("2026-11-23", 12))
    enquiry.take(by="s2", by_unit="u2", now=on("2026-11-23", 12))
    assert enquiry.holder == Desk("s2", "u2", "w2")
    refused("HOLDER_OF_OTHER_UNIT", answer, enquiry, by="s1", unit="u1")
    refused("ENQUIRY_TAKEN", enquiry.route, TO_UNIT, by="s1", by_unit="u1", reason="", now=on("2026-11-23", 12))
    answer(enquiry)
    assert enquiry.due == dt.date(2026, 11, 26), "nobody gains or loses time by passing it on"


def test_under_version_a_the_ticket_stays_with_the_first_asked_person_and_either_may_answer():
    enquiry = taken(version="A")
    assert enquiry.holder == Desk("s1", "u1", "w1")
    enquiry.run_timer(on("2026-11-27"))
    assert told(enquiry, h.Overdue)[0].holder.staff_id == "s1"
    refused("HOLDER_OF_OTHER_UNIT", answer, enquiry, by="s3", unit="u3")
    answer(enquiry)
    direct = asked(version="A")
    answer(direct, by="s1", unit="u1")
    assert direct.state == ANSWERED, "he follows it to the end, whether or not in his duties"


def test_a_named_person_alone_accepts_and_may_be_replaced_while_he_has_not():
    enquiry = routed(to=TO_PERSON)
    refused("NOT_ROUTED_TO_YOU", enquiry.take, by="s22", by_unit="u2", now=on("2026-11-23", 12))
    enquiry.route(TO_UNIT, by="s1", by_unit="u1", reason="", now=on("2026-11-23", 12))
    assert [("recalled_at" in route, route["staff_id"]) for route in enquiry.routes] == [(True, "s2"), (False, None)]
    enquiry.take(by="s22", by_unit="u2", now=on("2026-11-23", 12))
    assert (enquiry.holder_id, enquiry.bounced) == ("s22", 0)


@pytest.mark.parametrize("start", [routed, taken])
def test_a_ticket_given_back_bounces_to_the_first_asked_person_who_may_then_answer(start):
    enquiry = start()
    refused("HOLDER_OF_OTHER_UNIT" if enquiry.state == "taken" else "NOT_ROUTED_TO_YOU",
            enquiry.give_back, by="s3", by_unit="u3", reason="x", now=on("2026-11-23", 12))  # fmt: skip
    enquiry.give_back(by="s2", by_unit="u2", reason="本应由首问窗口答复", now=on("2026-11-23", 12))
    assert (enquiry.state, enquiry.holder_id, enquiry.bounced, enquiry.routed_unit_id) == ("open", "s1", 1, None)
    refused("ENQUIRY_NOT_ROUTED", enquiry.take, by="s2", by_unit="u2", now=on("2026-11-23", 12))
    refused("ENQUIRY_NOT_ROUTED", enquiry.give_back, by="s2", by_unit="u2", reason="x", now=on("2026-11-23", 12))
    answer(enquiry, by="s1", unit="u1")
    assert enquiry.state == ANSWERED


def test_routing_needs_another_place_the_right_unit_and_for_ones_own_duty_a_reason():
    enquiry = asked(own_duty=True)
    now = on("2026-11-23", 11)
    refused("ROUTED_TO_SELF", enquiry.route, Desk("s1", "u1", None), by="s1", by_unit="u1", reason="x", now=now)
    refused("ROUTED_TO_SELF", enquiry.route, Desk(None, "u1", "w1"), by="s1", by_unit="u1", reason="x", now=now)
    refused("HOLDER_OF_OTHER_UNIT", enquiry.route, TO_UNIT, by="s3", by_unit="u3", reason="x", now=now)
    refused("REASON_REQUIRED", enquiry.route, TO_UNIT, by="s1", by_unit="u1", reason=" ", now=now)
    enquiry.route(Desk("s11", "u1", "w1"), by="s1", by_unit="u1", reason="同事熟悉", now=now)
    assert enquiry.state == "routed"


@pytest.mark.parametrize("start", ["2026-11-28", "2026-11-29"])
def test_a_question_of_a_rest_day_is_due_from_the_next_working_day(start):
    assert due_day(on(start), own_duty=True) == dt.date(2026, 11, 30)
    assert due_day(on(start), own_duty=False) == dt.date(2026, 12, 3)
    enquiry = asked(start, own_duty=True)
    answer(enquiry, "2026-11-30", by="s1", unit="u1")
    assert (enquiry.elapsed_days, enquiry.overdue_days) == (1, 0)


def test_the_reminder_comes_once_and_every_working_day_over_once_in_order():
    enquiry = taken()
    assert enquiry.timer_at == dt.datetime(2026, 11, 26, 15, tzinfo=BEIJING)
    enquiry.run_timer(on("2026-11-26", 14))
    assert told(enquiry, h.DueSoon, h.Overdue) == []
    for moment in (on("2026-11-26", 15), on("2026-11-26", 23), on("2026-11-27"), on("2026-11-27", 22), on("2026-12-01")):
        enquiry.run_timer(moment)
    assert len(told(enquiry, h.DueSoon)) == 1
    assert [(e.overdue_days, e.as_of.isoformat()) for e in told(enquiry, h.Overdue)] == [
        (1, "2026-11-27"), (2, "2026-11-30"), (3, "2026-12-01"),
    ]  # fmt: skip
    assert enquiry.timer_at == dt.datetime(2026, 12, 2, tzinfo=BEIJING)


def test_days_over_are_told_to_who_held_the_ticket_then_though_no_scheduler_ran():
    enquiry = routed()
    enquiry.take(by="s2", by_unit="u2", now=on("2026-11-30"))
    answer(enquiry, "2026-12-01")
    assert [(e.overdue_days, e.holder.staff_id) for e in told(enquiry, h.Overdue)] == [(1, "s1"), (2, "s1"), (3, "s2")]
    assert [type(e) for e in enquiry.pending_events][2:5] == [h.DueSoon, h.Overdue, h.Overdue]
    assert [e.version for e in enquiry.pending_events] == list(range(1, len(enquiry.pending_events) + 1))
    assert (enquiry.elapsed_days, enquiry.overdue_days) == (6, 3)


def test_an_answer_in_time_after_the_hour_of_the_reminder_needs_none():
    enquiry = taken()
    answer(enquiry, "2026-11-26", hour=16)
    assert told(enquiry, h.DueSoon, h.Overdue) == []


def test_an_answer_that_nobody_comes_back_on_closes_the_ticket_once():
    enquiry = taken()
    refused("ENQUIRY_NOT_ANSWERED", enquiry.close, "told", by="s2", by_unit="u2", note="", now=on("2026-11-23", 14))
    answer(enquiry)
    assert enquiry.timer_at == dt.datetime(2026, 12, 1, tzinfo=BEIJING)
    enquiry.run_timer(on("2026-11-30", 23))
    assert enquiry.state == ANSWERED
    enquiry.run_timer(on("2026-12-01", 0))
    enquiry.run_timer(on("2026-12-02", 0))
    assert [e.outcome for e in told(enquiry, h.Closed)] == ["silent"]
    assert (enquiry.state, enquiry.timer_at) == (CLOSED, None)


def test_who_closes_and_why():
    enquiry = taken()
    answer(enquiry)
    refused("HOLDER_OF_OTHER_UNIT", enquiry.close, "told", by="s3", by_unit="u3", note="", now=on("2026-11-24"))
    enquiry.close("not_reached", by="s1", by_unit="u1", note="", now=on("2026-11-24"))
    refused("ENQUIRY_CLOSED", enquiry.close, "withdrawn", by="s1", by_unit="u1", note="x", now=on("2026-11-24"))
    gone = taken()
    refused("NOTE_REQUIRED", gone.close, "withdrawn", by="s2", by_unit="u2", note=" ", now=on("2026-11-24"))
    gone.close("withdrawn", by="s2", by_unit="u2", note="咨询人表示不再需要", now=on("2026-11-30"))
    assert [e.overdue_days for e in told(gone, h.Overdue)] == [1, 2], "what was late stays told"
    assert gone.answered_at is None


def test_every_state_has_a_next_step_in_both_languages():
    late, waiting = on("2026-11-30"), on("2026-11-24")
    answered = taken()
    answer(answered)
    closed = taken()
    closed.close("withdrawn", by="s2", by_unit="u2", note="x", now=waiting)
    steps = [
        enquiry_step(enquiry, "大厅", now)
        for enquiry, now in (
            (asked(own_duty=True), on("2026-11-23")), (asked(), waiting), (routed(), waiting), (taken(), waiting), (taken(version="A"), waiting),
            (taken(), late), (answered, waiting), (closed, waiting),
        )
    ]  # fmt: skip
    assert len({step.zh for step in steps}) == len({step.en for step in steps}) == len(steps)
    assert "已超过2个工作日" in steps[5].zh
    assert [step.by is None for step in steps] == [False] * 7 + [True]
    answered.run_timer(on("2026-12-01"))
    assert enquiry_step(answered, "大厅", late).zh == "咨询已办结"


def test_a_question_at_a_window_names_it():
    refused("WINDOW_REQUIRED", check_window, "window", None)
    check_window("window", "w1")
    check_window("phone", None)


class Tickets(RuleBasedStateMachine):
    """Any sequence of commands and sweeps: versions stay dense, the reminder single, the days over in order, and somebody always holds the ticket."""

    @initialize(own_duty=st.booleans(), version=st.sampled_from("AB"))
    def ask(self, own_duty, version):
        self.now = dt.datetime(2026, 11, 23, 10, tzinfo=BEIJING)
        self.enquiry = asked(own_duty=own_duty, version=version)

    @property
    def circumstances(self):
        return on(self.now.date().isoformat(), self.now.hour)

    @rule(hours=st.integers(1, 60))
    def wait(self, hours):
        self.now += dt.timedelta(hours=hours)

    @rule()
    def sweep(self):
        if self.enquiry.timer_at is not None and self.enquiry.timer_at <= self.now:
            self.enquiry.run_timer(self.circumstances)
            assert self.enquiry.timer_at is None or self.enquiry.timer_at > self.now

    @rule(
        what=st.sampled_from(("route", "take", "back", "answer", "close", "withdraw")),
        by=st.sampled_from((("s1", "u1"), ("s2", "u2"), ("s3", "u3"))),
    )
    def command(self, what, by):
        who = {"by": by[0], "by_unit": by[1], "now": self.circumstances}
        before = (self.enquiry.version, self.enquiry.state, self.enquiry.holder)
        commands = {
            "route": lambda: self.enquiry.route(TO_UNIT, reason="x", **who), "take": lambda: self.enquiry.take(**who),
            "back": lambda: self.enquiry.give_back(reason="x", **who), "answer": lambda: self.enquiry.answer_it("答", **who),
            "close": lambda: self.enquiry.close("told", note="", **who), "withdraw": lambda: self.enquiry.close("withdrawn", note="x", **who),
        }  # fmt: skip
        try:
            commands[what]()
        except Refused:
            assert (self.enquiry.version, self.enquiry.state, self.enquiry.holder) == before, "a refusal changes nothing"

    @invariant()
    def holds(self):
        enquiry = self.enquiry
        events = enquiry.pending_events
        assert [e.version for e in events] == list(range(1, enquiry.version + 1))
        assert len(told(enquiry, h.DueSoon)) <= 1
        assert [e.overdue_days for e in told(enquiry, h.Overdue)] == list(range(1, enquiry.overdue_days + 1))
        assert enquiry.bounced == len(told(enquiry, h.GivenBack)) == sum("returned_at" in route for route in enquiry.routes)
        assert enquiry.holder.staff_id
        assert enquiry.rule == "B" or enquiry.holder_id == "s1"
        assert (enquiry.timer_at is None) == (enquiry.state == CLOSED)
        assert (enquiry.answered_at is not None) or enquiry.state in (*WAITING, CLOSED)
        if closed := told(enquiry, h.Closed):
            assert events[-1] is closed[0]


TestTickets = Tickets.TestCase


def a_guide(**over) -> ItemGuide:
    given = {
        "item_id": "i1", "item_version": 2, "name": "x", "status": "in_hall", "immediate": False, "legal_days": 20, "promised_days": 5,
        "day_kind": "working", "materials": ({"code": "M1", "name": "申请书", "required": True},), "fees": (), "legal_basis": "某法",
        "conditions": "有场所", "procedure": ("受理", "决定"),
    }  # fmt: skip
    return ItemGuide(**{**given, **over})


def test_of_an_item_its_guide_is_told_whole_and_staff_fill_only_its_gaps():
    assert what_is_told(a_guide(), Said("别的法", ["别的"])) == {
        "legal_basis": "某法", "conditions": "有场所", "procedure": ["受理", "决定"], "materials": [{"code": "M1", "name": "申请书", "required": True}],
    }  # fmt: skip
    filled = what_is_told(a_guide(legal_basis="", procedure=()), Said("别的法", ["第一步"]))
    assert (filled["legal_basis"], filled["procedure"]) == ("别的法", ["第一步"])
    refused("MATERIALS_FROM_GUIDE", what_is_told, a_guide(), Said(materials=["额外证明"]))


def test_without_an_item_in_the_hall_staff_tell_in_their_own_words_or_nothing():
    assert what_is_told(None, Said()) is None
    assert what_is_told(a_guide(status="cancelled"), Said()) is None, "nobody is told how to apply for what is cancelled"
    told_ = what_is_told(None, Said("某法", ["第一步"], ["身份证"]))
    assert told_["materials"] == [{"code": "", "name": "身份证", "required": True}]


def test_limits_and_fees_in_words():
    assert a_guide().limits() == ("20个工作日", "5个工作日")
    assert a_guide(immediate=True, day_kind="natural").limits() == ("20个自然日", "当场或当日办结")
    lines = (
        {"name": "登记费", "amount_fen": 8005, "unit": "", "basis": "某文"},
        {"name": "工本费", "amount_fen": 10, "unit": "本", "basis": "某文"},
    )
    assert a_guide(fees=lines).charges() == ["登记费：80.05元/件（某文）", "工本费：0.10元/本（某文）"]


def test_an_asker_may_stay_unknown_and_a_mask_is_no_value():
    assert not Asker.of({}).known
    asker = Asker.of({"name": " 张三丰 ", "phone": "138 1234 5678", "contact": "z@example.org"})
    assert asker.masked() == {"name": "张**", "phone": "138****5678", "contact": "z***@example.org"}
    refused("MASKED_VALUE", Asker.of, {"phone": "138****5678"})
    refused("PHONE_INVALID", Asker.of, {"phone": "no phone"})


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("first_asked_version", "C"), ("enquiry_own_days", -1), ("enquiry_routed_days", 0), ("enquiry_close_days", 0), ("objection_days", 0),
        ("objections_open", 0), ("objections_per_case", 0), ("objection_quiet_days", 0),
    ],
)  # fmt: skip
def test_settings_that_make_no_sense_stop_the_process(setting, value):
    with pytest.raises(ValueError, match=f"HALLBUS_INTAKE_{setting.upper()}"):
        IntakeConfig(**{setting: value})


def test_the_settings_reach_the_rules():
    config = IntakeConfig(first_asked_version="A", enquiry_own_days=1, enquiry_warn_at=dt.time(9), objection_days=7, objections_open=1)
    assert config.rules.enquiries == EnquiryRules("A", 1, 3, dt.time(9), 5)
    assert (config.rules.objections.days, config.rules.objections.open_at_once, config.rules.objections.quiet_days) == (7, 1, 5)
