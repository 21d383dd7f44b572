"""An entry of the agency register (代办事项登记表): its data, its states, and what every command on it shares; the commands are in `agency`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from services.intake.domain.agency_states import ASSIGNED, COLLECTED, ENDED, NOTIFIED, REGISTERED, RETURNED, SUBMITTED
from services.intake.domain.counting import Stop, Stops
from services.intake.domain.errors import Refused

_WHY_NOT = {
    REGISTERED: ("MATTER_NOT_ASSIGNED", "nobody has been made its agent yet"),
    ASSIGNED: ("MATTER_NOT_SUBMITTED", "the papers are not with the upper level"),
    SUBMITTED: ("MATTER_AT_UPPER_LEVEL", "the papers are with the upper level"),
    RETURNED: ("MATTER_RETURNED", "the upper level has decided"),
    NOTIFIED: ("MATTER_NOTIFIED", "the applicant has been told"),
    COLLECTED: ("MATTER_COLLECTED", "the papers have been handed over"),
    ENDED: ("MATTER_ENDED", "the hall carries it no further"),
}


@dataclass
class AgencyMatter:
    """One entry. `start_at` is the moment the present round's limit counts from; `due` its last day under `day_kind`, beside what both kinds would give.

    `first_due` is the first round's, and `first_overdue_days` how late its submission was (None: not submitted, and not ended late), for the figures.
    `told` and `upper_told` are the days over that were told and stand in this round, `reminded` and `upper_reminded` the due days that were reminded
    of. `stops` are the days of the case's special procedures; `rounds` are finished ones, as plain values.
    """

    matter_id: str
    case_id: str
    case_no: str
    item_id: str
    region: str
    hall_id: str
    unit_id: str
    window_id: str
    channel: str
    registered_by: str
    registered_at: dt.datetime
    registered_on: dt.date
    limit_days: int
    day_kind: str
    warn_days: int
    start_at: dt.datetime
    state: str = REGISTERED
    agent_id: str | None = None
    assignments: list[dict[str, Any]] = field(default_factory=list)
    upper_department: str | None = None
    promised_on: dt.date | None = None
    contacted_at: dt.datetime | None = None
    contacts: list[dict[str, Any]] = field(default_factory=list)
    round: int = 1
    rounds: list[dict[str, Any]] = field(default_factory=list)
    due: dt.date | None = None
    due_working: dt.date | None = None
    due_natural: dt.date | None = None
    first_due: dt.date | None = None
    first_overdue_days: int | None = None
    submitted_at: dt.datetime | None = None
    submitted_by: str | None = None
    upper_due: dt.date | None = None
    upper_dues: list[dict[str, Any]] = field(default_factory=list)
    upper_result: str | None = None
    result_note: str = ""
    returned_at: dt.datetime | None = None
    notified_at: dt.datetime | None = None
    notified_how: str | None = None
    notified_by: str | None = None
    collected_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    ended_by: str | None = None
    end_reason_code: str | None = None
    end_reason: str = ""
    stops: list[dict[str, Any]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    upper_told: list[str] = field(default_factory=list)
    reminded: dt.date | None = None
    upper_reminded: dt.date | None = None
    timer_at: dt.datetime | None = None
    calendar_edition: int = 0
    version: int = 0
    pending_events: list[Any] = field(default_factory=list)

    @property
    def stopped(self) -> Stops:
        """The days on which the submission limit stood still: those of the case's special procedures."""
        day = dt.date.fromisoformat
        return tuple(Stop(day(stop["since"]), day(stop["until"]) if stop["until"] else None) for stop in self.stops)

    def require(self, *states: str) -> None:
        """Raise Refused with the present state as reason unless it is one of these."""
        if self.state not in states:
            reason, text = _WHY_NOT[self.state]
            raise Refused(reason, text, matter_id=self.matter_id, state=self.state)

    def happened(self, what: type, at: dt.datetime, **values: Any) -> None:
        """Record a happening under the entry's next number."""
        self.version += 1
        self.pending_events.append(what(version=self.version, at=at, **values))
