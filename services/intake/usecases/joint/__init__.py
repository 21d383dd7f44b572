"""Joint handling (联合办理): commands on handlings, meetings, inspections and conduct, and what follows for a handling from what happens to its case.

Locks are taken in one order: the case, then the meeting, then handlings by id. A meeting and what it does to the handlings on its agenda are one
transaction, as are a case's acceptance and its handling: none is ever without the other.
"""

from services.intake.usecases.joint.conduct import decide_conduct, report_conduct
from services.intake.usecases.joint.handling import convene, decide, give_opinion
from services.intake.usecases.joint.inspections import cancel_inspection, move_inspection, plan_inspection, record_inspection
from services.intake.usecases.joint.meetings import (
    cancel_meeting,
    move_meeting,
    put_on_agenda,
    record_attendance,
    record_minutes,
    schedule_meeting,
)

__all__ = [
    "cancel_inspection",
    "cancel_meeting",
    "convene",
    "decide",
    "decide_conduct",
    "give_opinion",
    "move_inspection",
    "move_meeting",
    "plan_inspection",
    "put_on_agenda",
    "record_attendance",
    "record_inspection",
    "record_minutes",
    "report_conduct",
    "schedule_meeting",
]
