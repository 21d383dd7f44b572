"""What the law wants in writing: a numbered and dated notice to the applicant, and reasons that are not blank."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import workdays
from services.intake.domain.case import Case
from services.intake.domain.errors import Invalid
from services.intake.domain.rules import Now


@dataclass(frozen=True)
class Notice:
    """A written notice to the applicant: its document number and the day it was given."""

    number: str
    on: dt.date


def check_notice(case: Case, notice: Notice, now: Now) -> None:
    """Raise Invalid NOTICE_NO_REQUIRED, or NOTICE_DATE_INVALID for a day before acceptance or in the future."""
    required(notice.number, "NOTICE_NO_REQUIRED", "notice_no")
    assert case.accepted_at is not None
    if not workdays.beijing_date(case.accepted_at) <= notice.on <= now.today:
        raise Invalid("NOTICE_DATE_INVALID", "noticed_on: between the acceptance and today", field="noticed_on")


def required(text: str | None, reason: str, field: str) -> str:
    """The text. Raises Invalid `reason` when it is missing or blank."""
    if text is None or not text.strip():
        raise Invalid(reason, f"{field}: must not be blank", field=field)
    return text
