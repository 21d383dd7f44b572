"""Entrypoints: cases as staff, offices and applicants see them."""

from __future__ import annotations

from typing import Any

from chassis import rpc
from chassis.database import Db
from chassis.sealing import Vault
from services.intake import queries
from services.intake.config import IntakeConfig
from services.intake.schemas import cases

Request = dict[str, Any]


class LookingMethods:
    """Cases as staff, offices and applicants see them."""

    db: Db
    config: IntakeConfig
    vault: Vault

    @rpc(request=cases.GetCase, response=cases.Case)
    def get_case(self, request: Request) -> Any:
        return queries.get_case(self.db, self.config.rules, **request)

    @rpc(request=cases.ListCases, response=cases.CasePage)
    def list_cases(self, request: Request) -> Any:
        return queries.list_cases(self.db, self.config.rules, self.vault, **request)

    @rpc(request=cases.ExportCases, response=cases.ExportPiece)
    def export_cases(self, request: Request) -> Any:
        return queries.export_cases(self.db, self.config.rules, self.vault, **request)

    @rpc(request=cases.TrackCase, response=cases.TrackedCase)
    def track_case(self, request: Request) -> Any:
        return queries.track_case(self.db, self.config.rules, **request)
