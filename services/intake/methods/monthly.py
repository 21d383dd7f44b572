"""Entrypoints: monthly case statistics of the windows (办件统计月报)."""

from __future__ import annotations

from typing import Any

from chassis import due, rpc
from chassis.database import Db
from services.intake.config import IntakeConfig
from services.intake.queries import monthly as queries
from services.intake.queries.monthly_export import export_monthly_reports
from services.intake.schemas import monthly as schemas
from services.intake.usecases import monthly, monthly_timers

Request = dict[str, Any]
BATCH = 100


class MonthlyReportMethods:
    """Monthly case statistics of the windows (办件统计月报)."""

    db: Db
    config: IntakeConfig

    @rpc(request=schemas.SubmitMonthlyReport, response=schemas.MonthlyReport, mutating=True)
    def submit_monthly_report(self, request: Request) -> Any:
        return monthly.submit_monthly_report(self.db, self.config.monthly_rules, **request)

    @rpc(request=schemas.ReopenMonthlyReport, response=schemas.MonthlyReport, mutating=True)
    def reopen_monthly_report(self, request: Request) -> Any:
        return monthly.reopen_monthly_report(self.db, self.config.monthly_rules, **request)

    @rpc(request=schemas.CompileMonthlyReports, response=schemas.HallReport, mutating=True)
    def compile_monthly_reports(self, request: Request) -> Any:
        return monthly.compile_monthly_reports(self.db, self.config.monthly_rules, **request)

    @rpc(request=schemas.OfHall, response=schemas.HallReport, mutating=True)
    def forward_hall_report(self, request: Request) -> Any:
        return monthly.forward_hall_report(self.db, **request)

    @rpc(request=schemas.ReopenHallReport, response=schemas.HallReport, mutating=True)
    def reopen_hall_report(self, request: Request) -> Any:
        return monthly.reopen_hall_report(self.db, self.config.monthly_rules, **request)

    @rpc(request=schemas.GetMonthlyReport, response=schemas.MonthlyReport)
    def get_monthly_report(self, request: Request) -> Any:
        return queries.get_monthly_report(self.db, **request)

    @rpc(request=schemas.ListMonthlyReports, response=schemas.MonthlyReportPage)
    def list_monthly_reports(self, request: Request) -> Any:
        return queries.list_monthly_reports(self.db, **request)

    @rpc(request=schemas.OfHall, response=schemas.HallReport)
    def get_hall_report(self, request: Request) -> Any:
        return queries.get_hall_report(self.db, **request)

    @rpc(request=schemas.ListHallReports, response=schemas.HallReportPage)
    def list_hall_reports(self, request: Request) -> Any:
        return queries.list_hall_reports(self.db, **request)

    @rpc(request=schemas.GetMonthlySummary, response=schemas.MonthlySummary)
    def get_monthly_summary(self, request: Request) -> Any:
        return queries.get_monthly_summary(self.db, **request)

    @rpc(request=schemas.ExportMonthlyReports, response=schemas.ExportPiece)
    def export_monthly_reports(self, request: Request) -> Any:
        return export_monthly_reports(self.db, **request)

    @due(every_seconds=20.0, batch=BATCH)
    def run_hall_report_timers(self) -> int:
        return monthly_timers.run_hall_timers(self.db, self.config.monthly_rules, limit=BATCH)

    @due(every_seconds=20.0, batch=BATCH)
    def run_monthly_report_timers(self) -> int:
        return monthly_timers.run_window_timers(self.db, self.config.monthly_rules, limit=BATCH)
