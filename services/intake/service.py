"""Entrypoints of intake."""

from __future__ import annotations

from chassis import Configuration, Database, Sealing, consumes, due
from chassis.events import ReceivedEvent
from contracts import REGISTRY
from services.intake import events, orm, reference
from services.intake.config import IntakeConfig
from services.intake.methods.agency import AgencyMethods
from services.intake.methods.applicants import ApplicantMethods
from services.intake.methods.appointments import AppointmentMethods
from services.intake.methods.charges import ChargeMethods
from services.intake.methods.deadlines import DeadlineMethods
from services.intake.methods.enquiries import EnquiryMethods
from services.intake.methods.handling import HandlingMethods
from services.intake.methods.joint import JointMethods
from services.intake.methods.looking import LookingMethods
from services.intake.methods.monthly import MonthlyReportMethods
from services.intake.methods.objections import ObjectionMethods
from services.intake.methods.receipts import ReceiptMethods
from services.intake.methods.visits import VisitMethods
from services.intake.orm.enquiries import SEALED_ASKERS
from services.intake.usecases import counts, reprojection, timers

BATCH = 100
FOLDED = 5000


class IntakeService(
    ReceiptMethods,
    ApplicantMethods,
    HandlingMethods,
    DeadlineMethods,
    LookingMethods,
    ChargeMethods,
    JointMethods,
    AgencyMethods,
    AppointmentMethods,
    VisitMethods,
    EnquiryMethods,
    MonthlyReportMethods,
    ObjectionMethods,
):
    """Cases from receipt to delivery. Calls are in `methods/`, by topic; what is heard and what time brings is here."""

    name = "intake"
    config = Configuration(IntakeConfig)
    db = Database("intake", contracts=REGISTRY, mappers=events.MAPPERS, configure=orm.configure)
    vault = Sealing(
        orm.SEALED, orm.SEALED_RECIPIENTS, orm.SEALED_PLACE, orm.appointments.SEALED, orm.visits.SEALED, SEALED_ASKERS
    )  # fmt: skip

    @consumes(
        "directory.hall.changed",
        "directory.staff.changed",
        "directory.item.published",
        "directory.calendar.changed",
        "directory.delegation.changed",
        queue="reference",
        batch=50,
    )
    def on_reference(self, batch: list[ReceivedEvent]) -> None:
        reference.store(self.db, batch)

    @due(every_seconds=5.0, batch=FOLDED)
    def fold_counts(self) -> int:
        return counts.fold_counts(self.db, batch=FOLDED)

    @due(every_seconds=2.0, batch=BATCH)
    def run_timers(self) -> int:
        return timers.run_timers(self.db, self.config.rules, limit=BATCH)

    @due(every_seconds=2.0, batch=BATCH)
    def run_task_timers(self) -> int:
        return timers.run_task_timers(self.db, self.config.rules, limit=BATCH)

    @due(every_seconds=5.0, batch=BATCH)
    def reproject_cases(self) -> int:
        return reprojection.reproject_cases(self.db, self.config.rules, limit=BATCH)
