"""Which case a key press speaks about."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.domain.binding import (
    ALREADY_RATED,
    NO_SESSION,
    SESSION_EXPIRED,
    Candidate,
    Reach,
    Waiting,
    press_for,
    session_for,
)

TEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
NEWEST = Reach(timedelta(minutes=10), timedelta(seconds=15))
OLDEST = Reach(timedelta(minutes=10), timedelta(seconds=15), "oldest")


def at(minutes: float) -> datetime:
    return TEN + timedelta(minutes=minutes)


def a_session(name, minutes, state="invited"):
    return Candidate(name, at(minutes), state)


def test_press_goes_to_the_case_decided_last_before_it():
    sessions = [a_session("first", 0), a_session("second", 3)]
    assert session_for(at(4), sessions, NEWEST) == ("second", "")


def test_order_oldest_serves_the_queue():
    sessions = [a_session("first", 0), a_session("second", 3)]
    assert session_for(at(4), sessions, OLDEST) == ("first", "")


def test_second_press_is_not_given_to_the_one_who_left_before():
    sessions = [a_session("left", 0), a_session("rated", 3, "rated")]
    assert session_for(at(4), sessions, NEWEST) == (None, ALREADY_RATED)


def test_press_reaches_back_to_the_limit_and_not_further():
    assert session_for(at(10), [a_session("s", 0)], NEWEST) == ("s", "")
    assert session_for(at(10) + timedelta(seconds=1), [a_session("s", 0)], NEWEST) == (None, NO_SESSION)


def test_press_shortly_before_the_click_belongs_to_the_case():
    assert session_for(at(-0.2), [a_session("s", 0)], NEWEST) == ("s", "")
    assert session_for(at(-0.5), [a_session("s", 0)], NEWEST) == (None, NO_SESSION)


def test_decided_case_goes_before_the_one_about_to_be_decided():
    sessions = [a_session("now", 0), a_session("next", 1.1)]
    assert session_for(at(1), sessions, NEWEST) == ("now", "")


def test_expired_session_is_named_as_the_reason():
    assert session_for(at(1), [a_session("s", 0, "expired")], NEWEST) == (None, SESSION_EXPIRED)


def test_late_decision_takes_the_press_that_followed_it():
    presses = [Waiting("before", at(-5), NO_SESSION), Waiting("its", at(1), NO_SESSION), Waiting("later", at(2), NO_SESSION)]
    assert press_for(at(0), None, presses, NEWEST) == "its"


def test_late_decision_leaves_the_presses_of_the_next_case():
    assert press_for(at(0), at(2), [Waiting("p", at(3), NO_SESSION)], NEWEST) is None


def test_late_decision_takes_a_press_refused_for_the_case_before():
    assert press_for(at(0), None, [Waiting("p", at(1), ALREADY_RATED)], NEWEST) == "p"


def test_double_press_before_the_decision_is_not_carried_over():
    assert press_for(at(0), None, [Waiting("p", at(-0.1), ALREADY_RATED)], NEWEST) is None
    assert press_for(at(0), None, [Waiting("p", at(-0.1), NO_SESSION)], NEWEST) == "p"


@given(
    st.lists(st.tuples(st.integers(-30, 30), st.sampled_from(["invited", "rated", "expired"])), max_size=8),
    st.sampled_from([NEWEST, OLDEST]),
)
def test_only_open_sessions_within_reach_are_chosen(drawn, reach):
    sessions = [a_session(f"s{i}", minutes, state) for i, (minutes, state) in enumerate(drawn)]
    chosen, reason = session_for(TEN, sessions, reach)
    if chosen is None:
        assert reason in {NO_SESSION, ALREADY_RATED, SESSION_EXPIRED}
    else:
        session = next(s for s in sessions if s.session_id == chosen)
        assert session.state == "invited"
        assert TEN - reach.back <= session.decided_at <= TEN + reach.lead
