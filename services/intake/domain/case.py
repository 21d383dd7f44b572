"""The case (办件): its data, its states, and what every command on it shares; the commands are in modules by topic.

registered → supplement ⇄ registered → accepted → in_review ⇄ suspended, in_review → decided → delivered, or returned. A silent intake becomes
accepted by itself (Administrative Licensing Law Art. 32); being overdue is a fact, not a state.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from services.intake.domain import deadlines
from services.intake.domain.counting import Stop, Stops
from services.intake.domain.deadlines import Deadline
from services.intake.domain.errors import Invalid, Refused
from services.intake.domain.rules import Item, six_kind

REGISTERED, SUPPLEMENT, ACCEPTED, IN_REVIEW = "registered", "supplement", "accepted", "in_review"
SUSPENDED, DECIDED, DELIVERED, RETURNED = "suspended", "decided", "delivered", "returned"
STATES = (REGISTERED, SUPPLEMENT, ACCEPTED, IN_REVIEW, SUSPENDED, DECIDED, DELIVERED, RETURNED)
OPEN = (ACCEPTED, IN_REVIEW)

_WHY_NOT = {
    REGISTERED: ("CASE_NOT_ACCEPTED", "the case is registered and not accepted yet"),
    SUPPLEMENT: ("CASE_AWAITS_SUPPLEMENT", "the applicant has been asked for materials"),
    ACCEPTED: ("CASE_ALREADY_ACCEPTED", "the case is accepted"),
    IN_REVIEW: ("CASE_ALREADY_ACCEPTED", "the case is accepted and in review"),
    SUSPENDED: ("CASE_SUSPENDED", "a special procedure runs: the limits stand still until it ends"),
    DECIDED: ("CASE_ALREADY_DECIDED", "the case is decided"),
    DELIVERED: ("CASE_ALREADY_DELIVERED", "the result has been handed over"),
    RETURNED: ("CASE_RETURNED", "the case was returned"),
}


@dataclass(frozen=True)
class Replaced:
    """A stored calculation that another one took the place of: why, by whom, by which notices, before and after."""

    cause: str
    actor: str | None
    notice_nos: tuple[str, ...]
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass
class Case:
    """One application. `notices` and `stages` are lists of plain values; `deadline` is the stored calculation.

    `clock_at` is the moment the notice limit counts from (the receipt, or the last piece of a supplement) and `clock_start` its day 0; `wanted` is
    what the running notice still waits for, `timer_at` when the scheduler has to look again, `running` the stage that is going
    on. `suspensions`, `extension`, `breaches` (what was told of
    days over and of missed notices, and stands) and `judgements` are plain values too; `calendar_edition` names the calendar the limits rest on.
    `applicant` is the masked one that answers show; the real one is sealed elsewhere.
    """

    case_id: str
    case_no: str
    region: str
    hall_id: str
    unit_id: str
    window_id: str
    staff_id: str
    item_id: str
    item_version: int
    channel: str
    applicant: dict[str, Any]
    track_hash: str
    received_at: dt.datetime
    state: str
    time_class: str
    required: list[str]
    handed: list[str]
    clock_at: dt.datetime
    clock_start: dt.date
    timer_at: dt.datetime | None
    wanted: list[str] = field(default_factory=list)
    notices: list[dict[str, Any]] = field(default_factory=list)
    stages: list[dict[str, Any]] = field(default_factory=list)
    routing: str | None = None
    accepted_at: dt.datetime | None = None
    deemed: bool = False
    deadline: dict[str, Any] | None = None
    promised_due: dt.date | None = None
    legal_due: dt.date | None = None
    provisional: bool = False
    rungs_sent: list[str] = field(default_factory=list)
    suspensions: list[dict[str, Any]] = field(default_factory=list)
    extension: dict[str, Any] | None = None
    breaches: list[dict[str, Any]] = field(default_factory=list)
    judgements: list[dict[str, Any]] = field(default_factory=list)
    calendar_edition: int = 0
    return_reason_code: str | None = None
    return_reason: str | None = None
    returned_at: dt.datetime | None = None
    decision: str | None = None
    decided_at: dt.datetime | None = None
    decided_by: str | None = None
    opinion: str | None = None
    delegation_id: str | None = None
    collective_no: str | None = None
    elapsed_days: int | None = None
    overdue_days: int | None = None
    delivery_method: str | None = None
    collector: str | None = None
    delivered_at: dt.datetime | None = None
    key_stages: list[str] = field(default_factory=list)
    running: dict[str, Any] | None = None
    reclassifications: list[dict[str, Any]] = field(default_factory=list)
    transfers: list[dict[str, Any]] = field(default_factory=list)
    delivery: dict[str, Any] | None = None
    version: int = 0
    # Not stored with the case: calculations that were replaced, for the evidence, and up to which version the use case has written it down.
    replaced: tuple[Replaced, ...] = ()
    written_down: int = 0
    pending_events: list[Any] = field(default_factory=list)

    @property
    def missing(self) -> list[str]:
        """Codes still needed: required and not handed in, or asked for by the running notice."""
        needed = [code for code in self.required if code not in self.handed]
        return needed + [code for code in self.wanted if code not in needed]

    @property
    def outcome(self) -> str:
        """What intake made of the receipt: the first of the three attributes."""
        return {REGISTERED: "pending", SUPPLEMENT: "supplement", RETURNED: "returned"}.get(self.state, "accepted")

    @property
    def kind(self) -> str:
        """The derived label of the six kinds."""
        return six_kind(self.outcome, self.time_class, self.routing)

    @property
    def green_channel(self) -> dict[str, Any] | None:
        """The approval that put the case into the green channel (绿色通道); None when it is not in it, or not any more (M-B11)."""
        approvals = [entry for entry in self.reclassifications if entry["green_channel"]]
        return approvals[-1] if approvals and self.time_class == "immediate" else None

    @property
    def stops(self) -> Stops:
        """The days on which the limits stood still."""
        day = dt.date.fromisoformat
        return tuple(Stop(day(s["started_on"]), day(s["ended_on"]) if s["ended_on"] else None) for s in self.suspensions)

    @property
    def handlers(self) -> frozenset[str]:
        """Everybody who had the case in hand: first responsible persons, who ended a stage, who suspended or resumed it, who decided."""
        people = {self.staff_id, self.decided_by}
        people.update(stage["handler_id"] for stage in self.stages)
        people.update(transfer["from_staff_id"] for transfer in self.transfers)
        people.update(person for entry in self.suspensions for person in (entry["started_by"], entry["ended_by"]))
        return frozenset(person for person in people if person)

    def calculation(self) -> Deadline:
        """The stored calculation. Raises Refused CASE_NOT_ACCEPTED when there is none yet."""
        if self.deadline is None:
            self.refuse()
        assert self.deadline is not None
        return deadlines.from_plain(self.deadline)

    def require(self, *states: str) -> None:
        """Raise Refused, naming the state, unless the case is in one of these."""
        if self.state not in states:
            self.refuse()

    def refuse(self) -> None:
        """Raise Refused with the present state as reason."""
        reason, text = _WHY_NOT[self.state]
        raise Refused(reason, text, case_id=self.case_id, state=self.state)

    def happened(self, what: type, at: dt.datetime, **values: Any) -> None:
        """Record a happening under the case's next number."""
        self.version += 1
        self.pending_events.append(what(version=self.version, at=at, **values))


def check_codes(codes: tuple[str, ...], item: Item, field_name: str) -> None:
    """Raise Invalid MATERIAL_UNKNOWN for a code the item does not have."""
    unknown = [code for code in codes if code not in item.codes]
    if unknown:
        raise Invalid("MATERIAL_UNKNOWN", f"{field_name}: the item has no material {', '.join(unknown)}", field=field_name)
