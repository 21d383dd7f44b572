"""Entrypoints: agency (代办), matters of the upper level taken in by the hall, and hand-overs of the comprehensive window (综合窗口)."""

from __future__ import annotations

from typing import Any

from chassis import due, rpc
from chassis.database import Db
from services.intake.config import IntakeConfig
from services.intake.queries import agency as agency_queries
from services.intake.queries import agency_export
from services.intake.queries import handovers as handover_queries
from services.intake.schemas import agency, cases, handovers
from services.intake.usecases import agency as matters
from services.intake.usecases import handovers as handing
from services.intake.usecases import registers

Request = dict[str, Any]
BATCH = 100


class AgencyMethods:
    """Agency (代办): matters of the upper level taken in by the hall; hand-overs of the comprehensive window (综合窗口)."""

    db: Db
    config: IntakeConfig

    @rpc(request=agency.GetAgencyMatter, response=agency.Matter)
    def get_agency_matter(self, request: Request) -> Any:
        return agency_queries.get_agency_matter(self.db, self.config.rules, **request)

    @rpc(request=agency.ListAgencyMatters, response=agency.MatterPage)
    def list_agency_matters(self, request: Request) -> Any:
        return agency_queries.list_agency_matters(self.db, self.config.rules, **request)

    @rpc(request=agency.ExportAgencyMatters, response=cases.ExportPiece)
    def export_agency_matters(self, request: Request) -> Any:
        return agency_export.export_agency_matters(self.db, self.config.rules, **request)

    @rpc(request=agency.GetAgencyFigures, response=agency.Figures)
    def get_agency_figures(self, request: Request) -> Any:
        return agency_queries.get_agency_figures(self.db, self.config.rules, **request)

    @rpc(request=agency.AssignAgencyAgent, response=agency.Matter, mutating=True)
    def assign_agency_agent(self, request: Request) -> Any:
        return matters.assign_agency_agent(self.db, self.config.rules, **request)

    @rpc(request=agency.RecordUpperContact, response=agency.Matter, mutating=True)
    def record_upper_contact(self, request: Request) -> Any:
        return matters.record_upper_contact(self.db, self.config.rules, **request)

    @rpc(request=agency.SubmitAgencyMatter, response=agency.Matter, mutating=True)
    def submit_agency_matter(self, request: Request) -> Any:
        return matters.submit_agency_matter(self.db, self.config.rules, **request)

    @rpc(request=agency.SetUpperDue, response=agency.Matter, mutating=True)
    def set_upper_due(self, request: Request) -> Any:
        return matters.set_upper_due(self.db, self.config.rules, **request)

    @rpc(request=agency.RecordUpperResult, response=agency.Matter, mutating=True)
    def record_upper_result(self, request: Request) -> Any:
        return matters.record_upper_result(self.db, self.config.rules, **request)

    @rpc(request=agency.NotifyAgencyResult, response=agency.Matter, mutating=True)
    def notify_agency_result(self, request: Request) -> Any:
        return matters.notify_agency_result(self.db, self.config.rules, **request)

    @rpc(request=agency.EndAgencyMatter, response=agency.Matter, mutating=True)
    def end_agency_matter(self, request: Request) -> Any:
        return matters.end_agency_matter(self.db, self.config.rules, **request)

    @rpc(request=handovers.HandOverCase, response=handovers.HandOver, mutating=True)
    def hand_over_case(self, request: Request) -> Any:
        return handing.hand_over_case(self.db, self.config.rules, **request)

    @rpc(request=handovers.AcknowledgeHandOver, response=handovers.HandOver, mutating=True)
    def acknowledge_hand_over(self, request: Request) -> Any:
        return handing.acknowledge_hand_over(self.db, self.config.rules, **request)

    @rpc(request=handovers.UrgeHandOver, response=handovers.HandOver, mutating=True)
    def urge_hand_over(self, request: Request) -> Any:
        return handing.urge_hand_over(self.db, self.config.rules, **request)

    @rpc(request=handovers.FeedBackHandOver, response=handovers.HandOver, mutating=True)
    def feed_back_hand_over(self, request: Request) -> Any:
        return handing.feed_back_hand_over(self.db, self.config.rules, **request)

    @rpc(request=handovers.WithdrawHandOver, response=handovers.HandOver, mutating=True)
    def withdraw_hand_over(self, request: Request) -> Any:
        return handing.withdraw_hand_over(self.db, self.config.rules, **request)

    @rpc(request=handovers.ListHandOvers, response=handovers.HandOverPage)
    def list_hand_overs(self, request: Request) -> Any:
        return handover_queries.list_hand_overs(self.db, **request)

    @due(every_seconds=2.0, batch=BATCH)
    def run_agency_timers(self) -> int:
        return registers.run_agency_timers(self.db, self.config.rules, limit=BATCH)

    @due(every_seconds=2.0, batch=BATCH)
    def run_handover_timers(self) -> int:
        return registers.run_handover_timers(self.db, self.config.rules, limit=BATCH)

    @due(every_seconds=5.0, batch=BATCH)
    def reproject_registers(self) -> int:
        return registers.reproject_registers(self.db, self.config.rules, limit=BATCH)

    @due(every_seconds=60.0, batch=BATCH)
    def adopt_agency_cases(self) -> int:
        return registers.adopt_agency_cases(self.db, self.config.rules, limit=BATCH)
