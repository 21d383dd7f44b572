"""What time alone brings to a case."""

from __future__ import annotations

from services.intake.domain.acceptance import deem
from services.intake.domain.case import OPEN, Case
from services.intake.domain.clocks import next_look, silent_past_limit
from services.intake.domain.ladder import warn
from services.intake.domain.notices import expire
from services.intake.domain.projection import catch_up
from services.intake.domain.rules import Item, Now
from services.intake.domain.stage_limits import watch as watch_stage
from services.intake.domain.suspensions import watch as watch_suspension


def run_timer(case: Case, item: Item, *, now: Now) -> None:
    """Deemed acceptance, then every warning whose day has come, and the end of every other limit that runs: to supply, of a stage, of a procedure."""
    catch_up(case, now)
    if silent_past_limit(case, now):
        deem(case, item, now=now)
    if case.state in OPEN:
        warn(case, now)
    expire(case, now)
    watch_stage(case, now)
    watch_suspension(case, now)
    case.timer_at = next_look(case, now)
