"""The five stages (受理、审核、交费、办结、发证) that a case goes through: who did each, when, where, and within which limit of its own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from services.intake.domain.case import IN_REVIEW, OPEN, Case
from services.intake.domain.clocks import next_look
from services.intake.domain.counting import counted_between
from services.intake.domain.errors import Invalid, Refused
from services.intake.domain.happenings import StageCompleted
from services.intake.domain.rules import Now
from services.intake.domain.stage_limits import started_on

STAGES = ("accept", "review", "pay", "complete", "issue")
RECORDABLE = ("review", "pay")
ACCEPT, REVIEW, PAY, COMPLETE, ISSUE = STAGES


@dataclass(frozen=True)
class Done:
    """The end of a stage: who did it, what he says, and whether it was done outside the hall (体外循环)."""

    stage: str
    by: str
    opinion: str = ""
    off_hall: bool = False


def record_stage(case: Case, done: Done, *, now: Now) -> None:
    """End the review or payment stage. Raises Invalid STAGE_NOT_RECORDABLE, Refused STAGE_ALREADY_COMPLETED, STAGE_OUT_OF_ORDER."""
    stage = done.stage
    if stage not in RECORDABLE:
        text = f"stage: {stage} ends with its own command"
        raise Invalid("STAGE_NOT_RECORDABLE", text, field="stage")
    case.require(*OPEN)
    ended = [record["stage"] for record in case.stages]
    if stage in ended:
        raise Refused("STAGE_ALREADY_COMPLETED", f"{stage} ended before", stage=stage)
    if any(STAGES.index(other) > STAGES.index(stage) for other in ended):
        raise Refused("STAGE_OUT_OF_ORDER", f"{stage} comes before {ended[-1]}", stage=stage)
    case.state = IN_REVIEW
    complete(case, done, now=now)
    enter(case, COMPLETE, at=now.at, now=now)
    case.timer_at = next_look(case, now)


def enter(case: Case, stage: str, *, at: dt.datetime, now: Now) -> None:
    """A stage runs from `at` on, under the limit that the settings give it; it takes the place of the one that ran."""
    case.running = {"stage": stage, "started_at": at.isoformat(), "limit_days": now.rules.stage_days.get(stage), "told": False}


def complete(case: Case, done: Done, *, now: Now) -> None:
    """Write down that a stage ended; one that never ran of its own began where the last one ended."""
    running = case.running or {"stage": None, "started_at": case.clock_at.isoformat(), "limit_days": None}
    limit = running["limit_days"] if running["stage"] == done.stage else None
    over = max(0, counted_between(now.calendar, started_on(running), now.today, "working", case.stops) - limit) if limit is not None else 0
    record = {
        "stage": done.stage, "handler_id": done.by, "opinion": done.opinion, "started_at": running["started_at"],
        "completed_at": now.at.isoformat(), "limit_days": limit, "over_days": over, "key": done.stage in case.key_stages, "off_hall": done.off_hall,
    }  # fmt: skip
    case.stages = [*case.stages, record]
    case.running = None
    case.happened(
        StageCompleted, now.at, stage=done.stage, handler_id=done.by, started_at=dt.datetime.fromisoformat(running["started_at"]),
        limit_days=limit, over_days=over, key=record["key"], off_hall=done.off_hall,
    )  # fmt: skip
