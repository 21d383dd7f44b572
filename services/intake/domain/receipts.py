"""The receipt (收件登记): the first record of a case; nothing is handled or refused without it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from services.intake.domain.case import REGISTERED, Case, check_codes
from services.intake.domain.clocks import next_look
from services.intake.domain.happenings import Registered
from services.intake.domain.rules import Item, Now


@dataclass(frozen=True)
class Receipt:
    """What the receiver writes down (收件登记)."""

    case_id: str
    region: str
    hall_id: str
    window_id: str
    staff_id: str
    channel: str
    applicant: dict[str, Any]  # masked
    handed: tuple[str, ...]
    track_hash: str


@dataclass(frozen=True)
class RefusedReceipt:
    """An attempt to receive an item that was cancelled: blocked, and a fact for the assessment (M-A4)."""

    attempt_id: str
    region: str
    hall_id: str
    window_id: str
    staff_id: str
    unit_id: str
    item_id: str
    item_version: int
    channel: str
    reason_code: str
    attempted_at: dt.datetime


def register(receipt: Receipt, item: Item, *, now: Now) -> Case:
    """Write the receipt. Raises Invalid MATERIAL_UNKNOWN for a code the item does not have."""
    check_codes(receipt.handed, item, "materials")
    case = Case(
        case_id=receipt.case_id, case_no="", region=receipt.region, hall_id=receipt.hall_id, unit_id=item.unit_id,
        window_id=receipt.window_id, staff_id=receipt.staff_id, item_id=item.item_id, item_version=item.item_version,
        channel=receipt.channel, applicant=receipt.applicant,
        track_hash=receipt.track_hash, received_at=now.at, state=REGISTERED, time_class="immediate" if item.immediate else "promised",
        required=list(item.required), handed=sorted(set(receipt.handed)), clock_at=now.at, clock_start=now.start(now.at, receipt.channel),
        timer_at=None, calendar_edition=now.book.edition,
    )  # fmt: skip
    case.timer_at = next_look(case, now)
    case.happened(Registered, now.at, missing=tuple(case.missing))
    return case
