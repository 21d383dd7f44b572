"""Entrypoints: what moves, explains or excuses a deadline."""

from __future__ import annotations

from typing import Any

from chassis import rpc
from chassis.database import Db
from services.intake import queries, usecases
from services.intake.config import IntakeConfig
from services.intake.schemas import cases, deadlines

Request = dict[str, Any]


class DeadlineMethods:
    """What moves, explains or excuses a deadline."""

    db: Db
    config: IntakeConfig

    @rpc(request=deadlines.SuspendCase, response=cases.Case, mutating=True)
    def suspend_case(self, request: Request) -> Any:
        return usecases.suspend_case(self.db, self.config.rules, **request)

    @rpc(request=deadlines.ResumeCase, response=cases.Case, mutating=True)
    def resume_case(self, request: Request) -> Any:
        return usecases.resume_case(self.db, self.config.rules, **request)

    @rpc(request=deadlines.ExtendCase, response=cases.Case, mutating=True)
    def extend_case(self, request: Request) -> Any:
        return usecases.extend_case(self.db, self.config.rules, **request)

    @rpc(request=deadlines.JudgeBreach, response=cases.Case, mutating=True)
    def judge_breach(self, request: Request) -> Any:
        return usecases.judge_breach(self.db, self.config.rules, **request)

    @rpc(request=deadlines.ExplainDeadline, response=deadlines.Deadline)
    def explain_deadline(self, request: Request) -> Any:
        return queries.explain_deadline(self.db, self.config.rules, **request)
