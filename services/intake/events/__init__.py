"""What intake says and hears: happenings → contract payloads, directory's payloads → rows, by topic."""

from collections.abc import Callable
from typing import Any

from chassis.events import Event
from services.intake.events import agency, appointments, cases, charges, enquiries, joint, monthly, objections, tasks, visits

MAPPERS: dict[type, Callable[[Any, Any], Event]] = {
    **cases.MAPPERS,
    **tasks.MAPPERS,
    **charges.MAPPERS,
    **joint.MAPPERS,
    **agency.MAPPERS,
    **appointments.MAPPERS,
    **visits.MAPPERS,
    **enquiries.MAPPERS,
    **monthly.MAPPERS,
    **objections.MAPPERS,
}
