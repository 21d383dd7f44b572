"""What must hold of any facts whatever: order, duplicates, retraction, and a ledger that follows them."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring import rulebook_file
from services.scoring.domain.facts import Fact
from services.scoring.domain.ledger import Posted, Posting, difference
from services.scoring.domain.matching import Matcher
from services.scoring.domain.score import score
from services.scoring.domain.values import SubjectKind

TYPES = [
    "LATE",
    "EARLY",
    "OFF_POST",
    "ABSENT_HALF_DAY",
    "GAME",
    "CASE_OVERDUE",
    "COMPLAINT_ATTITUDE_VERIFIED",
    "LEADER_VISIT",
    "THANKS_WRITTEN",
    "UNTIDY",
    "ALCOHOL",
]
MATCHERS = {name: Matcher(rulebook_file.parse(path.read_text(), path.name)) for name, path in rulebook_file.bundled().items()}
SHEETS = [("mj.v1", SubjectKind.PERSON), ("mj.v1", SubjectKind.UNIT), ("xzk.v1", SubjectKind.WINDOW), ("xzk.v1", SubjectKind.PERSON)]

facts = st.lists(
    st.builds(
        Fact,
        fact_id=st.integers(1, 60).map(lambda n: f"f{n}"),
        type=st.sampled_from(TYPES),
        region=st.just("52.02"),
        hall_id=st.just("h0001"),
        occurred_on=st.integers(0, 60).map(lambda n: date(2026, 10, 15) + timedelta(days=n)),
        person_id=st.sampled_from(["p", "q", None]),
        window_id=st.just("w"),
        unit_id=st.just("u"),
        half=st.sampled_from(["am", "pm", None]),
        minutes=st.one_of(st.none(), st.integers(0, 120)),
        days=st.integers(1, 5),
        case_id=st.sampled_from(["c1", "c2", None]),
        serious=st.booleans(),
        unlawful=st.booleans(),
        staff_fault=st.sampled_from([True, False, None]),
        verified=st.booleans(),
    ),
    max_size=40,
    unique_by=lambda fact: fact.fact_id,
)
quick = settings(max_examples=40, deadline=None)  # four sheets each; a busy machine must not fail them
sheets = pytest.mark.parametrize(("rulebook", "kind"), SHEETS)


@sheets
@quick
@given(facts=facts, data=st.data())
def test_order_and_duplicates_do_not_matter(rulebook, kind, facts, data):
    matcher = MATCHERS[rulebook]
    shuffled = data.draw(st.permutations(facts + facts[::2]))
    assert score(matcher, kind, shuffled) == score(matcher, kind, facts)


@sheets
@quick
@given(facts=facts)
def test_unverified_facts_are_as_if_not_there(rulebook, kind, facts):
    matcher = MATCHERS[rulebook]
    assert score(matcher, kind, facts) == score(matcher, kind, [fact for fact in facts if fact.verified])


@sheets
@quick
@given(facts=facts)
def test_every_fact_scores_at_most_once_outside_the_cascade(rulebook, kind, facts):
    matcher = MATCHERS[rulebook]
    cascades = {cascade.code for cascade in matcher.rulebook.cascades}
    used = [fact for line in score(matcher, kind, facts).lines if line.line not in cascades for fact in line.fact_ids]
    assert len(used) == len(set(used))


@sheets
@quick
@given(facts=facts, data=st.data())
def test_the_ledger_follows_the_facts_through_any_changes(rulebook, kind, facts, data):
    """Post, change, retract in any order: the standing lines are always those from scratch, and going back goes back."""
    matcher = MATCHERS[rulebook]
    ledger = Ledger()
    for _ in range(data.draw(st.integers(1, 4))):
        present = data.draw(st.lists(st.sampled_from(facts), unique_by=lambda fact: fact.fact_id)) if facts else []
        ledger.follow([Posting.of(line) for line in score(matcher, kind, present).lines])
        assert ledger.total == score(matcher, kind, present).points
    ledger.follow([Posting.of(line) for line in score(matcher, kind, facts).lines])
    assert ledger.total == score(matcher, kind, facts).points
    assert ledger.follow([Posting.of(line) for line in score(matcher, kind, facts).lines]) == 0


@quick
@given(minutes=st.integers(0, 1440))
def test_off_post_tiers_cover_every_length_once(minutes):
    fact = Fact("f", "OFF_POST", "52.02", "h", date(2026, 11, 2), person_id="p", window_id="w", minutes=minutes, verified=True)
    points = score(MATCHERS["xzk.v1"], SubjectKind.WINDOW, [fact]).points
    assert points == (0 if minutes < 30 else -50 if minutes <= 60 else -100)


class Ledger:
    """An append-only list of entries: (entry id, posting or None, reversed entry id or None)."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, Posting, str | None]] = []

    def follow(self, wanted: list[Posting]) -> int:
        reversed_ids = {reverses for _, _, reverses in self.entries if reverses}
        standing = [Posted(i, p) for i, p, reverses in self.entries if reverses is None and i not in reversed_ids]
        change = difference(standing, wanted)
        for posted in change.reverse:
            self.entries.append((f"e{len(self.entries)}", posted.posting, posted.entry_id))
        for posting in change.post:
            self.entries.append((f"e{len(self.entries)}", posting, None))
        return len(change.reverse) + len(change.post)

    @property
    def total(self) -> int:
        return sum(-p.points if reverses else p.points for _, p, reverses in self.entries)
