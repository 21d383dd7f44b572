"""One case, one rating, and no rating out of silence."""

from datetime import UTC, datetime, timedelta

import pytest

from services.evaluation.domain.errors import EvaluationError
from services.evaluation.domain.grades import Grade
from services.evaluation.domain.sessions import BadReviewOpened, RatingSession, RatingSubmitted

DECIDED = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SOON = DECIDED + timedelta(minutes=1)
AFTER = DECIDED + timedelta(days=8)


def a_session(**over):
    values = {
        "session_id": "r1", "case_id": "c1", "case_no": "H0001-20261123-000001", "item_id": "i0001", "unit_id": "u0001", "window_id": "w0001",
        "staff_id": "s0001", "region": "52.02", "hall_id": "h0001", "decided_at": DECIDED, "opened_at": DECIDED,
        "expires_at": DECIDED + timedelta(days=7),
    }  # fmt: skip
    return RatingSession(**values | over)


def test_a_good_rating_says_one_thing():
    session = a_session()
    session.rate(Grade.SATISFIED, channel="token", given_at=SOON, now=SOON)
    assert session.state == "rated"
    assert session.pending_events == [RatingSubmitted(Grade.SATISFIED, "token", SOON, 1)]


@pytest.mark.parametrize("grade", [Grade.DISSATISFIED, Grade.VERY_DISSATISFIED])
def test_a_bad_rating_opens_a_bad_review(grade):
    session = a_session()
    session.rate(grade, channel="device", given_at=SOON, now=SOON)
    assert session.pending_events[1] == BadReviewOpened(grade, SOON, 2)


def test_a_second_rating_is_refused():
    session = a_session()
    session.rate(Grade.SATISFIED, channel="token", given_at=SOON, now=SOON)
    with pytest.raises(EvaluationError) as caught:
        session.rate(Grade.DISSATISFIED, channel="device", given_at=SOON, now=SOON)
    assert caught.value.reason == "RATING_ALREADY_GIVEN"
    assert len(session.pending_events) == 1


def test_after_its_time_a_session_takes_nothing():
    with pytest.raises(EvaluationError) as caught:
        a_session().rate(Grade.SATISFIED, channel="token", given_at=AFTER, now=AFTER)
    assert caught.value.reason == "SESSION_EXPIRED"


def test_a_timely_press_that_was_uploaded_late_is_taken():
    session = a_session()
    session.rate(Grade.SATISFIED, channel="device", given_at=SOON, now=AFTER)
    assert session.state == "rated"


def test_a_rated_session_gives_out_no_token():
    session = a_session(state="rated")
    with pytest.raises(EvaluationError) as caught:
        session.issue_token("hash", SOON)
    assert caught.value.reason == "RATING_ALREADY_GIVEN"
