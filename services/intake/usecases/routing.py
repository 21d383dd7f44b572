"""What a routing class brings with it: a register entry of its own, made and ended in the transaction that gives or takes the class."""

from __future__ import annotations

from collections.abc import Callable

from chassis.database import Transaction
from services.intake.domain.case import Case
from services.intake.domain.rules import Now
from services.intake.usecases import agency
from services.intake.usecases.joint import following

Step = Callable[[Transaction, Case, Now], None]

_ENTER: dict[str, Step] = {
    "agency": agency.open_entry,
    "joint": following.enter,
}
"""By routing class: opens the entry of an accepted case that now has the class."""
_LEAVE: dict[str, Step] = {
    "agency": agency.leave,
    "joint": following.leave,
}
"""By routing class: ends the entry of a case that has the class no more; may refuse by raising."""


def in_force(case: Case) -> str | None:
    """The routing class whose register knows the case: none before acceptance, which may still change it."""
    return None if case.accepted_at is None else case.routing


def routed(tx: Transaction, case: Case, now: Now, *, was: str | None = None) -> None:
    """Call after whatever may accept a case or change its routing; `was` is what was in force before (`in_force`)."""
    to = in_force(case)
    if to == was:
        return
    if was in _LEAVE:
        _LEAVE[was](tx, case, now)
    if to in _ENTER:
        _ENTER[to](tx, case, now)
