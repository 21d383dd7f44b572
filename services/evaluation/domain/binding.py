"""Which case a key press on a window's rating device (评价器) speaks about.

A press names a window and a moment, never a case. The rule:

1. Only sessions of that window whose case was decided in the `reach` before the press count.
2. `newest`: the press goes to the last case decided before it. Once that case is closed, older ones are out of reach too: a
   second press is an impatient citizen, not the opinion of the one who left before. `oldest` serves the window's open cases
   in order instead (one device for a queue of people).
3. A press up to `lead` before a decision belongs to that decision when nothing else fits (staff ask first and click
   afterwards; clocks differ).
4. A press that fits nothing stays unmatched, is listed, and is taken up when its case's decision arrives late. A rating once
   given never moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.evaluation.domain.sessions import EXPIRED, INVITED

NO_SESSION, ALREADY_RATED, SESSION_EXPIRED, BAD_KEY = "NO_SESSION", "ALREADY_RATED", "SESSION_EXPIRED", "BAD_KEY"


@dataclass(frozen=True)
class Reach:
    """How far a press reaches: back to a decision, ahead to one, and which open case comes first."""

    back: timedelta
    lead: timedelta
    order: str = "newest"  # newest | oldest


@dataclass(frozen=True)
class Candidate:
    """A session of the press's window."""

    session_id: str
    decided_at: datetime
    state: str


@dataclass(frozen=True)
class Waiting:
    """A press that fitted nothing so far."""

    press_id: str
    pressed_at: datetime
    reason: str


def session_for(pressed_at: datetime, sessions: Sequence[Candidate], reach: Reach) -> tuple[str | None, str]:
    """(session id, "") or (None, why not)."""
    before = sorted((s for s in sessions if pressed_at - reach.back <= s.decided_at <= pressed_at), key=lambda s: s.decided_at)
    after = sorted((s for s in sessions if pressed_at < s.decided_at <= pressed_at + reach.lead), key=lambda s: s.decided_at)
    chosen = _open_before(before, reach.order) or next((s for s in after if s.state == INVITED), None)
    if chosen:
        return chosen.session_id, ""
    if not before:
        return None, NO_SESSION
    return None, SESSION_EXPIRED if before[-1].state == EXPIRED else ALREADY_RATED


def _open_before(before: Sequence[Candidate], order: str) -> Candidate | None:
    if order == "oldest":
        return next((s for s in before if s.state == INVITED), None)
    return before[-1] if before and before[-1].state == INVITED else None


def press_for(decided_at: datetime, next_decided_at: datetime | None, presses: Sequence[Waiting], reach: Reach) -> str | None:
    """The unmatched press that belongs to a case whose decision has just arrived, or None.

    The first one after the decision and before the window's next decision; else the last one shortly before it that met no case at all.
    """
    end = min(decided_at + reach.back, next_decided_at) if next_decided_at else decided_at + reach.back
    ordered = sorted(presses, key=lambda p: p.pressed_at)
    following = [p for p in ordered if decided_at <= p.pressed_at <= end and p.reason in (NO_SESSION, ALREADY_RATED)]
    if following:
        return following[0].press_id
    leading = [p for p in ordered if decided_at - reach.lead <= p.pressed_at < decided_at and p.reason == NO_SESSION]
    return leading[-1].press_id if leading else None
