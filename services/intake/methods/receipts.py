"""Entrypoints: receipts, one-time notices and what intake makes of them."""

from __future__ import annotations

from typing import Any

from chassis import rpc
from chassis.database import Db
from chassis.sealing import Vault
from services.intake import usecases
from services.intake.config import IntakeConfig
from services.intake.schemas import cases, handling

Request = dict[str, Any]


class ReceiptMethods:
    """Receipts, one-time notices and what intake makes of them."""

    db: Db
    config: IntakeConfig
    vault: Vault

    @rpc(request=cases.RegisterReceipt, response=cases.Receipt, mutating=True, secrets=("applicant",))
    def register_receipt(self, request: Request) -> Any:
        return usecases.register_receipt(self.db, self.config.rules, self.vault, **request)

    @rpc(request=cases.RequestSupplement, response=cases.Case, mutating=True)
    def request_supplement(self, request: Request) -> Any:
        return usecases.request_supplement(self.db, self.config.rules, **request)

    @rpc(request=cases.SubmitSupplement, response=cases.Case, mutating=True)
    def submit_supplement(self, request: Request) -> Any:
        return usecases.submit_supplement(self.db, self.config.rules, **request)

    @rpc(request=handling.ConfirmNotice, response=cases.Case, mutating=True)
    def confirm_notice(self, request: Request) -> Any:
        return usecases.confirm_notice(self.db, self.config.rules, **request)

    @rpc(request=cases.AcceptCase, response=cases.Case, mutating=True)
    def accept_case(self, request: Request) -> Any:
        return usecases.accept_case(self.db, self.config.rules, **request)

    @rpc(request=cases.ReturnCase, response=cases.Case, mutating=True)
    def return_case(self, request: Request) -> Any:
        return usecases.return_case(self.db, self.config.rules, **request)
