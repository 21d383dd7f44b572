"""Random lives of a joint handling: whatever is tried in whatever order, the state follows the facts, every working day over stands told once and in order,
no day of a special procedure counts, versions are dense, and what was published says the same as the handling itself."""

import copy
import datetime as dt

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import workdays
from contracts import REGISTRY
from services.intake import events
from services.intake.domain.counting import Stop
from services.intake.domain.errors import Refused
from services.intake.domain.joint import centre
from services.intake.domain.joint.handling import ENDED, ISSUED, RETURNED, RUNNING, STATES, JointHandling
from services.intake.domain.rules import Book, Now
from tests.unit.intake.cases import BEIJING
from tests.unit.intake.joint import asked

UNITS = ("u1", "u2", "u3", "u4")


class JointLife(RuleBasedStateMachine):
    """Commands, the case's special procedures, new calendars and the passing of time, in any order."""

    @initialize(
        day=st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 1)), needed=st.integers(2, 3), days=st.integers(1, 6), after=st.booleans()
    )
    def begin(self, day, needed, days, after):
        self.at = dt.datetime.combine(day, dt.time(10), BEIJING)
        self.days, self.book, self.stops, self.published = {}, Book(workdays.Calendar()), [], []
        self.handling = JointHandling(
            "j1", "c1", "n1", "i1", "52.02", "h1", "u1", "w1", needed, "accepted", self.at, self.book.edition
        ).open(self.at)  # fmt: skip
        # unit → number of the day over → (day, version), as readers of the events know it; None is the limit for the whole.
        self.known = {}
        self.publish()
        self.attempt(self.handling.convene, [asked("u2", days), asked("u3", days + 1)], after_meeting=after and days > 3, now=self.now)

    @property
    def now(self):
        return Now(self.at, self.book)

    def publish(self):
        """What the commit does: every happening becomes its event, checked against its contract, and readers take it in."""
        for happening in self.handling.pending_events[len(self.published) :]:
            event = events.MAPPERS[type(happening)](self.handling, happening)
            REGISTRY.get(event.type).validate(event.data)
            self.published.append(event)
            self.read(event)

    def read(self, event):
        data = event.data
        if event.type == "intake.joint.member_overdue":
            self.tell(data["unit_id"], data["overdue_days"], data["as_of"], event.version)
        if event.type == "intake.joint.limit_overdue":
            self.tell(("limit", data["number"]), data["overdue_days"], data["as_of"], event.version)
        if event.type == "intake.joint.overdue_withdrawn":
            whose = data["unit_id"] or ("limit", self.handling.limit["number"])
            for fact in data["facts"]:
                assert self.known[whose].pop(fact["overdue_days"]) == (fact["as_of"], fact["version"])

    def tell(self, whose, number, as_of, version):
        told = self.known.setdefault(whose, {})
        assert number not in told, "told twice without being withdrawn"
        told[number] = (as_of, version)

    def attempt(self, command, *arguments, **keywords):
        self.handling.catch_up(self.now)  # as every command begins
        self.publish()
        before = copy.deepcopy(self.handling)
        try:
            command(*arguments, **keywords)
        except Refused:
            self.handling = before  # as the transaction does
        self.publish()

    @rule(hours=st.integers(1, 24 * 12))
    def time_passes(self, hours):
        self.at += dt.timedelta(hours=hours)

    @rule()
    def scheduler(self):
        if self.handling.state in RUNNING:
            self.attempt(self.handling.run_timer, self.now)
            assert self.handling.timer_at is None or self.handling.timer_at > self.at

    @rule(units=st.lists(st.sampled_from(UNITS), unique=True, max_size=3), days=st.integers(1, 6), after=st.booleans())
    def convene(self, units, days, after):
        self.attempt(self.handling.convene, [asked(unit, days) for unit in units], after_meeting=after, now=self.now)

    @rule(unit=st.sampled_from(UNITS), outcome=st.sampled_from(["agree", "disagree", "conditional"]))
    def opine(self, unit, outcome):
        self.attempt(self.handling.give_opinion, unit, outcome, "x", by="s2", now=self.now)

    @rule(
        kind=st.sampled_from(centre.KINDS),
        unit=st.none() | st.sampled_from(UNITS),
        days=st.none() | st.integers(0, 5),
        meeting=st.sampled_from([None, None, "m1"]),
    )
    def decide(self, kind, unit, days, meeting):
        self.attempt(centre.decide, self.handling, centre.Ruling(kind, "x", "s9", unit, days, meeting), now=self.now)

    @rule(meeting=st.sampled_from(["m1", "m2"]), state=st.sampled_from(["planned", "held", "minuted", "cancelled"]))
    def meet(self, meeting, state):
        self.attempt(self.handling.meet, meeting, state, self.at, self.now)

    @rule()
    def a_procedure_begins_or_ends(self):
        if self.handling.state not in RUNNING:
            return
        today = self.now.today
        if self.stops and self.stops[-1].until is None:
            self.stops[-1] = Stop(self.stops[-1].since, today)
            self.attempt(self.handling.stand, tuple(self.stops), self.now, cause="resumed")
        elif not self.stops or self.stops[-1].until < today:
            self.stops.append(Stop(today, None))
            self.attempt(self.handling.stand, tuple(self.stops), self.now, cause="suspended")

    @rule(distance=st.integers(-10, 20), works=st.booleans())
    def the_calendar_changes(self, distance, works):
        day = self.now.today + dt.timedelta(days=distance)
        self.days[day] = workdays.Override(day, works, "调整", "市政办1号")
        self.book = Book(workdays.Calendar(self.days.values()), self.book.revision + 1)

    @rule(state=st.sampled_from([ISSUED, RETURNED, ENDED]), now_and_then=st.integers(0, 9))
    def close(self, state, now_and_then):
        if self.handling.state in RUNNING and now_and_then == 0:
            self.attempt(self.handling.close, state, self.now)

    @invariant()
    def versions_are_dense(self):
        if hasattr(self, "handling"):
            versions = [event.version for event in self.handling.pending_events]
            assert versions == list(range(1, self.handling.version + 1))

    @invariant()
    def the_state_is_what_the_facts_say_and_was_published(self):
        if not hasattr(self, "handling"):
            return
        handling = self.handling
        assert handling.state in STATES
        told = [e.data["state"] for e in self.published if e.type in ("intake.joint.moved_on", "intake.joint.closed")]
        assert handling.state == (told[-1] if told else "proposed")
        states = {member.state for member in handling.members}
        assert handling.state != "all_in" or not states & {"named", "asked"}
        assert handling.state in RUNNING or not states & {"named", "asked"}
        assert handling.state not in ("proposed", "scheduled", "met") or not any(m.asked_at for m in handling.members)

    @invariant()
    def days_over_told_are_the_working_days_over(self):
        if not hasattr(self, "handling"):
            return
        for member in self.handling.members:
            told = self.known.get(member.unit_id, {})
            assert sorted(told) == list(range(1, member.overdue_days + 1))
            assert [told[n][0] for n in sorted(told)] == [fact["as_of"] for fact in member.told]

    @rule()
    def after_the_scheduler_nothing_is_left_to_tell(self):
        if self.handling.state not in RUNNING:
            return
        self.attempt(self.handling.run_timer, self.now)
        for member in self.handling.members:
            if member.state == "asked":
                assert [day for day, _ in self.in_order(member.unit_id)] == self.counted(
                    member.asked_at, member.limit_days + member.postponed_days
                )
        if self.handling.limit is not None:
            limit = self.handling.limit
            over = self.counted(dt.datetime.fromisoformat(limit["began"]), limit["days"])
            assert [day for day, _ in self.in_order(("limit", limit["number"]))] == over

    def in_order(self, whose):
        told = self.known.get(whose, {})
        return [told[number] for number in sorted(told)]

    def counted(self, began, budget):
        """The working days over so far, found the long way: day by day from the day of asking, which is never counted."""
        day, over, used = self.now.start(began, "window"), [], 0
        while day < self.now.today:
            day += dt.timedelta(days=1)
            if not self.book.calendar.is_workday(day) or any(stop.covers(day) for stop in self.stops):
                continue
            used += 1
            if used > budget:
                over.append(day.isoformat())
        return over

    @invariant()
    def a_clock_that_stands_still_has_no_timer(self):
        if not hasattr(self, "handling") or self.handling.state not in RUNNING or not self.stops or self.stops[-1].until is not None:
            return
        # What was due before the procedure began stands still as well: no working day over runs in it.
        assert self.handling.timer_at is None or self.handling.timer_at <= self.at


TestJointLife = JointLife.TestCase
TestJointLife.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
