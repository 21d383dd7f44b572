"""Entrypoints of notifications."""

from __future__ import annotations

from typing import Any

from chassis import Configuration, Database, consumes, due, rpc
from chassis.events import ReceivedEvent
from chassis.paging import Page
from contracts import REGISTRY
from services.notifications import events, queries, schemas
from services.notifications.config import NotificationsConfig
from services.notifications.mail import Mailer
from services.notifications.usecases import dispatch, inbox, recipients, reference, sending, templates

Request = dict[str, Any]


def _paged(request: Request) -> Request:
    page = Page.of(request.pop("page_size"), request.pop("page_token"), keys=2)
    return {**request, "page": page}


class NotificationsService:
    """Templates, inbox, e-mail and the delivery log."""

    name = "notifications"
    config = Configuration(NotificationsConfig)
    db = Database("notifications", contracts=REGISTRY, mappers=events.MAPPERS)

    @rpc(request=schemas.UpsertTemplate, response=schemas.Template, mutating=True)
    def upsert_template(self, request: Request) -> Request:
        return queries.template_answer(templates.upsert_template(self.db, **request))

    @rpc(request=schemas.ListTemplates, response=schemas.TemplatePage)
    def list_templates(self, request: Request) -> Request:
        return queries.list_templates(self.db, **_paged(request))

    @rpc(request=schemas.PreviewTemplate, response=schemas.Preview)
    def preview_template(self, request: Request) -> Request:
        return queries.preview(self.db, **request)

    @rpc(request=schemas.SetRecipient, response=schemas.Recipient, mutating=True)
    def set_recipient(self, request: Request) -> Request:
        return recipients.set_recipient(self.db, **request)

    @rpc(request=schemas.MyPreferences, response=schemas.Recipient, mutating=True)
    def set_my_preferences(self, request: Request) -> Request:
        return recipients.set_my_preferences(self.db, **request)

    @rpc(request=schemas.GetRecipient, response=schemas.Recipient)
    def get_recipient(self, request: Request) -> Request:
        return recipients.get_recipient(self.db, **request)

    @rpc(request=schemas.ListInbox, response=schemas.InboxPage)
    def list_inbox(self, request: Request) -> Request:
        return queries.list_inbox(self.db, **_paged(request))

    @rpc(request=schemas.MarkRead, response=schemas.Marked, mutating=True)
    def mark_read(self, request: Request) -> Request:
        return inbox.mark_read(self.db, **request)

    @rpc(request=schemas.ListDeliveries, response=schemas.DeliveryPage)
    def list_deliveries(self, request: Request) -> Request:
        return queries.list_deliveries(self.db, **_paged(request))

    @consumes("directory.hall.changed", "directory.staff.changed", "directory.item.published", queue="reference", batch=100)
    def on_reference(self, batch: list[ReceivedEvent]) -> None:
        reference.store_reference(self.db, batch)

    # The same events as in catalog/routes.yaml; a test holds the two together.
    @consumes(
        "intake.case.due_soon",
        "intake.case.overdue",
        "intake.case.suspension_overrun",
        "intake.case.overdue_withdrawn",
        "intake.case.breach_judged",
        "intake.roster.published",
        "intake.roster.changed",
        "intake.roster.withdrawn",
        "intake.roster.misfit_found",
        "intake.appointment.requested",
        "intake.appointment.moved",
        "intake.appointment.cancelled",
        "intake.visit.requested",
        "intake.visit.dispatched",
        "intake.visit.overdue",
        "intake.visit.cancelled",
        "intake.agency.registered",
        "intake.agency.assigned",
        "intake.agency.due_soon",
        "intake.agency.overdue",
        "intake.agency.upper_overdue",
        "intake.agency.overdue_withdrawn",
        "intake.agency.returned",
        "intake.handover.made",
        "intake.handover.urged",
        "intake.handover.overdue",
        "intake.handover.overdue_withdrawn",
        "intake.handover.fed_back",
        "evaluation.bad_review.opened",
        "devices.device.offline",
        "devices.device.clock_skewed",
        "supervision.finding.recorded",
        "intake.monthly_report.opened",
        "intake.monthly_report.late",
        "intake.monthly_report.compile_late",
        "intake.enquiry.routed",
        "intake.enquiry.due_soon",
        "intake.enquiry.overdue",
        "intake.objection.raised",
        "intake.objection.escalated",
        "intake.objection.overdue",
        "intake.first_asked_failure.recorded",
        "intake.joint.opinion_requested",
        "intake.joint.member_overdue",
        "intake.joint_meeting.scheduled",
        "intake.joint_meeting.agenda_changed",
        "intake.joint_meeting.moved",
        "intake.joint_meeting.cancelled",
        "intake.joint_inspection.planned",
        "intake.joint_inspection.moved",
        "intake.joint_inspection.cancelled",
        queue="occasions",
    )
    def on_occasion(self, event: ReceivedEvent) -> None:
        dispatch.notify(self.db, event, Mailer(self.config), default_locale=self.config.default_locale)

    @due(every_seconds=1.0, batch=50)
    def send_mail(self) -> int:
        return sending.send_due(self.db, Mailer(self.config), delays=self.config.delays, limit=50)
