"""Entrypoints of supervision."""

from __future__ import annotations

from typing import Any

from chassis import Configuration, Database, consumes, rpc
from chassis.events import ReceivedEvent
from chassis.paging import Page
from contracts import REGISTRY
from services.supervision import events, orm, queries, reference, schemas, usecases
from services.supervision.config import SupervisionConfig
from services.supervision.domain.findings import Finding

Request = dict[str, Any]


class SupervisionService:
    """Inspections and their findings (督查)."""

    name = "supervision"
    config = Configuration(SupervisionConfig)
    db = Database("supervision", contracts=REGISTRY, mappers=events.MAPPERS, configure=orm.configure)

    @rpc(request=schemas.RecordFinding, response=schemas.Finding, mutating=True)
    def record_finding(self, request: Request) -> Finding:
        return usecases.record_finding(self.db, **request)

    @rpc(request=schemas.NotifyFinding, response=schemas.Finding, mutating=True)
    def notify_finding(self, request: Request) -> Finding:
        return usecases.notify_finding(self.db, **request)

    @rpc(request=schemas.ReplyFinding, response=schemas.Finding, mutating=True)
    def reply_finding(self, request: Request) -> Finding:
        return usecases.reply_finding(self.db, **request)

    @rpc(request=schemas.VerifyFinding, response=schemas.Finding, mutating=True)
    def verify_finding(self, request: Request) -> Finding:
        return usecases.verify_finding(self.db, **request)

    @rpc(request=schemas.GetFinding, response=schemas.Finding)
    def get_finding(self, request: Request) -> Request:
        return queries.get_finding(self.db, **request)

    @rpc(request=schemas.ListFindings, response=schemas.FindingPage)
    def list_findings(self, request: Request) -> Request:
        page = Page.of(request.pop("page_size"), request.pop("page_token"), keys=2)
        return queries.list_findings(self.db, page=page, **request)

    @rpc(request=schemas.ListFindingKinds, response=schemas.FindingKinds)
    def list_finding_kinds(self, request: Request) -> Request:
        return queries.list_kinds(**request)

    @consumes("directory.hall.changed", "directory.staff.changed", queue="reference", batch=100)
    def on_reference(self, batch: list[ReceivedEvent]) -> None:
        reference.store_reference(self.db, batch)
