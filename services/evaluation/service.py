"""Entrypoints of evaluation."""

from __future__ import annotations

from typing import Any

from chassis import Configuration, Database, consumes, due, rpc
from chassis.events import ReceivedEvent
from chassis.paging import Page
from contracts import REGISTRY
from services.evaluation import events, orm, queries, schemas, summaries
from services.evaluation.config import EvaluationConfig
from services.evaluation.usecases import complaints, presses, ratings, reference

Request = dict[str, Any]


def _paged(request: Request, keys: int = 2) -> Request:
    page = Page.of(request.pop("page_size"), request.pop("page_token"), keys=keys)
    return {**request, "page": page}


class EvaluationService:
    """Ratings (好差评) and complaints (投诉)."""

    name = "evaluation"
    config = Configuration(EvaluationConfig)
    db = Database("evaluation", contracts=REGISTRY, mappers=events.MAPPERS, configure=orm.configure)

    @rpc(request=schemas.OpenRating, response=schemas.Invitation, mutating=True, told_once=("token", "link"))
    def open_rating(self, request: Request) -> Request:
        return ratings.open_rating(self.db, **request, rating_url=self.config.rating_url)

    @rpc(request=schemas.GetRatingSession, response=schemas.RatingSession)
    def get_rating_session(self, request: Request) -> Request:
        return queries.rating_session(self.db, **request)

    @rpc(request=schemas.SubmitRating, response=schemas.RatingReceipt, mutating=True)
    def submit_rating(self, request: Request) -> Request:
        return ratings.submit_rating(self.db, **request)

    @rpc(request=schemas.GetRating, response=schemas.Rating)
    def get_rating(self, request: Request) -> Request:
        return queries.rating(self.db, **request)

    @rpc(request=schemas.ListRatings, response=schemas.RatingPage)
    def list_ratings(self, request: Request) -> Request:
        return queries.list_ratings(self.db, **_paged(request))

    @rpc(request=schemas.ListBadReviews, response=schemas.BadReviewPage)
    def list_bad_reviews(self, request: Request) -> Request:
        return queries.list_bad_reviews(self.db, **_paged(request))

    @rpc(request=schemas.ListPresses, response=schemas.PressPage)
    def list_presses(self, request: Request) -> Request:
        return queries.list_presses(self.db, **_paged(request))

    @rpc(request=schemas.RatingSummary, response=schemas.Summary)
    def rating_summary(self, request: Request) -> Request:
        return summaries.rating_summary(self.db, **_paged(request, keys=1))

    @rpc(request=schemas.FileComplaint, response=schemas.Complaint, mutating=True)
    def file_complaint(self, request: Request) -> Request:
        return complaints.file_complaint(self.db, **request)

    @rpc(request=schemas.AcceptComplaint, response=schemas.Complaint, mutating=True)
    def accept_complaint(self, request: Request) -> Request:
        return complaints.accept_complaint(self.db, **request)

    @rpc(request=schemas.AssignComplaint, response=schemas.Complaint, mutating=True)
    def assign_complaint(self, request: Request) -> Request:
        return complaints.assign_complaint(self.db, **request)

    @rpc(request=schemas.VerifyComplaint, response=schemas.Complaint, mutating=True)
    def verify_complaint(self, request: Request) -> Request:
        return complaints.verify_complaint(self.db, **request)

    @rpc(request=schemas.GetComplaint, response=schemas.Complaint)
    def get_complaint(self, request: Request) -> Request:
        return queries.complaint(self.db, **request)

    @rpc(request=schemas.ListComplaints, response=schemas.ComplaintPage)
    def list_complaints(self, request: Request) -> Request:
        return queries.list_complaints(self.db, **_paged(request))

    @rpc(request=schemas.DisclosePersonalData, response=schemas.PersonalData, mutating=True, told_once=("text", "contact", "name"))
    def disclose_personal_data(self, request: Request) -> Request:
        return complaints.disclose(self.db, **request)

    @consumes("directory.hall.changed", "directory.staff.changed", "directory.item.published", queue="reference", batch=100)
    def on_reference(self, batch: list[ReceivedEvent]) -> None:
        reference.store_reference(self.db, batch)

    @consumes("intake.case.decided", queue="decided_cases")
    def on_case_decided(self, event: ReceivedEvent) -> None:
        ratings.open_session(self.db, event, days=self.config.invitation_days, reach=self.config.reach)

    @consumes("devices.rating.pressed", queue="presses")
    def on_rating_pressed(self, event: ReceivedEvent) -> None:
        presses.take_press(self.db, event, settle_seconds=self.config.press_settle_seconds, reach=self.config.reach)

    @due(every_seconds=0.5, batch=100)
    def bind_presses(self) -> int:
        return presses.bind_presses(self.db, settle_seconds=self.config.press_settle_seconds, reach=self.config.reach, limit=100)

    @due(every_seconds=60.0, batch=500)
    def expire_sessions(self) -> int:
        return ratings.expire_sessions(self.db, limit=500)
