"""Entrypoints: appointments and the rosters of holiday and extended hours (预约服务、节假日预约)."""

from __future__ import annotations

from typing import Any

from chassis import due, rpc
from chassis.database import Db
from chassis.sealing import Vault
from services.intake.config import IntakeConfig
from services.intake.queries import appointments as queries
from services.intake.queries import rosters as roster_queries
from services.intake.schemas import appointments, contacts
from services.intake.schemas import rosters as roster_schemas
from services.intake.usecases import appointments as usecases
from services.intake.usecases import rosters

Request = dict[str, Any]
BATCH = 100


class AppointmentMethods:
    """Appointments and the rosters of holiday and extended hours (预约服务、节假日预约)."""

    db: Db
    config: IntakeConfig
    vault: Vault

    @rpc(request=roster_schemas.PublishRosterEntry, response=roster_schemas.RosterEntry, mutating=True)
    def publish_roster_entry(self, request: Request) -> Any:
        return rosters.publish_roster_entry(self.db, self.config.rules, **request)

    @rpc(request=roster_schemas.ChangeRosterEntry, response=roster_schemas.RosterEntry, mutating=True)
    def change_roster_entry(self, request: Request) -> Any:
        return rosters.change_roster_entry(self.db, self.config.rules, **request)

    @rpc(request=roster_schemas.WithdrawRosterEntry, response=roster_schemas.RosterEntry, mutating=True)
    def withdraw_roster_entry(self, request: Request) -> Any:
        return rosters.withdraw_roster_entry(self.db, self.config.rules, **request)

    @rpc(request=roster_schemas.ListRoster, response=roster_schemas.RosterPage)
    def list_roster(self, request: Request) -> Any:
        return roster_queries.list_roster(self.db, **request)

    @rpc(request=roster_schemas.ListFreeSlots, response=roster_schemas.FreeSlotPage)
    def list_free_slots(self, request: Request) -> Any:
        return roster_queries.list_free_slots(self.db, self.config.rules, **request)

    @rpc(
        request=appointments.BookAppointment,
        response=appointments.BookedAppointment,
        mutating=True,
        secrets=("contact",),
        told_once=("token",),
    )
    def book_appointment(self, request: Request) -> Any:
        return usecases.book_appointment(self.db, self.config.rules, self.vault, **request)

    @rpc(request=appointments.OneAppointment, response=appointments.Appointment, mutating=True)
    def confirm_appointment(self, request: Request) -> Any:
        return usecases.confirm_appointment(self.db, self.config.rules, **request)

    @rpc(request=appointments.MoveAppointment, response=appointments.Appointment, mutating=True, secrets=("reason",))
    def move_appointment(self, request: Request) -> Any:
        return usecases.move_appointment(self.db, self.config.rules, **request)

    @rpc(request=appointments.CancelAppointment, response=appointments.Appointment, mutating=True, secrets=("note",))
    def cancel_appointment(self, request: Request) -> Any:
        return usecases.cancel_appointment(self.db, self.config.rules, **request)

    @rpc(request=contacts.Token, response=appointments.CitizensAppointment, mutating=True, secrets=("token",))
    def cancel_appointment_by_token(self, request: Request) -> Any:
        return usecases.cancel_by_token(self.db, self.config.rules, **request)

    @rpc(request=appointments.OneAppointment, response=appointments.NewToken, mutating=True, told_once=("token",))
    def renew_appointment_token(self, request: Request) -> Any:
        return usecases.renew_token(self.db, self.config.rules, **request)

    @rpc(request=appointments.RevealAppointment, response=appointments.RevealedContact, mutating=True, told_once=("contact",))
    def reveal_appointment_contact(self, request: Request) -> Any:
        return usecases.reveal_contact(self.db, self.vault, **request)

    @rpc(request=appointments.OneAppointment, response=appointments.Appointment)
    def get_appointment(self, request: Request) -> Any:
        return queries.get_appointment(self.db, **request)

    @rpc(request=contacts.Token, response=appointments.CitizensAppointment)
    def get_appointment_by_token(self, request: Request) -> Any:
        return queries.get_by_token(self.db, self.config.rules, **request)

    @rpc(request=appointments.ListAppointments, response=appointments.AppointmentPage)
    def list_appointments(self, request: Request) -> Any:
        return queries.list_appointments(self.db, self.vault, **request)

    @rpc(request=appointments.ListAppointmentStatistics, response=appointments.StatisticsPage)
    def list_appointment_statistics(self, request: Request) -> Any:
        return queries.list_statistics(self.db, **request)

    @due(every_seconds=5.0, batch=BATCH)
    def run_appointment_timers(self) -> int:
        return usecases.run_appointment_timers(self.db, self.config.rules, limit=BATCH)

    @due(every_seconds=5.0, batch=BATCH)
    def recheck_rosters(self) -> int:
        return rosters.recheck_rosters(self.db, self.config.rules, limit=BATCH)
