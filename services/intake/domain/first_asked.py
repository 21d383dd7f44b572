"""First-asked duty not done (首问责任未落实, XZK-5C-2a): a person establishes it, a second one verifies it, and the accused may have his say.

That a ticket is overdue is told by its timer and accuses nobody: whether somebody shirked is for people to find out.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from services.intake.domain.errors import Refused
from services.intake.domain.verified_facts import RECORDED, FactDecided, FactRecorded, VerifiedFact

KINDS = ("no_record", "misrouted", "not_followed_up")
"""Turned away without a record; routed wrongly and left; accepted or registered, and not followed up."""


class FailureRecorded(FactRecorded):
    """Somebody reported it."""


class FailureDecided(FactDecided):
    """A second person's verdict."""


@dataclass(kw_only=True)
class FirstAskedFailure(VerifiedFact):
    """One failure. `enquiry_id` is the ticket it is about; one who was turned away without a record has none."""

    recorded_as: ClassVar[type[FactRecorded]] = FailureRecorded
    decided_as: ClassVar[type[FactDecided]] = FailureDecided
    id_field: ClassVar[str] = "failure_id"
    decided_reason: ClassVar[str] = "FAILURE_DECIDED"

    failure_id: str
    kind: str
    enquiry_id: str | None
    reply: str | None = None
    replied_by: str | None = None
    replied_at: dt.datetime | None = None

    def reply_to(self, text: str, *, by: str, by_unit: str, at: dt.datetime) -> None:
        """What the accused says, once and before the verdict; where only the window or unit is named, one of the unit says it.

        Raises Refused FAILURE_DECIDED, ALREADY_REPLIED, NOT_ACCUSED.
        """
        if self.state != RECORDED:
            raise Refused(self.decided_reason, f"it is {self.state}", failure_id=self.failure_id)
        if self.reply is not None:
            raise Refused("ALREADY_REPLIED", "the accused has replied", failure_id=self.failure_id)
        if by != self.staff_id and (self.staff_id is not None or by_unit != self.unit_id):
            raise Refused("NOT_ACCUSED", "only the accused replies", failure_id=self.failure_id)
        self.reply, self.replied_by, self.replied_at = text, by, at
