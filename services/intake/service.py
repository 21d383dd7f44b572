"""Entrypoints of intake."""

from __future__ import annotations

from typing import Any

from chassis import Configuration, Database, Sealing, consumes, due, rpc
from chassis.events import ReceivedEvent
from contracts import REGISTRY
from services.intake import events, orm, queries, reference, usecases
from services.intake.config import IntakeConfig
from services.intake.schemas import applicants, cases, charges, deadlines, handling, papers, tasks
from services.intake.usecases import counts, reprojection, timers

Request = dict[str, Any]
BATCH = 100
FOLDED = 5000


class IntakeService:
    """Cases from receipt to delivery."""

    name = "intake"
    config = Configuration(IntakeConfig)
    db = Database("intake", contracts=REGISTRY, mappers=events.MAPPERS, configure=orm.configure)
    vault = Sealing(orm.SEALED)

    @rpc(request=cases.RegisterReceipt, response=cases.Receipt, mutating=True, secrets=("applicant",))
    def register_receipt(self, request: Request) -> Any:
        return usecases.register_receipt(self.db, self.config.rules, self.vault, **request)

    @rpc(request=applicants.UpdateApplicant, response=cases.Case, mutating=True, secrets=("applicant", "reason"))
    def update_applicant(self, request: Request) -> Any:
        return usecases.update_applicant(self.db, self.config.rules, self.vault, **request)

    @rpc(request=applicants.RevealApplicant, response=applicants.RevealedApplicant, mutating=True, told_once=("applicant",))
    def reveal_applicant(self, request: Request) -> Any:
        return usecases.reveal_applicant(self.db, self.vault, **request)

    @rpc(request=applicants.ListCorrections, response=applicants.CorrectionPage)
    def list_applicant_corrections(self, request: Request) -> Any:
        return queries.list_corrections(self.db, **request)

    @rpc(request=applicants.ListReveals, response=applicants.RevealPage)
    def list_applicant_reveals(self, request: Request) -> Any:
        return queries.list_reveals(self.db, **request)

    @rpc(request=cases.RequestSupplement, response=cases.Case, mutating=True)
    def request_supplement(self, request: Request) -> Any:
        return usecases.request_supplement(self.db, self.config.rules, **request)

    @rpc(request=cases.SubmitSupplement, response=cases.Case, mutating=True)
    def submit_supplement(self, request: Request) -> Any:
        return usecases.submit_supplement(self.db, self.config.rules, **request)

    @rpc(request=cases.AcceptCase, response=cases.Case, mutating=True)
    def accept_case(self, request: Request) -> Any:
        return usecases.accept_case(self.db, self.config.rules, **request)

    @rpc(request=cases.ReturnCase, response=cases.Case, mutating=True)
    def return_case(self, request: Request) -> Any:
        return usecases.return_case(self.db, self.config.rules, **request)

    @rpc(request=cases.RecordStage, response=cases.Case, mutating=True)
    def record_stage(self, request: Request) -> Any:
        return usecases.record_stage(self.db, self.config.rules, **request)

    @rpc(request=cases.DecideCase, response=cases.Case, mutating=True)
    def decide_case(self, request: Request) -> Any:
        return usecases.decide_case(self.db, self.config.rules, **request)

    @rpc(request=cases.DeliverCase, response=cases.Case, mutating=True)
    def deliver_case(self, request: Request) -> Any:
        return usecases.deliver_case(self.db, self.config.rules, **request)

    @rpc(request=handling.ConfirmNotice, response=cases.Case, mutating=True)
    def confirm_notice(self, request: Request) -> Any:
        return usecases.confirm_notice(self.db, self.config.rules, **request)

    @rpc(request=handling.ReclassifyCase, response=cases.Case, mutating=True)
    def reclassify_case(self, request: Request) -> Any:
        return usecases.reclassify_case(self.db, self.config.rules, **request)

    @rpc(request=handling.TransferCase, response=cases.Case, mutating=True)
    def transfer_case(self, request: Request) -> Any:
        return usecases.transfer_case(self.db, self.config.rules, **request)

    @rpc(request=handling.ConfirmCourier, response=cases.Case, mutating=True)
    def confirm_courier(self, request: Request) -> Any:
        return usecases.confirm_courier_receipt(self.db, self.config.rules, **request)

    @rpc(request=tasks.AssignTask, response=tasks.Task, mutating=True)
    def assign_task(self, request: Request) -> Any:
        return usecases.assign_task(self.db, self.config.rules, **request)

    @rpc(request=tasks.AnswerTask, response=tasks.Task, mutating=True)
    def answer_task(self, request: Request) -> Any:
        return usecases.answer_task(self.db, self.config.rules, **request)

    @rpc(request=tasks.WithdrawTask, response=tasks.Task, mutating=True)
    def withdraw_task(self, request: Request) -> Any:
        return usecases.withdraw_task(self.db, self.config.rules, **request)

    @rpc(request=papers.ListPapers, response=papers.PaperPage)
    def list_papers(self, request: Request) -> Any:
        return queries.list_papers(self.db, **request)

    @rpc(request=tasks.ListTasks, response=tasks.TaskPage)
    def list_tasks(self, request: Request) -> Any:
        return queries.list_tasks(self.db, **request)

    @rpc(request=cases.GetCase, response=cases.Case)
    def get_case(self, request: Request) -> Any:
        return queries.get_case(self.db, self.config.rules, **request)

    @rpc(request=cases.ListCases, response=cases.CasePage)
    def list_cases(self, request: Request) -> Any:
        return queries.list_cases(self.db, self.config.rules, self.vault, **request)

    @rpc(request=cases.ExportCases, response=cases.ExportPiece)
    def export_cases(self, request: Request) -> Any:
        return queries.export_cases(self.db, self.config.rules, self.vault, **request)

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

    @rpc(request=cases.TrackCase, response=cases.TrackedCase)
    def track_case(self, request: Request) -> Any:
        return queries.track_case(self.db, self.config.rules, **request)

    @rpc(request=charges.IssueCharge, response=charges.Charge, mutating=True)
    def issue_charge(self, request: Request) -> Any:
        return usecases.issue_charge(self.db, **request)

    @rpc(request=charges.CancelCharge, response=charges.Charge, mutating=True)
    def cancel_charge(self, request: Request) -> Any:
        return usecases.cancel_charge(self.db, **request)

    @rpc(request=charges.RecordPayment, response=charges.Charge, mutating=True)
    def record_payment(self, request: Request) -> Any:
        return usecases.record_payment(self.db, **request)

    @rpc(request=charges.RequestWaiver, response=charges.Charge, mutating=True)
    def request_waiver(self, request: Request) -> Any:
        return usecases.request_waiver(self.db, **request)

    @rpc(request=charges.DecideWaiver, response=charges.Charge, mutating=True)
    def decide_waiver(self, request: Request) -> Any:
        return usecases.decide_waiver(self.db, **request)

    @rpc(request=charges.ApplyWaiver, response=charges.Charge, mutating=True)
    def apply_waiver(self, request: Request) -> Any:
        return usecases.apply_waiver(self.db, **request)

    @rpc(request=charges.RegisterReceiptBook, response=charges.ReceiptBook, mutating=True)
    def register_receipt_book(self, request: Request) -> Any:
        return usecases.register_receipt_book(self.db, **request)

    @rpc(request=charges.IssueFeeReceipt, response=charges.Charge, mutating=True)
    def issue_fee_receipt(self, request: Request) -> Any:
        return usecases.issue_fee_receipt(self.db, **request)

    @rpc(request=charges.VoidFeeReceipt, response=charges.Charge, mutating=True)
    def void_fee_receipt(self, request: Request) -> Any:
        return usecases.void_fee_receipt(self.db, **request)

    @rpc(request=charges.ImportStatement, response=charges.Statement, mutating=True)
    def import_statement(self, request: Request) -> Any:
        return usecases.import_statement(self.db, **request)

    @rpc(request=charges.ReportFeeViolation, response=charges.FeeViolation, mutating=True)
    def report_fee_violation(self, request: Request) -> Any:
        return usecases.report_fee_violation(self.db, **request)

    @rpc(request=charges.DecideFeeViolation, response=charges.FeeViolation, mutating=True)
    def decide_fee_violation(self, request: Request) -> Any:
        return usecases.decide_fee_violation(self.db, **request)

    @rpc(request=charges.GetCharge, response=charges.Charge)
    def get_charge(self, request: Request) -> Any:
        return queries.get_charge(self.db, **request)

    @rpc(request=charges.ListCharges, response=charges.ChargePage)
    def list_charges(self, request: Request) -> Any:
        return queries.list_charges(self.db, **request)

    @rpc(request=charges.GetChargeTotals, response=charges.ChargeTotals)
    def get_charge_totals(self, request: Request) -> Any:
        return queries.get_charge_totals(self.db, **request)

    @rpc(request=charges.ListReceiptBooks, response=charges.ReceiptBookPage)
    def list_receipt_books(self, request: Request) -> Any:
        return queries.list_receipt_books(self.db, **request)

    @rpc(request=charges.ListStatements, response=charges.StatementPage)
    def list_statements(self, request: Request) -> Any:
        return queries.list_statements(self.db, **request)

    @rpc(request=charges.ListStatementMismatches, response=charges.MismatchPage)
    def list_statement_mismatches(self, request: Request) -> Any:
        return queries.list_statement_mismatches(self.db, **request)

    @rpc(request=charges.ListFeeViolations, response=charges.FeeViolationPage)
    def list_fee_violations(self, request: Request) -> Any:
        return queries.list_fee_violations(self.db, **request)

    @consumes(
        "directory.hall.changed",
        "directory.staff.changed",
        "directory.item.published",
        "directory.calendar.changed",
        "directory.delegation.changed",
        queue="reference",
        batch=50,
    )
    def on_reference(self, batch: list[ReceivedEvent]) -> None:
        reference.store(self.db, batch)

    @due(every_seconds=5.0, batch=FOLDED)
    def fold_counts(self) -> int:
        return counts.fold_counts(self.db, batch=FOLDED)

    @due(every_seconds=2.0, batch=BATCH)
    def run_timers(self) -> int:
        return timers.run_timers(self.db, self.config.rules, limit=BATCH)

    @due(every_seconds=2.0, batch=BATCH)
    def run_task_timers(self) -> int:
        return timers.run_task_timers(self.db, self.config.rules, limit=BATCH)

    @due(every_seconds=5.0, batch=BATCH)
    def reproject_cases(self) -> int:
        return reprojection.reproject_cases(self.db, self.config.rules, limit=BATCH)
