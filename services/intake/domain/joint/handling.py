"""The joint handling of one case: its members' clocks, its meetings, the centre's decisions; see the package for its states."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from services.intake.domain.counting import Stop, Stops
from services.intake.domain.errors import Invalid, Refused
from services.intake.domain.joint import clock, settling
from services.intake.domain.joint import happenings as h
from services.intake.domain.joint.members import ASKED, DISAGREE, GIVEN, NAMED, OPEN, RELEASED, Asked, Member
from services.intake.domain.rules import Now

PROPOSED, SCHEDULED, MET, OPINIONS_DUE, ALL_IN = "proposed", "scheduled", "met", "opinions_due", "all_in"
ISSUED, RETURNED, ENDED = "issued", "returned", "ended"
RUNNING = (PROPOSED, SCHEDULED, MET, OPINIONS_DUE, ALL_IN)
STATES = (*RUNNING, ISSUED, RETURNED, ENDED)
APPROVE, RETURN = "approve", "return"
CAUSES = ("accepted", "deemed", "reclassified")
_BINDS = {APPROVE: "approved", RETURN: "rejected"}


@dataclass
class JointHandling:
    """`needed` units, the lead's included, make it joint (A-30); `stops` are the days on which the case's limits stood still.

    `meetings` says of each meeting whether it is planned, held, minuted or cancelled; `decisions` are the centre's, numbered; `limit` is the one that it
    set for the whole.
    """

    handling_id: str
    case_id: str
    case_no: str
    item_id: str
    region: str
    hall_id: str
    lead_unit_id: str
    lead_window_id: str
    needed: int
    cause: str
    opened_at: dt.datetime
    calendar_edition: int
    state: str = PROPOSED
    stops: list[dict[str, Any]] = field(default_factory=list)
    meetings: list[dict[str, Any]] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    limit: dict[str, Any] | None = None
    limit_due: dt.date | None = None
    limit_overdue_days: int = 0
    members: list[Member] = field(default_factory=list)
    closed_at: dt.datetime | None = None
    timer_at: dt.datetime | None = None
    version: int = 0
    pending_events: list[Any] = field(default_factory=list)

    def open(self, at: dt.datetime) -> JointHandling:
        """Begin."""
        self.happened(h.Opened, at, cause=self.cause)
        return self

    def convene(self, asked: Iterable[Asked], *, after_meeting: bool, now: Now) -> None:
        """Name members. They are asked at once, with everybody who still waits, unless a meeting shall come first.

        Raises Refused JOINT_CLOSED; Invalid MEMBER_IS_LEAD, MEMBER_TWICE, MEMBERS_TOO_FEW, NOBODY_TO_ASK, JOINT_LIMIT_INVALID.
        """
        self.require_running()
        for one in asked:
            self._name(one)
        if 1 + len(self.members) < self.needed:
            raise Invalid("MEMBERS_TOO_FEW", f"members: {self.needed} units with the lead make it joint", field="members")
        if not after_meeting:
            self._ask_waiting(now)
        self.settle(now, cause="calendar")

    def _name(self, one: Asked) -> None:
        if one.unit_id == self.lead_unit_id:
            raise Invalid("MEMBER_IS_LEAD", f"members: {one.unit_id} leads", field="members")
        if any(member.unit_id == one.unit_id for member in self.members):
            raise Invalid("MEMBER_TWICE", f"members: {one.unit_id} is a member already", field="members")
        clock.check_days(one.limit_days, "limit_days")
        self.members.append(Member(self.handling_id, number=len(self.members) + 1, **vars(one)))

    def _ask_waiting(self, now: Now) -> None:
        waiting = [member for member in self.members if member.state == NAMED]
        if not waiting:
            raise Invalid("NOBODY_TO_ASK", "members: nobody new, and nobody waits for a meeting", field="members")
        for member in waiting:
            member.state, member.asked_at = ASKED, now.at
            member.reckon(self.standing, now)
            self.happened(h.OpinionRequested, now.at, unit_id=member.unit_id, limit_days=member.limit_days, due=member.due)

    def give_opinion(self, unit_id: str, outcome: str, opinion: str, *, by: str, now: Now) -> None:
        """A member's opinion, or another one instead; days over that nobody has told yet are told first.

        Raises Refused JOINT_CLOSED, NOT_A_MEMBER, OPINION_NOT_ASKED.
        """
        self.require_running()
        member = self.member(unit_id)
        if member.state not in (ASKED, GIVEN):
            raise Refused("OPINION_NOT_ASKED", f"the unit is {member.state}", unit_id=unit_id, state=member.state)
        self.settle(now, cause="calendar")
        revision = member.give(outcome, opinion, by=by, at=now.at)
        self.happened(
            h.OpinionGiven, now.at, unit_id=unit_id, outcome=outcome, given_by=by, revision=revision, overdue_days=member.overdue_days
        )
        self.settle(now, cause="calendar")

    def meet(self, meeting_id: str, state: str, starts_at: dt.datetime, now: Now) -> None:
        """What has become of a meeting; its minutes let the questions go out that waited for it. A handling that is closed is left as it is."""
        if self.state not in RUNNING:
            return
        others = [meeting for meeting in self.meetings if meeting["meeting_id"] != meeting_id]
        self.meetings = [*others, {"meeting_id": meeting_id, "state": state, "starts_at": starts_at.isoformat()}]
        if state == "minuted" and any(member.state == NAMED for member in self.members):
            # First the step that the meeting was: nobody is asked by a handling that has not met.
            self.settle(now, cause="calendar")
            self._ask_waiting(now)
        self.settle(now, cause="calendar")

    def stand(self, stops: Stops, now: Now, *, cause: str) -> None:
        """Take over on which days the case's limits stand still."""
        self.stops = [{"since": s.since.isoformat(), "until": s.until and s.until.isoformat()} for s in stops]
        self._reproject(now, cause=cause)

    def catch_up(self, now: Now) -> None:
        """Bring open limits in line with the calendar in force."""
        if self.state in RUNNING and self.calendar_edition < now.book.edition:
            self.calendar_edition = now.book.edition
            self._reproject(now, cause="calendar")

    def _reproject(self, now: Now, *, cause: str) -> None:
        for member in self._asked():
            before, due = member.reckon(self.standing, now)
            if before != due:
                self.happened(h.MemberDueMoved, now.at, unit_id=member.unit_id, cause=cause, before=before, due=due)
        self.settle(now, cause=cause)

    def run_timer(self, now: Now) -> None:
        """Tell every working day over, each once: of every member, and of the whole."""
        self.catch_up(now)
        self.settle(now, cause="calendar")

    def close(self, state: str, now: Now) -> None:
        """The case is decided (issued, returned), or joint no more (ended): open members are asked no more, days over that came before still count."""
        self.settle(now, cause="calendar")
        released = [member for member in self.members if member.state in OPEN]
        for member in released:
            member.state = RELEASED
        self.state, self.closed_at, self.timer_at = state, now.at, None
        self.happened(h.Closed, now.at, state=state, released=tuple(member.unit_id for member in released))

    def check_decision(self, outcome: str) -> None:
        """Whether the case may be decided so. Outstanding opinions do not hold up a rejection that the centre has decided.

        Raises Refused CENTRE_DECIDED_OTHERWISE, JOINT_NOT_CONVENED, OPINIONS_MISSING, MEMBER_DISAGREES.
        """
        verdict = self.verdict
        if verdict is not None and _BINDS[verdict] != outcome:
            raise Refused(
                "CENTRE_DECIDED_OTHERWISE", f"the centre's decision is to {verdict}", decision=verdict, handling_id=self.handling_id
            )
        if verdict == RETURN:
            return
        missing = self.awaited
        if missing:
            units = ",".join(member.unit_id for member in missing)
            raise Refused("OPINIONS_MISSING", f"opinions are outstanding: {units}", units=units, handling_id=self.handling_id)
        if verdict is None:
            self._check_members(outcome)

    def _check_members(self, outcome: str) -> None:
        if not self.members:
            raise Refused("JOINT_NOT_CONVENED", "no member has been asked", handling_id=self.handling_id)
        against = [member.unit_id for member in self.members if member.state == GIVEN and member.outcome == DISAGREE]
        if against and outcome == "approved":
            units = ",".join(against)
            raise Refused("MEMBER_DISAGREES", f"{units} disagrees: approving all the same is the centre's to decide", units=units)

    @property
    def verdict(self) -> str | None:
        """What the centre decided on the matter itself, the newest; None while it has not."""
        return next((entry["kind"] for entry in reversed(self.decisions) if entry["kind"] in _BINDS), None)

    @property
    def awaited(self) -> list[Member]:
        """Members whose opinion is outstanding."""
        return [member for member in self.members if member.state in OPEN]

    @property
    def standing(self) -> Stops:
        """The days on which the clocks stand still."""
        day = dt.date.fromisoformat
        return tuple(Stop(day(stop["since"]), day(stop["until"]) if stop["until"] else None) for stop in self.stops)

    def member(self, unit_id: str) -> Member:
        """Raises Refused NOT_A_MEMBER."""
        for member in self.members:
            if member.unit_id == unit_id:
                return member
        raise Refused("NOT_A_MEMBER", f"{unit_id} is no member", unit_id=unit_id, handling_id=self.handling_id)

    def require_running(self) -> None:
        """Raise Refused JOINT_CLOSED."""
        if self.state not in RUNNING:
            raise Refused("JOINT_CLOSED", f"the joint handling is {self.state}", handling_id=self.handling_id, state=self.state)

    def _asked(self) -> list[Member]:
        return [member for member in self.members if member.state == ASKED]

    def settle(self, now: Now, *, cause: str) -> None:
        """After whatever happened: what was told of days over equals the truth, the state follows the facts, the timer the next day that matters."""
        for member in self._asked():
            settling.settle_member(self, member, now, cause)
        settling.settle_limit(self, now, cause)
        self._settle_state(now)
        self.timer_at = settling.next_look(self, self._asked(), now)

    def _settle_state(self, now: Now) -> None:
        state = self._reached()
        if state != self.state:
            before, self.state = self.state, state
            self.happened(h.MovedOn, now.at, before=before, state=state)

    def _reached(self) -> str:
        if self.members and not self.awaited:
            return ALL_IN
        if any(member.asked_at for member in self.members):
            return OPINIONS_DUE
        found = {meeting["state"] for meeting in self.meetings}
        if found & {"held", "minuted"}:
            return MET
        return SCHEDULED if "planned" in found else PROPOSED

    def happened(self, what: type, at: dt.datetime, **values: Any) -> None:
        """Record a happening under the next number."""
        self.version += 1
        self.pending_events.append(what(version=self.version, at=at, **values))
