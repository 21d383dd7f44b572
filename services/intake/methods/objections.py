"""Entrypoints: objections (异议) to the progress of a case, and how often its applicant asked."""

from __future__ import annotations

from typing import Any

from chassis import due, rpc
from chassis.database import Db
from services.intake.config import IntakeConfig
from services.intake.queries import objections as queries
from services.intake.schemas import objections as schemas
from services.intake.usecases import objections

Request = dict[str, Any]
BATCH = 100


class ObjectionMethods:
    """Objections (异议) to the progress of a case, and how often its applicant asked."""

    db: Db
    config: IntakeConfig

    @rpc(request=schemas.RaiseObjection, response=schemas.TrackedObjection, mutating=True, secrets=("token", "text"))
    def raise_objection(self, request: Request) -> Any:
        return objections.raise_objection(self.db, self.config.rules, **request)

    @rpc(request=schemas.ReactToObjection, response=schemas.TrackedObjection, mutating=True, secrets=("token",))
    def react_to_objection(self, request: Request) -> Any:
        return objections.react_to_objection(self.db, self.config.rules, **request)

    @rpc(request=schemas.RecordObjection, response=schemas.Objection, mutating=True, secrets=("text",))
    def record_objection(self, request: Request) -> Any:
        return objections.record_objection(self.db, self.config.rules, **request)

    @rpc(request=schemas.RecordReaction, response=schemas.Objection, mutating=True)
    def record_reaction(self, request: Request) -> Any:
        return objections.record_reaction(self.db, self.config.rules, **request)

    @rpc(request=schemas.AnswerObjection, response=schemas.Objection, mutating=True)
    def answer_objection(self, request: Request) -> Any:
        return objections.answer_objection(self.db, self.config.rules, **request)

    @rpc(request=schemas.AnswerObjection, response=schemas.Objection, mutating=True)
    def settle_objection(self, request: Request) -> Any:
        return objections.settle_objection(self.db, self.config.rules, **request)

    @rpc(request=schemas.GetObjection, response=schemas.Objection)
    def get_objection(self, request: Request) -> Any:
        return queries.get_objection(self.db, **request)

    @rpc(request=schemas.ListObjections, response=schemas.ObjectionPage)
    def list_objections(self, request: Request) -> Any:
        return queries.list_objections(self.db, **request)

    @rpc(request=schemas.CaseOnly, response=schemas.QueryCount, mutating=True)
    def record_query(self, request: Request) -> Any:
        return objections.record_query(self.db, **request)

    @rpc(request=schemas.ListCaseQueries, response=schemas.QueryCountPage)
    def list_case_queries(self, request: Request) -> Any:
        return queries.list_case_queries(self.db, **request)

    @due(every_seconds=2.0, batch=BATCH)
    def run_objection_timers(self) -> int:
        return objections.run_objection_timers(self.db, self.config.rules, limit=BATCH)
