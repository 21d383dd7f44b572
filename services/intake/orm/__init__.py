"""Tables of the schema `intake` and the imperative mapping of its aggregates."""

from __future__ import annotations

from sqlalchemy.orm import registry, relationship

from chassis.database import track_events
from services.intake.domain.case import Case
from services.intake.domain.charges import Charge
from services.intake.domain.fee_violations import FeeViolation
from services.intake.domain.tasks import Task
from services.intake.domain.waivers import Waiver
from services.intake.orm import agency, appointments, enquiries, joint, monthly, objections, visits
from services.intake.orm.applicants import SEALED, SEALED_RECIPIENTS, applicants, corrections, recipients, reveals
from services.intake.orm.base import METADATA
from services.intake.orm.cases import case_numbers, cases, rungs
from services.intake.orm.charges import charges, fee_violations, waivers
from services.intake.orm.counts import case_count_changes, case_counts
from services.intake.orm.deadline_moves import deadline_moves
from services.intake.orm.joint import SEALED_PLACE
from services.intake.orm.papers import papers
from services.intake.orm.reference import calendars, delegations, halls, item_versions, reference_state, stationings
from services.intake.orm.tasks import tasks

__all__ = [
    "METADATA",
    "SEALED",
    "SEALED_PLACE",
    "SEALED_RECIPIENTS",
    "applicants",
    "calendars",
    "case_count_changes",
    "case_counts",
    "case_numbers",
    "cases",
    "configure",
    "corrections",
    "deadline_moves",
    "delegations",
    "halls",
    "item_versions",
    "papers",
    "recipients",
    "reference_state",
    "reveals",
    "rungs",
    "stationings",
    "tasks",
]

_mapped: list[registry] = []


def configure() -> None:
    """Map the aggregates; the second call does nothing."""
    if _mapped:
        return
    mapper = registry(metadata=METADATA)
    mapper.map_imperatively(Case, cases)
    mapper.map_imperatively(Task, tasks)
    mapper.map_imperatively(Waiver, waivers)
    mapper.map_imperatively(Charge, charges, properties={"waivers": relationship(Waiver, order_by=waivers.c.waiver_id, lazy="selectin")})
    mapper.map_imperatively(FeeViolation, fee_violations)
    by_topic = (*joint.MAPPED, *agency.MAPPED, *appointments.MAPPED, *visits.MAPPED, *enquiries.MAPPED, *monthly.MAPPED, *objections.MAPPED)
    for aggregate, table in by_topic:
        mapper.map_imperatively(aggregate, table)
    handling = joint.map_handling(mapper)
    for aggregate in (Case, Task, Charge, FeeViolation, handling, *(aggregate for aggregate, _ in by_topic)):
        track_events(aggregate)
    _mapped.append(mapper)
