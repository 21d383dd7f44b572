"""The five stages (受理、审核、交费、办结、发证) that a case goes through."""

from __future__ import annotations

import datetime as dt

from services.intake.domain.case import IN_REVIEW, OPEN, Case
from services.intake.domain.errors import Invalid, Refused
from services.intake.domain.happenings import StageCompleted

STAGES = ("accept", "review", "pay", "complete", "issue")
RECORDABLE = ("review", "pay")


def record_stage(case: Case, stage: str, *, by: str, opinion: str, at: dt.datetime) -> None:
    """End the review or payment stage. Raises Invalid STAGE_NOT_RECORDABLE, Refused STAGE_ALREADY_COMPLETED, STAGE_OUT_OF_ORDER."""
    if stage not in RECORDABLE:
        text = f"stage: {stage} ends with its own command"
        raise Invalid("STAGE_NOT_RECORDABLE", text, field="stage")
    case.require(*OPEN)
    done = [record["stage"] for record in case.stages]
    if stage in done:
        raise Refused("STAGE_ALREADY_COMPLETED", f"{stage} ended before", stage=stage)
    if any(STAGES.index(other) > STAGES.index(stage) for other in done):
        raise Refused("STAGE_OUT_OF_ORDER", f"{stage} comes before {done[-1]}", stage=stage)
    case.state = IN_REVIEW
    complete(case, stage, by, opinion, at)


def complete(case: Case, stage: str, by: str, opinion: str, at: dt.datetime) -> None:
    """Write down that a stage ended."""
    record = {"stage": stage, "handler_id": by, "opinion": opinion, "completed_at": at.isoformat()}
    case.stages = [*case.stages, record]
    case.happened(StageCompleted, at, stage=stage, handler_id=by)
