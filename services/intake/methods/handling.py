"""Entrypoints: stages, classes, responsibility, decision, delivery, papers and back-office tasks."""

from __future__ import annotations

from typing import Any

from chassis import rpc
from chassis.database import Db
from chassis.sealing import Vault
from services.intake import queries, usecases
from services.intake.config import IntakeConfig
from services.intake.schemas import cases, handling, papers, tasks

Request = dict[str, Any]


class HandlingMethods:
    """Stages, classes, responsibility, decision, delivery, papers and back-office tasks."""

    db: Db
    config: IntakeConfig
    vault: Vault

    @rpc(request=cases.RecordStage, response=cases.Case, mutating=True)
    def record_stage(self, request: Request) -> Any:
        return usecases.record_stage(self.db, self.config.rules, **request)

    @rpc(request=cases.DecideCase, response=cases.Case, mutating=True)
    def decide_case(self, request: Request) -> Any:
        return usecases.decide_case(self.db, self.config.rules, **request)

    @rpc(request=cases.DeliverCase, response=cases.Case, mutating=True, secrets=("collector", "id_no"))
    def deliver_case(self, request: Request) -> Any:
        return usecases.deliver_case(self.db, self.config.rules, self.vault, **request)

    @rpc(request=handling.ReclassifyCase, response=cases.Case, mutating=True)
    def reclassify_case(self, request: Request) -> Any:
        return usecases.reclassify_case(self.db, self.config.rules, **request)

    @rpc(request=handling.TransferCase, response=cases.Case, mutating=True)
    def transfer_case(self, request: Request) -> Any:
        return usecases.transfer_case(self.db, self.config.rules, **request)

    @rpc(request=handling.ConfirmCourier, response=cases.Case, mutating=True, secrets=("signed_by",))
    def confirm_courier(self, request: Request) -> Any:
        return usecases.confirm_courier_receipt(self.db, self.config.rules, self.vault, **request)

    @rpc(request=tasks.AssignTask, response=tasks.Task, mutating=True)
    def assign_task(self, request: Request) -> Any:
        return usecases.assign_task(self.db, self.config.rules, **request)

    @rpc(request=tasks.AnswerTask, response=tasks.Task, mutating=True)
    def answer_task(self, request: Request) -> Any:
        return usecases.answer_task(self.db, self.config.rules, **request)

    @rpc(request=tasks.WithdrawTask, response=tasks.Task, mutating=True)
    def withdraw_task(self, request: Request) -> Any:
        return usecases.withdraw_task(self.db, self.config.rules, **request)

    @rpc(request=tasks.ListTasks, response=tasks.TaskPage)
    def list_tasks(self, request: Request) -> Any:
        return queries.list_tasks(self.db, **request)

    @rpc(request=papers.ListPapers, response=papers.PaperPage)
    def list_papers(self, request: Request) -> Any:
        return queries.list_papers(self.db, **request)
