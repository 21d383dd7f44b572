"""Entrypoints: door-to-door visits (上门服务)."""

from __future__ import annotations

from typing import Any

from chassis import due, rpc
from chassis.database import Db
from chassis.sealing import Vault
from services.intake.config import IntakeConfig
from services.intake.queries import visits as queries
from services.intake.schemas import visits as schemas
from services.intake.usecases import visits as usecases

Request = dict[str, Any]
BATCH = 100


class VisitMethods:
    """Door-to-door visits (上门服务)."""

    db: Db
    config: IntakeConfig
    vault: Vault

    @rpc(request=schemas.RequestVisit, response=schemas.Visit, mutating=True, secrets=("contact", "ground_text"))
    def request_visit(self, request: Request) -> Any:
        return usecases.request_visit(self.db, self.config.rules, self.vault, **request)

    @rpc(request=schemas.DispatchVisit, response=schemas.Visit, mutating=True)
    def dispatch_visit(self, request: Request) -> Any:
        return usecases.dispatch_visit(self.db, self.config.rules, **request)

    @rpc(request=schemas.RecordVisit, response=schemas.Visit, mutating=True, secrets=("note",))
    def record_visit(self, request: Request) -> Any:
        return usecases.record_visit(self.db, self.config.rules, **request)

    @rpc(request=schemas.HandInVisit, response=schemas.Visit, mutating=True, secrets=("note",))
    def hand_in_visit(self, request: Request) -> Any:
        return usecases.hand_in_visit(self.db, self.config.rules, **request)

    @rpc(request=schemas.OneVisit, response=schemas.Visit, mutating=True)
    def close_visit(self, request: Request) -> Any:
        return usecases.close_visit(self.db, self.config.rules, **request)

    @rpc(request=schemas.EndVisit, response=schemas.Visit, mutating=True, secrets=("reason",))
    def decline_visit(self, request: Request) -> Any:
        return usecases.decline_visit(self.db, self.config.rules, **request)

    @rpc(request=schemas.EndVisit, response=schemas.Visit, mutating=True, secrets=("reason",))
    def cancel_visit(self, request: Request) -> Any:
        return usecases.cancel_visit(self.db, self.config.rules, **request)

    @rpc(request=schemas.RevealVisit, response=schemas.RevealedHome, mutating=True, told_once=("contact",))
    def reveal_visit_contact(self, request: Request) -> Any:
        return usecases.reveal_contact(self.db, self.vault, **request)

    @rpc(request=schemas.OneVisit, response=schemas.Visit)
    def get_visit(self, request: Request) -> Any:
        return queries.get_visit(self.db, **request)

    @rpc(request=schemas.ListVisits, response=schemas.VisitPage)
    def list_visits(self, request: Request) -> Any:
        return queries.list_visits(self.db, self.vault, **request)

    @due(every_seconds=5.0, batch=BATCH)
    def run_visit_timers(self) -> int:
        return usecases.run_visit_timers(self.db, self.config.rules, limit=BATCH)
