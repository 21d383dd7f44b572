"""Handing the result over (发证/取件)."""

from __future__ import annotations

import datetime as dt

from services.intake.domain.case import DECIDED, DELIVERED, OPEN, REGISTERED, SUPPLEMENT, Case
from services.intake.domain.errors import Refused
from services.intake.domain.happenings import Delivered
from services.intake.domain.stages import complete


def deliver(case: Case, method: str, *, by: str, collector: str, at: dt.datetime) -> None:
    """Hand the result over (发证/取件); anywhere but at the window or by courier is recorded as off-window (M-B24)."""
    if case.state in (REGISTERED, SUPPLEMENT, *OPEN):
        raise Refused("CASE_NOT_DECIDED", "there is no result to hand over", case_id=case.case_id)
    case.require(DECIDED)
    case.state, case.delivery_method, case.collector, case.delivered_at = DELIVERED, method, collector, at
    case.happened(Delivered, at, method=method, off_window=method == "elsewhere")
    complete(case, "issue", by, "", at)
