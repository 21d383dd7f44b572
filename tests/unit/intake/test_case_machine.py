"""Random lives of a case: whatever is tried in whatever order, no illegal state, no day lost or gained, no gap in the versions, no warning twice or out
of order, and what was published says the same as the case itself."""

import datetime as dt

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import workdays
from contracts import REGISTRY
from services.intake import events
from services.intake.domain import acceptance, notices, stages
from services.intake.domain import happenings as h
from services.intake.domain.breaches import Judgement, judge
from services.intake.domain.case import OPEN, STATES
from services.intake.domain.classification import Change, reclassify
from services.intake.domain.decisions import Decider, decide
from services.intake.domain.delegations import Delegation
from services.intake.domain.delivery import Collector, Handover, confirm_courier, deliver
from services.intake.domain.errors import Refused
from services.intake.domain.extensions import Grant, extend
from services.intake.domain.ladder import told_overdue
from services.intake.domain.ownership import transfer
from services.intake.domain.projection import COUNTED, catch_up
from services.intake.domain.receipts import Receipt, register
from services.intake.domain.rules import Book, Item, Now
from services.intake.domain.suspensions import Procedure, resume, suspend
from services.intake.domain.timers import run_timer
from services.intake.domain.written import Notice
from services.intake.events.cases import day
from tests.unit.intake.replaying import replay

BEIJING = dt.timezone(dt.timedelta(hours=8))
CODES = ("M1", "M2", "M3")
AFTER = {
    "registered": {"registered", "supplement", "accepted", "returned"},
    "supplement": {"supplement", "registered", "returned"},
    "accepted": {"accepted", "in_review", "suspended", "decided"},
    "in_review": {"in_review", "suspended", "decided"},
    "suspended": {"suspended", "in_review"},
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
        at_once=st.booleans(),
    )
    def begin(self, day, promised, kind, handed, channel, at_once):
        self.at = dt.datetime.combine(day, dt.time(10), BEIJING)
        self.days, self.book = {}, Book(workdays.Calendar())
        materials = tuple({"code": code, "name": code, "required": code != "M3"} for code in CODES)
        self.item = Item("i1", 1, "x", "u1", promised == 0, max(promised, 1) * 2, promised, kind, 1, materials)
        receipt = Receipt("c1", "52.02", "h1", "w1", "s1", channel, {"name": "张*"}, tuple(handed), "hash")
        self.case = register(receipt, self.item, now=self.now)
        self.states = ["registered"]

        self.published = []
        self.publish()
        if at_once:
            self.attempt(notices.request_supplement, self.case, notices.Demand(CODES, "s1"), self.item, now=self.now)
            self.supply(set(CODES))
            self.accept(None)
            self.states = [self.case.state]

    @property
    def now(self):
        return Now(self.at, self.book)

    def publish(self):
        """What the commit does: every happening becomes its event, checked against its contract."""
        for happening in self.case.pending_events[len(self.published) :]:
            event = events.MAPPERS[type(happening)](self.case, happening)
            REGISTRY.get(event.type).validate(event.data)
            self.published.append(event)

    def attempt(self, command, *arguments, **keywords):
        catch_up(self.case, self.now)  # as every command begins
        self.publish()
        before = (self.case.version, self.case.state, len(self.case.pending_events), self.case.deadline)
        try:
            command(*arguments, **keywords)
        except Refused:
            assert (self.case.version, self.case.state, len(self.case.pending_events), self.case.deadline) == before
        else:
            assert self.case.version > before[0] or command == run_timer
            # Only these move a deadline.
            moved = self.case.deadline != before[3]
            assert not moved or command in (acceptance.accept, run_timer, suspend, resume, extend)
            assert not moved or command != run_timer or before[3] is None
        self.publish()

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

    @rule(unit=st.sampled_from(["u1", "u2"]), outcome=st.sampled_from(["approved", "rejected"]), opinion=st.sampled_from(["", "理由"]))
    def decide(self, unit, outcome, opinion):
        delegation = Delegation("d1", "u1", "s1", (), dt.date(2020, 1, 1), dt.date(2030, 1, 1))
        decider = Decider("s1", unit, (delegation,))
        self.attempt(decide, self.case, decider, outcome=outcome, opinion=opinion, now=self.now)

    @rule(method=st.sampled_from(["window", "courier", "elsewhere"]))
    def deliver(self, method):
        self.attempt(deliver, self.case, Handover(method, "s1", Collector("张三"), place="村委会", courier_no="SF1"), now=self.now)

    @rule(procedure=st.sampled_from(["hearing", "testing"]), days=st.integers(0, 12))
    def suspend(self, procedure, days):
        told = Procedure(procedure, days, "x", Notice("特告1号", self.now.today), "s1")
        self.attempt(suspend, self.case, told, now=self.now)

    @rule()
    def resume(self):
        self.attempt(resume, self.case, by="s1", result="x", now=self.now)

    @rule(days=st.integers(0, 16), approver=st.sampled_from(["s1", "s9"]))
    def extend(self, days, approver):
        grant = Grant(days, approver, "s1", "x", Notice("延告1号", self.now.today))
        self.attempt(extend, self.case, grant, now=self.now)

    @rule(
        time_class=st.sampled_from([None, "immediate", "promised"]),
        routing=st.sampled_from([None, "plain", "agency"]),
        approver=st.booleans(),
    )
    def reclassify(self, time_class, routing, approver):
        change = Change(time_class, routing, "s1", "x", "s9" if approver else None)
        self.attempt(reclassify, self.case, change, self.item, now=self.now)

    @rule(to=st.sampled_from(["s1", "s2"]))
    def transfer(self, to):
        self.attempt(transfer, self.case, to, by="s1", reason="x", now=self.now)

    @rule(number=st.integers(1, 2), hours=st.integers(0, 48))
    def serve(self, number, hours):
        service = notices.Service("signed", self.at - dt.timedelta(hours=hours), "x", "s1")
        self.attempt(notices.confirm_service, self.case, number, service, now=self.now)

    @rule(hours=st.integers(0, 48))
    def courier_comes_back(self, hours):
        self.attempt(confirm_courier, self.case, signed_by="张三", received_at=self.at - dt.timedelta(hours=hours), now=self.now)

    @rule(breach=st.sampled_from(["overdue", "notice_missed"]), fault=st.booleans(), by=st.sampled_from(["s1", "s8", "s9"]))
    def judge(self, breach, fault, by):
        self.attempt(judge, self.case, Judgement(breach, fault, by, "x", "y"), now=self.now)

    @rule(distance=st.integers(-10, 20), works=st.booleans())
    def the_calendar_changes(self, distance, works):
        day = self.now.today + dt.timedelta(days=distance)
        self.days[day] = workdays.Override(day, works, "调整", "市政办1号")
        self.book = Book(workdays.Calendar(self.days.values()), self.book.revision + 1)
        catch_up(self.case, self.now)
        self.publish()

    @invariant()
    def every_day_is_counted_once_or_passed_over(self):
        if not hasattr(self, "case") or self.case.state not in COUNTED:
            return
        deadline, today = self.case.calculation(), self.now.today
        assert deadline.counted(self.book.calendar, today) == len(self.counting(deadline, today))
        for limit in (deadline.promised, deadline.legal):
            consumed = deadline.consumed_of(limit, self.book.calendar, today)
            assert consumed == min(limit.budget, len(self.counting(deadline, today)))
            assert limit.budget == limit.days + limit.extension
            if limit.due is not None and limit.rolled_from is None and limit.budget:
                assert len(self.counting(deadline, limit.due)) == limit.budget
                assert self.counting(deadline, limit.due)[-1] == limit.due

    def counting(self, deadline, through):
        """The days that count, found the long way."""
        span = [deadline.start + dt.timedelta(days=n) for n in range(1, (through - deadline.start).days + 1)]
        running = [day for day in span if not any(stop.covers(day) for stop in self.case.stops)]
        return [day for day in running if deadline.promised.day_kind == "natural" or self.book.calendar.is_workday(day)]

    @invariant()
    def a_suspended_case_is_not_due(self):
        if hasattr(self, "case") and self.case.state == "suspended":
            assert self.case.legal_due is None
            assert self.case.suspensions[-1]["ended_on"] is None
            assert self.case.promised_due is None or self.case.promised_due.isoformat() < self.case.suspensions[-1]["started_on"]

    @invariant()
    def what_was_published_says_the_same(self):
        if not hasattr(self, "case"):
            return
        case, seen = self.case, replay(self.published)
        shown = {name: getattr(case, name) for name in ("state", "provisional", "version")}
        assert {name: seen[name] for name in shown} == shown
        assert (seen["promised_due"], seen["legal_due"]) == (day(case.promised_due), day(case.legal_due))
        assert seen["extension"] == (case.extension["days"] if case.extension else 0)
        assert seen["suspensions"] == len(case.suspensions)
        assert seen["staff_id"] == case.staff_id
        if case.state not in ("registered", "supplement", "returned"):
            # Before acceptance the class is a wish that no event but a change of it names.
            assert (seen["time_class"], seen["routing"], seen["kind"]) == (case.time_class, case.routing, case.kind)
        assert (seen["decision"], seen["off_window"]) == (case.decision, case.delivery_method == "elsewhere")
        standing = {fact["version"]: (fact["kind"], fact["overdue_days"], fact["staff_fault"]) for fact in case.breaches}
        assert {version: (kind, days, fault) for version, (kind, days, _, fault) in seen["told"].items()} == standing

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
        soon = [(event.due, event.level) for event in self.case.pending_events if isinstance(event, h.DueSoon)]
        assert len(soon) == len(set(soon))
        for due in {due for due, _ in soon}:
            assert [level for d, level in soon if d == due] in (["blue"], ["yellow"], ["blue", "yellow"])
        over = [fact["overdue_days"] for fact in told_overdue(self.case)]
        assert over == list(range(1, len(over) + 1))

    @invariant()
    def a_decision_agrees_with_what_was_told(self):
        if hasattr(self, "case") and self.case.state in ("decided", "delivered"):
            assert self.case.overdue_days == len(told_overdue(self.case))


TestCaseLife = CaseLife.TestCase
TestCaseLife.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
