"""Settings of evaluation; durations are in the hall's own time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from services.evaluation.domain.binding import Reach


@dataclass(frozen=True)
class EvaluationConfig:
    """How long people may rate, and how a key press finds its case."""

    invitation_days: float = 7.0  # afterwards the case counts as not rated, never as well rated
    press_minutes: float = 10.0  # how long after the decision a key press speaks about the case
    press_lead_seconds: float = 15.0  # how long before it
    press_settle_seconds: float = 2.0  # a press waits so long before it is bound: the case's event may be on its way
    press_order: str = "newest"
    rating_url: str = ""  # the public page; the token is appended

    def __post_init__(self) -> None:
        if self.press_order not in ("newest", "oldest"):
            raise ValueError("HALLBUS_EVALUATION_PRESS_ORDER: newest or oldest")
        if self.invitation_days <= 0 or self.press_minutes <= 0 or self.press_lead_seconds < 0 or self.press_settle_seconds < 0:
            raise ValueError("HALLBUS_EVALUATION_*: durations must be positive")

    @property
    def reach(self) -> Reach:
        """The binding rule in force."""
        return Reach(timedelta(minutes=self.press_minutes), timedelta(seconds=self.press_lead_seconds), self.press_order)
