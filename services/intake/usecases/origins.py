"""What a receipt may come from: an appointment that is served by it, a visit whose papers it takes in (decision 0018)."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.database import Transaction
from services.intake.domain.appointments import Appointment
from services.intake.domain.case import Case
from services.intake.domain.rules import Now
from services.intake.domain.visits import Visit
from services.intake.usecases.rosters import duty_of


@dataclass(frozen=True)
class Origin:
    """The appointment or the visit, locked; nothing when the citizen just came."""

    appointment: Appointment | None = None
    visit: Visit | None = None
    duty: tuple[str, ...] = ()

    def received(self, case: Case, now: Now) -> None:
        """Its receipt is being written in this transaction. Raises Refused as `Appointment.receive` and `Visit.receive` do."""
        place = {"case_id": case.case_id, "hall_id": case.hall_id, "item_id": case.item_id, "by": case.staff_id}
        if self.appointment is not None:
            self.appointment.receive(**place, duty=self.duty, now=now)
        if self.visit is not None:
            self.visit.receive(**place, now=now)


def origin_of(tx: Transaction, appointment_id: str | None, visit_id: str | None) -> Origin:
    """Locked before anything of the case is: raises NotFound APPOINTMENT_NOT_FOUND, VISIT_NOT_FOUND, PermissionDenied OUT_OF_SCOPE."""
    if appointment_id is not None:
        appointment = tx.get(Appointment, appointment_id, for_update=True)
        tx.caller.require(appointment.region, appointment.hall_id)
        return Origin(appointment=appointment, duty=duty_of(tx, appointment.entry_id))
    if visit_id is not None:
        visit = tx.get(Visit, visit_id, for_update=True)
        tx.caller.require(visit.region, visit.hall_id)
        return Origin(visit=visit)
    return Origin()
