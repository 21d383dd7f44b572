"""Random lives of a case: whatever is tried in whatever order, no illegal state, no gap in the versions, no warning twice or out of order."""

import datetime as dt

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.intake.domain import acceptance, notices, stages
from services.intake.domain import happenings as h
from services.intake.domain.case import OPEN, STATES
from services.intake.domain.decisions import Decider, decide
from services.intake.domain.delegations import Delegation
from services.intake.domain.delivery import Collector, Handover, deliver
from services.intake.domain.errors import Refused
from services.intake.domain.receipts import Receipt, register
from services.intake.domain.rules import Item, Now
from services.intake.domain.timers import run_timer

BEIJING = dt.timezone(dt.timedelta(hours=8))
CODES = ("M1", "M2", "M3")
AFTER = {
    "registered": {"registered", "supplement", "accepted", "returned"},
    "supplement": {"supplement", "registered", "returned"},
    "accepted": {"accepted", "in_review", "decided"},
    "in_review": {"in_review", "decided"},
    "decided": {"decided", "delivered"},
    "delivered": {"delivered"},
    "returned": {"returned"},
}


class CaseLife(RuleBasedStateMachine):
    """Commands and the passing of time, in any order."""

    @initialize(
        day=st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 1)),
        promised=st.integers(0, 20),
        kind=st.sampled_from(["working", "natural"]),
        handed=st.sets(st.sampled_from(CODES)),
        channel=st.sampled_from(["window", "online", "appointment"]),
    )
    def begin(self, day, promised, kind, handed, channel):
        self.at = dt.datetime.combine(day, dt.time(10), BEIJING)
        materials = tuple({"code": code, "name": code, "required": code != "M3"} for code in CODES)
        self.item = Item("i1", 1, "x", "u1", promised == 0, max(promised, 1) * 2, promised, kind, 1, materials)
        receipt = Receipt("c1", "52.02", "h1", "w1", "s1", channel, {"name": "张*"}, tuple(handed), "hash")
        self.case = register(receipt, self.item, now=self.now)
        self.states = ["registered"]

    @property
    def now(self):
        return Now(self.at)

    def attempt(self, command, *arguments, **keywords):
        before = (self.case.version, self.case.state, len(self.case.pending_events))
        try:
            command(*arguments, **keywords)
        except Refused:
            assert (self.case.version, self.case.state, len(self.case.pending_events)) == before
        else:
            assert self.case.version > before[0] or command == run_timer

    @rule(hours=st.integers(1, 24 * 20))
    def time_passes(self, hours):
        self.at += dt.timedelta(hours=hours)

    @rule()
    def scheduler(self):
        self.attempt(run_timer, self.case, self.item, now=self.now)
        assert self.case.timer_at is None or self.case.timer_at > self.at

    @rule(codes=st.sets(st.sampled_from((*CODES, "M9"))), reason=st.sampled_from(["", "原因"]), days=st.none() | st.integers(0, 10))
    def notice(self, codes, reason, days):
        by = None if days is None else self.at.date() + dt.timedelta(days=days)
        demand = notices.Demand(tuple(sorted(codes)), "s1", reason, by)
        self.attempt(notices.request_supplement, self.case, demand, self.item, now=self.now)

    @rule(codes=st.sets(st.sampled_from(CODES), min_size=1))
    def supply(self, codes):
        self.attempt(notices.submit_supplement, self.case, tuple(sorted(codes)), self.item, now=self.now)

    @rule(routing=st.sampled_from([None, "plain", "joint", "agency"]))
    def accept(self, routing):
        self.attempt(acceptance.accept, self.case, self.item, routing=routing, now=self.now)

    @rule(reason_code=st.sampled_from(["prohibited", "not_supplied"]))
    def refuse(self, reason_code):
        self.attempt(acceptance.return_, self.case, reason_code=reason_code, reason="x", now=self.now)

    @rule(stage=st.sampled_from(["accept", "review", "pay", "complete", "issue"]))
    def stage(self, stage):
        self.attempt(stages.record_stage, self.case, stages.Done(stage, "s1"), now=self.now)

    @rule(unit=st.sampled_from(["u1", "u2"]))
    def decide(self, unit):
        delegation = Delegation("d1", "u1", "s1", (), dt.date(2020, 1, 1), dt.date(2030, 1, 1))
        decider = Decider("s1", unit, (delegation,))
        self.attempt(decide, self.case, decider, outcome="approved", opinion="", now=self.now)

    @rule(method=st.sampled_from(["window", "courier", "elsewhere"]))
    def deliver(self, method):
        self.attempt(deliver, self.case, Handover(method, "s1", Collector("张三"), place="村委会", courier_no="SF1"), now=self.now)

    @invariant()
    def states_follow_each_other(self):
        if not hasattr(self, "case"):
            return
        assert self.case.state in STATES
        assert self.case.state in AFTER[self.states[-1]]
        self.states.append(self.case.state)

    @invariant()
    def versions_are_dense(self):
        if hasattr(self, "case"):
            versions = [event.version for event in self.case.pending_events]
            assert versions == list(range(1, self.case.version + 1))

    @invariant()
    def a_running_case_has_its_calculation_and_a_timer(self):
        if hasattr(self, "case") and self.case.state in OPEN:
            calculation = self.case.calculation()
            assert calculation.promised.due == self.case.promised_due
            assert calculation.promised.trace[0] == "0"
            assert self.case.timer_at is not None
            assert not self.case.missing or self.case.deemed

    @invariant()
    def warnings_come_once_and_in_order(self):
        if not hasattr(self, "case"):
            return
        soon = [event.level for event in self.case.pending_events if isinstance(event, h.DueSoon)]
        assert soon in ([], ["blue"], ["yellow"], ["blue", "yellow"])
        over = [event.overdue_days for event in self.case.pending_events if isinstance(event, h.Overdue)]
        assert over == list(range(1, len(over) + 1))

    @invariant()
    def a_decision_agrees_with_what_was_told(self):
        if hasattr(self, "case") and self.case.state in ("decided", "delivered"):
            over = [event for event in self.case.pending_events if isinstance(event, h.Overdue)]
            assert self.case.overdue_days == len(over)


TestCaseLife = CaseLife.TestCase
TestCaseLife.settings = settings(max_examples=120, stateful_step_count=30, deadline=None)
