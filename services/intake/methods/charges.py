"""Entrypoints: charges, waivers, receipts, the treasury's statements, fee violations."""

from __future__ import annotations

from typing import Any

from chassis import rpc
from chassis.database import Db
from services.intake import queries, usecases
from services.intake.schemas import charges

Request = dict[str, Any]


class ChargeMethods:
    """Charges, waivers, receipts, the treasury's statements, fee violations."""

    db: Db

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
