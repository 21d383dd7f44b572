"""First-asked duty not done: reported, replied to, judged by a second person."""

from __future__ import annotations

from typing import Any

from chassis.database import Db
from services.intake import enquiry_views, places, reference
from services.intake.domain.enquiries import Enquiry
from services.intake.domain.errors import Invalid
from services.intake.domain.first_asked import FirstAskedFailure
from services.intake.domain.masking import mask_text
from services.intake.usecases.verified_facts import judged

Answer = dict[str, Any]


def report_first_asked_failure(
    db: Db, *, hall_id: str, enquiry_id: str | None, window_id: str | None, recorded_by: str | None, **said: Any
) -> Answer:
    """A person reports it with evidence; unit and window follow from the ticket, the person never does.

    Raises NotFound HALL_NOT_FOUND, WINDOW_NOT_FOUND, ENQUIRY_NOT_FOUND; Invalid ENQUIRY_OF_OTHER_HALL and what `record` raises.
    """
    with db.transaction() as tx:
        hall = places.hall_of(tx, hall_id)
        unit_id = said.pop("unit_id")
        if enquiry_id is not None:
            enquiry = tx.get(Enquiry, enquiry_id)
            tx.caller.require(enquiry.region, enquiry.hall_id)
            if enquiry.hall_id != hall_id:
                raise Invalid("ENQUIRY_OF_OTHER_HALL", "enquiry_id: a ticket of another hall", field="enquiry_id")
            # A named unit or window stands: it need not be the first-asked person's that let the matter lie.
            if unit_id is None and window_id is None:
                unit_id, window_id = enquiry.unit_id, enquiry.window_id
        if window_id is not None:
            unit_id = unit_id or hall.unit_of(window_id, "window_id")
        failure = FirstAskedFailure(
            failure_id=tx.new_id(), region=hall.region, hall_id=hall_id, unit_id=unit_id, window_id=window_id, enquiry_id=enquiry_id,
            recorded_at=tx.now, recorded_by=tx.caller.acting_as(recorded_by, "recorded_by"), recorded_identity=tx.caller.identity,
            **{**said, "evidence": mask_text(said["evidence"])},
        )  # fmt: skip
        failure.record()
        tx.add(failure)
        return enquiry_views.failure_view(failure)


def reply_to_first_asked_failure(db: Db, *, failure_id: str, reply: str, staff_id: str | None) -> Answer:
    """The accused has his say before the verdict."""
    with db.transaction() as tx:
        failure = tx.get(FirstAskedFailure, failure_id, for_update=True)
        tx.caller.require(failure.region, failure.hall_id)
        by = tx.caller.acting_as(staff_id, "staff_id")
        unit = reference.unit_anywhere(tx, by, "staff_id", failure.unit_id)
        failure.reply_to(mask_text(reply), by=by, by_unit=unit, at=tx.now)
        return enquiry_views.failure_view(failure)


def decide_first_asked_failure(db: Db, *, failure_id: str, verified: bool, note: str) -> Answer:
    """A second person finds it true, or not."""
    with db.transaction() as tx:
        return enquiry_views.failure_view(judged(tx, FirstAskedFailure, failure_id, verified=verified, note=note))
