"""The case (办件): states, what each command needs, what it leaves behind.

registered → supplement ⇄ registered → accepted → in_review → decided → delivered, or returned. A silent intake becomes accepted by itself
(Administrative Licensing Law Art. 32); being overdue is a fact, not a state.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import workdays
from services.intake.domain import deadlines
from services.intake.domain.deadlines import Deadline
from services.intake.domain.errors import Invalid, Refused
from services.intake.domain.happenings import (
    Accepted,
    Decided,
    Delivered,
    DueSoon,
    NoticeMissed,
    Overdue,
    Registered,
    Returned,
    StageCompleted,
    SupplementRequested,
    SupplementSubmitted,
)
from services.intake.domain.rules import Item, Now, six_kind

REGISTERED, SUPPLEMENT, ACCEPTED, IN_REVIEW = "registered", "supplement", "accepted", "in_review"
DECIDED, DELIVERED, RETURNED = "decided", "delivered", "returned"
STATES = (REGISTERED, SUPPLEMENT, ACCEPTED, IN_REVIEW, DECIDED, DELIVERED, RETURNED)
OPEN = (ACCEPTED, IN_REVIEW)
STAGES = ("accept", "review", "pay", "complete", "issue")
RECORDABLE = ("review", "pay")

_WHY_NOT = {
    REGISTERED: ("CASE_NOT_ACCEPTED", "the case is registered and not accepted yet"),
    SUPPLEMENT: ("CASE_AWAITS_SUPPLEMENT", "the applicant has been asked for materials"),
    ACCEPTED: ("CASE_ALREADY_ACCEPTED", "the case is accepted"),
    IN_REVIEW: ("CASE_ALREADY_ACCEPTED", "the case is accepted and in review"),
    DECIDED: ("CASE_ALREADY_DECIDED", "the case is decided"),
    DELIVERED: ("CASE_ALREADY_DELIVERED", "the result has been handed over"),
    RETURNED: ("CASE_RETURNED", "the case was returned"),
}


@dataclass(frozen=True)
class Receipt:
    """What the receiver writes down (收件登记)."""

    case_id: str
    region: str
    hall_id: str
    window_id: str
    staff_id: str
    channel: str
    applicant_name: str
    applicant_contact: str
    handed: tuple[str, ...]
    track_hash: str


@dataclass
class Case:
    """One application. `notices` and `stages` are lists of plain values; `deadline` is the stored calculation.

    `clock_at` is the moment the notice limit counts from (the receipt, or the last piece of a supplement) and `clock_start` its day 0; `wanted` is
    what the running notice still waits for, `timer_at` when the scheduler has to look again, `overdue_sent` how many working days over have been told.
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
    applicant_name: str
    applicant_contact: str
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
    overdue_sent: int = 0
    return_reason_code: str | None = None
    return_reason: str | None = None
    returned_at: dt.datetime | None = None
    decision: str | None = None
    decided_at: dt.datetime | None = None
    decided_by: str | None = None
    opinion: str | None = None
    elapsed_days: int | None = None
    overdue_days: int | None = None
    delivery_method: str | None = None
    collector: str | None = None
    delivered_at: dt.datetime | None = None
    version: int = 0
    pending_events: list[Any] = field(default_factory=list)

    @classmethod
    def register(cls, receipt: Receipt, item: Item, *, now: Now) -> Case:
        """Write the receipt. Raises Invalid MATERIAL_UNKNOWN for a code the item does not have."""
        _check_codes(receipt.handed, item, "materials")
        start = now.start(now.at, receipt.channel)
        case = cls(
            case_id=receipt.case_id, case_no="", region=receipt.region, hall_id=receipt.hall_id, unit_id=item.unit_id,
            window_id=receipt.window_id, staff_id=receipt.staff_id, item_id=item.item_id, item_version=item.item_version,
            channel=receipt.channel, applicant_name=receipt.applicant_name, applicant_contact=receipt.applicant_contact,
            track_hash=receipt.track_hash, received_at=now.at, state=REGISTERED, time_class="immediate" if item.immediate else "promised",
            required=list(item.required), handed=sorted(set(receipt.handed)), clock_at=now.at, clock_start=start, timer_at=_silence_ends(now, start),
        )  # fmt: skip
        case._happened(Registered, now.at, missing=tuple(case.missing))
        return case

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

    def calculation(self) -> Deadline:
        """The stored calculation. Raises Refused CASE_NOT_ACCEPTED when there is none yet."""
        if self.deadline is None:
            self._refuse()
        assert self.deadline is not None
        return deadlines.from_plain(self.deadline)

    def silent_past_limit(self, now: Now) -> bool:
        """Whether nobody said a word within the notice limit, so that the case counts as accepted."""
        return self.state == REGISTERED and now.calendar.workdays_between(self.clock_start, now.today) > now.rules.notice_days

    def request_supplement(self, codes: tuple[str, ...], item: Item, *, by: str, reason: str, supply_by: dt.date | None, now: Now) -> None:
        """Tell the applicant once and completely what is missing (一次性告知); `codes` empty means the missing ones.

        Raises Refused NOTICE_TOO_LATE, NOTHING_MISSING; Invalid MATERIAL_UNKNOWN, NOTICE_INCOMPLETE, NOTICE_REASON_REQUIRED.
        """
        self._require(REGISTERED, SUPPLEMENT)
        if self.silent_past_limit(now):
            raise Refused("NOTICE_TOO_LATE", "the notice limit has passed: the case counts as accepted since its receipt")
        _check_codes(codes, item, "missing")
        asked = list(dict.fromkeys(codes)) or self.missing
        if not asked:
            raise Refused("NOTHING_MISSING", "every required material is there")
        left_out = [code for code in self.missing if code not in asked]
        if left_out:
            raise Invalid("NOTICE_INCOMPLETE", f"missing: the one list must also name {', '.join(left_out)}", field="missing")
        if self.notices and not reason.strip():
            raise Invalid("NOTICE_REASON_REQUIRED", "reason: a second list needs one", field="reason")
        self.handed = [code for code in self.handed if code not in asked]
        self.wanted = asked
        notice = {
            "round": len(self.notices) + 1, "missing": asked, "requested_at": now.at.isoformat(), "reason": reason, "staff_id": by,
            "supply_by": supply_by.isoformat() if supply_by else None,
        }  # fmt: skip
        self.notices = [*self.notices, notice]
        self.state, self.timer_at = SUPPLEMENT, None
        self._happened(SupplementRequested, now.at, round=len(self.notices), missing=tuple(asked), repeated=len(self.notices) > 1)

    def submit_supplement(self, codes: tuple[str, ...], item: Item, *, now: Now) -> None:
        """Take in what was asked for; when all of it is there the case is registered again and the notice limit starts anew.

        Raises Refused CASE_AWAITS_NOTHING, Invalid MATERIAL_UNKNOWN.
        """
        if self.state == REGISTERED:
            raise Refused("CASE_AWAITS_NOTHING", "no material has been asked for", case_id=self.case_id)
        self._require(SUPPLEMENT)
        _check_codes(codes, item, "materials")
        self.handed = sorted({*self.handed, *codes})
        self.wanted = [code for code in self.wanted if code not in codes]
        if not self.missing:
            self.state = REGISTERED
            self.clock_at, self.clock_start = now.at, now.start(now.at, self.channel)
            self.timer_at = _silence_ends(now, self.clock_start)
        self._happened(SupplementSubmitted, now.at, handed=tuple(sorted(set(codes))), missing=tuple(self.missing))

    def accept(self, item: Item, *, routing: str | None, now: Now) -> None:
        """Accept (受理) and fix the limits; past the notice limit the acceptance is the deemed one, from receipt.

        Raises Refused MATERIALS_INCOMPLETE, Invalid ROUTING_NOT_POSSIBLE.
        """
        self._require(REGISTERED)
        if self.silent_past_limit(now):
            self._deem(item, now=now)
            return
        if self.missing:
            text = f"missing: {', '.join(self.missing)}"
            raise Refused("MATERIALS_INCOMPLETE", text, missing=",".join(self.missing))
        chosen = item.routing(routing, now.rules)
        if chosen is None:
            raise Invalid("ROUTING_NOT_POSSIBLE", f"routing: {routing} with {item.units_involved} units", field="routing")
        self._start(item, routing=chosen, accepted_at=now.at, now=now)

    def _deem(self, item: Item, *, now: Now) -> None:
        silent = now.calendar.workdays_between(self.clock_start, now.today)
        self._happened(NoticeMissed, now.at, working_days=silent, notified=bool(self.notices))
        self.deemed = True
        self._start(item, routing=item.routing(None, now.rules), accepted_at=self.clock_at, now=now)

    def _start(self, item: Item, *, routing: str | None, accepted_at: dt.datetime, now: Now) -> None:
        deadline = deadlines.reckon(item, accepted_at, self.channel, now)
        self.state, self.routing, self.accepted_at, self.wanted = ACCEPTED, routing, accepted_at, []
        self.deadline, self.provisional = deadlines.to_plain(deadline), deadline.provisional
        self.promised_due, self.legal_due = deadline.promised.due, deadline.legal.due
        self._happened(Accepted, now.at, accepted_at=accepted_at, deemed=self.deemed)
        self._complete("accept", self.staff_id, "", now.at)
        self.timer_at = self._next_timer(now)

    def return_(self, *, reason_code: str, reason: str, now: Now) -> None:
        """Refuse with a written reason (退回/不予受理).

        Raises Refused CASE_DEEMED_ACCEPTED, NOTHING_WAS_ASKED, SUPPLY_TIME_NOT_OVER.
        """
        self._require(REGISTERED, SUPPLEMENT)
        if self.silent_past_limit(now):
            raise Refused("CASE_DEEMED_ACCEPTED", "the notice limit has passed: the case counts as accepted since its receipt")
        if reason_code == "not_supplied":
            self._check_supply_time(now.today)
        self.state, self.timer_at = RETURNED, None
        self.return_reason_code, self.return_reason, self.returned_at = reason_code, reason, now.at
        self._happened(Returned, now.at, reason_code=reason_code)

    def _check_supply_time(self, today: dt.date) -> None:
        if self.state != SUPPLEMENT:
            raise Refused("NOTHING_WAS_ASKED", "nothing is outstanding that could have been supplied", case_id=self.case_id)
        last = self.notices[-1]["supply_by"]
        if last is not None and today <= dt.date.fromisoformat(last):
            raise Refused("SUPPLY_TIME_NOT_OVER", f"the applicant has until {last}", case_id=self.case_id)

    def record_stage(self, stage: str, *, by: str, opinion: str, at: dt.datetime) -> None:
        """End the review or payment stage. Raises Invalid STAGE_NOT_RECORDABLE, Refused STAGE_ALREADY_COMPLETED, STAGE_OUT_OF_ORDER."""
        if stage not in RECORDABLE:
            text = f"stage: {stage} ends with its own command"
            raise Invalid("STAGE_NOT_RECORDABLE", text, field="stage")
        self._require(*OPEN)
        done = [record["stage"] for record in self.stages]
        if stage in done:
            raise Refused("STAGE_ALREADY_COMPLETED", f"{stage} ended before", stage=stage)
        if any(STAGES.index(other) > STAGES.index(stage) for other in done):
            raise Refused("STAGE_OUT_OF_ORDER", f"{stage} comes before {done[-1]}", stage=stage)
        self.state = IN_REVIEW
        self._complete(stage, by, opinion, at)

    def decide(self, outcome: str, *, by: str, by_unit: str, opinion: str, now: Now) -> None:
        """Decide (办结). Working days over that nobody has told yet are told first. Raises Refused HANDLER_OF_OTHER_UNIT."""
        self._require(*OPEN)
        if by_unit != self.unit_id:
            raise Refused("HANDLER_OF_OTHER_UNIT", "only the item's own unit decides", handler_id=by, unit_id=self.unit_id)
        self._send_overdue(now)
        today = now.today
        start, due = self.calculation().start, self.promised_due
        assert due is not None
        self.elapsed_days = max(0, now.calendar.workdays_between(start, today))
        self.overdue_days = max(0, now.calendar.workdays_between(due, today))
        self.state, self.timer_at = DECIDED, None
        self.decision, self.decided_at, self.decided_by, self.opinion = outcome, now.at, by, opinion
        self._happened(Decided, now.at, outcome=outcome, elapsed_days=self.elapsed_days, overdue_days=self.overdue_days)
        self._complete("complete", by, opinion, now.at)

    def deliver(self, method: str, *, by: str, collector: str, at: dt.datetime) -> None:
        """Hand the result over (发证/取件); anywhere but at the window or by courier is recorded as off-window (M-B24)."""
        if self.state in (REGISTERED, SUPPLEMENT, *OPEN):
            raise Refused("CASE_NOT_DECIDED", "there is no result to hand over", case_id=self.case_id)
        self._require(DECIDED)
        self.state, self.delivery_method, self.collector, self.delivered_at = DELIVERED, method, collector, at
        self._happened(Delivered, at, method=method, off_window=method == "elsewhere")
        self._complete("issue", by, "", at)

    def run_timer(self, item: Item, *, now: Now) -> None:
        """Do what time alone brings: deemed acceptance, then every warning whose day has come, in order, each once."""
        if self.silent_past_limit(now):
            self._deem(item, now=now)
        if self.state in OPEN:
            today = now.today
            for rung in self.calculation().rungs:
                if rung.on <= today and rung.level not in self.rungs_sent:
                    self._send_rung(rung, now)
            self._send_overdue(now)
            self.timer_at = self._next_timer(now)
        elif self.state == REGISTERED:
            self.timer_at = _silence_ends(now, self.clock_start)
        else:
            self.timer_at = None

    def _send_rung(self, rung: deadlines.Rung, now: Now) -> None:
        assert self.promised_due is not None
        left = now.calendar.workdays_between(rung.on, self.promised_due)
        self.rungs_sent = [*self.rungs_sent, rung.level]
        self._happened(DueSoon, now.at, level=rung.level, due=self.promised_due, remaining_days=left)

    def _send_overdue(self, now: Now) -> None:
        assert self.promised_due is not None
        over = now.calendar.workdays_between(self.promised_due, now.today)
        while self.overdue_sent < over:
            days = self.overdue_sent + 1
            level = "double_red" if days >= now.rules.double_red_days else "red"
            as_of = now.calendar.add_workdays(self.promised_due, days).date
            self.overdue_sent = days
            self._happened(Overdue, now.at, level=level, due=self.promised_due, overdue_days=days, as_of=as_of)

    def _next_timer(self, now: Now) -> dt.datetime:
        waiting = [rung.on for rung in self.calculation().rungs if rung.level not in self.rungs_sent]
        assert self.promised_due is not None
        return _morning(min([*waiting, now.calendar.add_workdays(self.promised_due, self.overdue_sent + 1).date]))

    def _complete(self, stage: str, by: str, opinion: str, at: dt.datetime) -> None:
        record = {"stage": stage, "handler_id": by, "opinion": opinion, "completed_at": at.isoformat()}
        self.stages = [*self.stages, record]
        self._happened(StageCompleted, at, stage=stage, handler_id=by)

    def _require(self, *states: str) -> None:
        if self.state not in states:
            self._refuse()

    def _refuse(self) -> None:
        reason, text = _WHY_NOT[self.state]
        raise Refused(reason, text, case_id=self.case_id, state=self.state)

    def _happened(self, what: type, at: dt.datetime, **values: Any) -> None:
        self.version += 1
        self.pending_events.append(what(version=self.version, at=at, **values))


def _check_codes(codes: tuple[str, ...], item: Item, field_name: str) -> None:
    unknown = [code for code in codes if code not in item.codes]
    if unknown:
        raise Invalid("MATERIAL_UNKNOWN", f"{field_name}: the item has no material {', '.join(unknown)}", field=field_name)


def _silence_ends(now: Now, start: dt.date) -> dt.datetime:
    return _morning(now.calendar.add_workdays(start, now.rules.notice_days + 1).date)


def _morning(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(0), workdays.BEIJING)
