"""The rating session (评价会话) of one finished case: invited → rated, or invited → expired."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from services.evaluation.domain.errors import EvaluationError
from services.evaluation.domain.grades import Grade

INVITED, RATED, EXPIRED = "invited", "rated", "expired"


@dataclass(frozen=True)
class RatingSubmitted:
    """A rating was given."""

    grade: Grade
    channel: str
    at: datetime
    version: int


@dataclass(frozen=True)
class BadReviewOpened:
    """The rating was one of the two lowest grades."""

    grade: Grade
    at: datetime
    version: int


@dataclass
class RatingSession:
    """One invitation to rate one case (一事一评); region and hall are the case's own."""

    session_id: str
    case_id: str
    case_no: str
    item_id: str
    unit_id: str
    window_id: str
    staff_id: str
    region: str
    hall_id: str
    decided_at: datetime
    opened_at: datetime
    expires_at: datetime
    state: str = INVITED
    token_hash: str | None = None
    token_issued_at: datetime | None = None
    version: int = 0
    pending_events: list[object] = field(default_factory=list)

    def issue_token(self, token_hash: str, at: datetime) -> None:
        """Replace the token; the former one is void from now on. Raises RATING_ALREADY_GIVEN, SESSION_EXPIRED."""
        self._must_be_open(at)
        self.token_hash = token_hash
        self.token_issued_at = at

    def rate(self, grade: Grade, *, channel: str, given_at: datetime, now: datetime) -> None:
        """Take the one rating. Raises RATING_ALREADY_GIVEN, SESSION_EXPIRED.

        `given_at` decides, not `now`: a timely key press that was uploaded late is taken.
        """
        self._must_be_open(given_at)
        self.state = RATED
        self.version += 1
        self.pending_events.append(RatingSubmitted(grade, channel, given_at, self.version))
        if grade.bad:
            self.version += 1
            self.pending_events.append(BadReviewOpened(grade, now, self.version))

    def _must_be_open(self, at: datetime) -> None:
        if self.state == RATED:
            raise EvaluationError("RATING_ALREADY_GIVEN", "the case has its rating", case_id=self.case_id)
        if self.state == EXPIRED or at >= self.expires_at:
            raise EvaluationError("SESSION_EXPIRED", "the time to rate is over", case_id=self.case_id)


@dataclass
class Rating:
    """What was said; the row's keys (session, case) are what makes a second rating impossible."""

    session_id: str
    case_id: str
    grade: str
    channel: str
    tags: list[str]
    text: str
    contact: str
    press_id: str | None
    submitted_at: datetime
    unit_id: str
    window_id: str
    staff_id: str
    region: str
    hall_id: str


@dataclass
class BadReview:
    """A rating in the two lowest grades that somebody must look into (差评整改)."""

    session_id: str
    case_id: str
    grade: str
    state: str
    opened_at: datetime
    unit_id: str
    window_id: str
    staff_id: str
    region: str
    hall_id: str
