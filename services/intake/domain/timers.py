"""What time alone brings to a case."""

from __future__ import annotations

from services.intake.domain.acceptance import deem
from services.intake.domain.case import OPEN, Case
from services.intake.domain.clocks import next_look, silent_past_limit
from services.intake.domain.ladder import warn
from services.intake.domain.projection import catch_up
from services.intake.domain.rules import Item, Now
from services.intake.domain.suspensions import watch


def run_timer(case: Case, item: Item, *, now: Now) -> None:
    """Deemed acceptance, then every warning whose day has come; a suspended case is watched for the limit of its procedure."""
    catch_up(case, now)
    if silent_past_limit(case, now):
        deem(case, item, now=now)
    if case.state in OPEN:
        warn(case, now)
    watch(case, now)
    case.timer_at = next_look(case, now)
