"""Entrypoints: applicants' personal data: corrected, revealed on record."""

from __future__ import annotations

from typing import Any

from chassis import rpc
from chassis.database import Db
from chassis.sealing import Vault
from services.intake import queries, usecases
from services.intake.config import IntakeConfig
from services.intake.schemas import applicants, cases

Request = dict[str, Any]


class ApplicantMethods:
    """Applicants' personal data: corrected, revealed on record."""

    db: Db
    config: IntakeConfig
    vault: Vault

    @rpc(request=applicants.UpdateApplicant, response=cases.Case, mutating=True, secrets=("applicant", "reason"))
    def update_applicant(self, request: Request) -> Any:
        return usecases.update_applicant(self.db, self.config.rules, self.vault, **request)

    @rpc(
        request=applicants.RevealApplicant,
        response=applicants.RevealedApplicant,
        mutating=True,
        told_once=("applicant", "collector", "signed_by"),
    )
    def reveal_applicant(self, request: Request) -> Any:
        return usecases.reveal_applicant(self.db, self.vault, **request)

    @rpc(request=applicants.ListCorrections, response=applicants.CorrectionPage)
    def list_applicant_corrections(self, request: Request) -> Any:
        return queries.list_corrections(self.db, **request)

    @rpc(request=applicants.ListReveals, response=applicants.RevealPage)
    def list_applicant_reveals(self, request: Request) -> Any:
        return queries.list_reveals(self.db, **request)
