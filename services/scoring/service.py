"""Entrypoints of scoring."""

from __future__ import annotations

from typing import Any

from chassis import Configuration, Database, consumes, due, rpc
from chassis.events import ReceivedEvent
from chassis.paging import Page
from contracts import REGISTRY
from services.scoring import events, orm, schemas
from services.scoring.config import ScoringConfig
from services.scoring.events import table
from services.scoring.queries import lists, ranking, recompute, sheets
from services.scoring.usecases import facts, reference, reports, rescoring, rulebooks

Request = dict[str, Any]


def _paged(request: Request, keys: int) -> Request:
    page = Page.of(request.pop("page_size"), request.pop("page_token"), keys=keys)
    return {**request, "page": page}


class ScoringService:
    """Facts, rulebooks, the ledger and what can be read from it (考核计分)."""

    name = "scoring"
    config = Configuration(ScoringConfig)
    db = Database("scoring", contracts=REGISTRY, mappers=events.MAPPERS, configure=orm.configure)

    @rpc(request=schemas.PublishRulebook, response=schemas.Rulebook, mutating=True)
    def publish_rulebook(self, request: Request) -> Request:
        return rulebooks.publish_rulebook(self.db, **request)

    @rpc(request=schemas.ListRulebooks, response=schemas.RulebookPage)
    def list_rulebooks(self, request: Request) -> Request:
        return lists.list_rulebooks(self.db, **_paged(request, keys=2))

    @rpc(request=schemas.AssignRulebook, response=schemas.Assignment, mutating=True)
    def assign_rulebook(self, request: Request) -> Request:
        return rulebooks.assign_rulebook(self.db, **request)

    @rpc(request=schemas.EndAssignment, response=schemas.Assignment, mutating=True)
    def end_assignment(self, request: Request) -> Request:
        return rulebooks.end_assignment(self.db, **request)

    @rpc(request=schemas.ListAssignments, response=schemas.AssignmentPage)
    def list_assignments(self, request: Request) -> Request:
        return lists.list_assignments(self.db, **_paged(request, keys=2))

    @rpc(request=schemas.RecordFact, response=schemas.Fact, mutating=True)
    def record_fact(self, request: Request) -> Request:
        return facts.record_fact(self.db, **request)

    @rpc(request=schemas.VerifyFact, response=schemas.Fact, mutating=True)
    def verify_fact(self, request: Request) -> Request:
        return facts.verify_fact(self.db, **request)

    @rpc(request=schemas.ListFacts, response=schemas.FactPage)
    def list_facts(self, request: Request) -> Request:
        return lists.list_facts(self.db, **_paged(request, keys=2))

    @rpc(request=schemas.GetScoreSheet, response=schemas.ScoreSheet)
    def get_score_sheet(self, request: Request) -> Request:
        return sheets.score_sheet(self.db, **request)

    @rpc(request=schemas.ExplainLine, response=schemas.LineExplanation)
    def explain_line(self, request: Request) -> Request:
        return sheets.ledger_line(self.db, **request)

    @rpc(request=schemas.ListRanking, response=schemas.RankingPage)
    def list_ranking(self, request: Request) -> Request:
        return ranking.list_ranking(self.db, **_paged(request, keys=3))

    @rpc(request=schemas.RecomputePeriod, response=schemas.Recomputation)
    def recompute_period(self, request: Request) -> Request:
        return recompute.recompute_period(self.db, **request)

    @consumes(*table.FACT_EVENTS, *table.CORRECTING_EVENTS, queue="facts", batch=200)
    def on_facts(self, batch: list[ReceivedEvent]) -> None:
        reports.take_reports(self.db, batch)

    @consumes("directory.hall.changed", "directory.staff.changed", queue="reference", batch=100)
    def on_reference(self, batch: list[ReceivedEvent]) -> None:
        reference.store_reference(self.db, batch)

    @due(every_seconds=0.5, batch=100)
    def rescore_dirty(self) -> int:
        return rescoring.rescore_dirty(self.db, limit=100)
