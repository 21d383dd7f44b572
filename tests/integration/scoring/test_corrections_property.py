"""Of whatever intake may tell, take back and judge about a case: any delivery, with duplicates, ends where the delivery in order ends (O7)."""

import itertools
from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.errors import NotFound
from chassis.events import ReceivedEvent

from .conftest import judged, overdue, withdrawn


@dataclass
class Story:
    """What intake does with one case: tells the next day over, withdraws from some day on and tells again, judges what stands."""

    events: list = field(default_factory=list)
    standing: dict = field(default_factory=dict)  # day over → (event, fault of staff)
    version: int = 4

    def tell(self, days):
        self.version += 1
        event = overdue(days, f"2026-12-{days + 2 * (self.version % 3):02d}", version=self.version)
        self.standing[days] = event, None
        self.events.append(event)

    def withdraw(self, first):
        gone = [self.standing.pop(days)[0] for days in sorted(self.standing) if days >= first]
        if gone:
            self.version += 1
            self.events.append(withdrawn(self.version, *gone))

    def judge(self, fault):
        concerned = {days: event for days, (event, known) in self.standing.items() if known is not fault}
        if concerned:
            self.version += 1
            self.events.append(judged(self.version, fault, *concerned.values()))
            self.standing |= {days: (event, fault) for days, event in concerned.items()}

    @property
    def points(self):
        return -sum(fault is not False for _, fault in self.standing.values())


@st.composite
def stories(draw):
    story = Story()
    story.tell(1)
    for act in draw(st.lists(st.sampled_from(["tell", "tell", "tell", "withdraw", "excuse", "confirm"]), min_size=1, max_size=8)):
        if act == "tell":
            story.tell(len(story.standing) + 1)
        elif act == "withdraw":
            story.withdraw(draw(st.integers(1, max(1, len(story.standing)))))
        else:
            story.judge(act == "confirm")
    return story


def test_any_delivery_ends_as_the_one_in_order_and_as_the_recomputation(scored):
    count = iter(range(10**6))

    def deliver(events, cuts=()):
        """As a case, a window and a person of their own, cut into batches, a repeated event with another id each time; what both sheets say then."""
        n = next(count)
        over = {"case_id": f"c-{n}", "window_id": f"w-{n}", "staff_id": f"p-{n}"}
        values = [
            event.__dict__ | {"id": f"{event.id}-{n}-{i}", "subject": f"c-{n}", "data": event.data | over} for i, event in enumerate(events)
        ]
        bounds = [0, *sorted(cuts), len(values)]
        for start, end in itertools.pairwise(bounds):
            scored.tell(*[ReceivedEvent(**of) for of in values[start:end]])
        return [says(kind, subject) for kind, subject in (("window", f"w-{n}"), ("person", f"p-{n}"))]

    def says(kind, subject):
        try:
            sheet = scored.sheet("XZK", kind, subject)
        except NotFound:  # it never had a line
            return "0.00", []
        return sheet["points"], [(line["line"], line["occurred_on"], line["points"]) for line in sheet["lines"]]

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(story=stories(), data=st.data())
    def holds(story, data):
        in_order = deliver(story.events, range(1, len(story.events)))
        assert [points for points, _ in in_order] == [f"{story.points}.00"] * 2, "worked out from the story alone"
        some = data.draw(st.permutations(story.events + data.draw(st.lists(st.sampled_from(story.events), max_size=3))))
        cuts = data.draw(st.lists(st.integers(1, len(some)), max_size=len(some), unique=True))
        assert deliver(some, cuts) == in_order

    holds()
    assert scored.differences() == []
