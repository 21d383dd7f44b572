"""Entrypoints: enquiries under the first-asked responsibility (首问负责制) and first-asked duty not done."""

from __future__ import annotations

from typing import Any

from chassis import due, rpc
from chassis.database import Db
from chassis.sealing import Vault
from services.intake.config import IntakeConfig
from services.intake.queries import enquiries as queries
from services.intake.schemas import enquiries as schemas
from services.intake.schemas import first_asked as failures
from services.intake.usecases import enquiries, first_asked

Request = dict[str, Any]
BATCH = 100


class EnquiryMethods:
    """Enquiries under the first-asked responsibility (首问负责制) and first-asked duty not done."""

    db: Db
    config: IntakeConfig
    vault: Vault

    @rpc(request=schemas.RegisterEnquiry, response=schemas.RegisteredEnquiry, mutating=True, secrets=("asker", "question"))
    def register_enquiry(self, request: Request) -> Any:
        return enquiries.register_enquiry(self.db, self.config.rules, self.vault, **request)

    @rpc(request=schemas.RouteEnquiry, response=schemas.Enquiry, mutating=True)
    def route_enquiry(self, request: Request) -> Any:
        return enquiries.route_enquiry(self.db, self.config.rules, **request)

    @rpc(request=schemas.TakeEnquiry, response=schemas.Enquiry, mutating=True)
    def take_enquiry(self, request: Request) -> Any:
        return enquiries.take_enquiry(self.db, self.config.rules, **request)

    @rpc(request=schemas.ReturnEnquiry, response=schemas.Enquiry, mutating=True)
    def return_enquiry(self, request: Request) -> Any:
        return enquiries.return_enquiry(self.db, self.config.rules, **request)

    @rpc(request=schemas.AnswerEnquiry, response=schemas.Enquiry, mutating=True)
    def answer_enquiry(self, request: Request) -> Any:
        return enquiries.answer_enquiry(self.db, self.config.rules, **request)

    @rpc(request=schemas.CloseEnquiry, response=schemas.Enquiry, mutating=True)
    def close_enquiry(self, request: Request) -> Any:
        return enquiries.close_enquiry(self.db, self.config.rules, **request)

    @rpc(request=schemas.RevealAsker, response=schemas.RevealedAsker, mutating=True, told_once=("asker",))
    def reveal_asker(self, request: Request) -> Any:
        return enquiries.reveal_asker(self.db, self.vault, **request)

    @rpc(request=schemas.ListAskerReveals, response=schemas.AskerRevealPage)
    def list_asker_reveals(self, request: Request) -> Any:
        return queries.list_asker_reveals(self.db, **request)

    @rpc(request=schemas.GetEnquiry, response=schemas.Enquiry)
    def get_enquiry(self, request: Request) -> Any:
        return queries.get_enquiry(self.db, **request)

    @rpc(request=schemas.ListEnquiries, response=schemas.EnquiryPage)
    def list_enquiries(self, request: Request) -> Any:
        return queries.list_enquiries(self.db, **request)

    @rpc(request=schemas.TrackEnquiry, response=schemas.TrackedEnquiry)
    def track_enquiry(self, request: Request) -> Any:
        return queries.track_enquiry(self.db, self.config.rules, **request)

    @rpc(request=schemas.ListEnquiryFigures, response=schemas.EnquiryFiguresPage)
    def list_enquiry_figures(self, request: Request) -> Any:
        return queries.list_enquiry_figures(self.db, **request)

    @rpc(request=failures.ReportFirstAskedFailure, response=failures.FirstAskedFailure, mutating=True)
    def report_first_asked_failure(self, request: Request) -> Any:
        return first_asked.report_first_asked_failure(self.db, **request)

    @rpc(request=failures.ReplyToFirstAskedFailure, response=failures.FirstAskedFailure, mutating=True)
    def reply_to_first_asked_failure(self, request: Request) -> Any:
        return first_asked.reply_to_first_asked_failure(self.db, **request)

    @rpc(request=failures.DecideFirstAskedFailure, response=failures.FirstAskedFailure, mutating=True)
    def decide_first_asked_failure(self, request: Request) -> Any:
        return first_asked.decide_first_asked_failure(self.db, **request)

    @rpc(request=failures.ListFirstAskedFailures, response=failures.FirstAskedFailurePage)
    def list_first_asked_failures(self, request: Request) -> Any:
        return queries.list_first_asked_failures(self.db, **request)

    @due(every_seconds=2.0, batch=BATCH)
    def run_enquiry_timers(self) -> int:
        return enquiries.run_enquiry_timers(self.db, self.config.rules, limit=BATCH)
