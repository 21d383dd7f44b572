"""The report of one window: open → submitted, and open again with a reason."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from services.intake.domain.errors import Refused
from services.intake.domain.monthly import days
from services.intake.domain.monthly.days import MonthlyRules
from services.intake.domain.monthly.figures import Computed, Figures, differences
from services.intake.domain.monthly.happenings import WindowLate, WindowOpened, WindowReopened, WindowSubmitted
from services.intake.domain.rules import Now
from services.intake.domain.written import required

OPEN, SUBMITTED = "open", "submitted"
STATES = (OPEN, SUBMITTED)


@dataclass(frozen=True)
class Signature:
    """Who signs, with which remarks; `seen` is the moment of the figures that he looked at."""

    by: str
    seen: dt.datetime
    remarks: str = ""


@dataclass
class WindowReport:
    """`month` is its first day, `due` the last day to sign, `days_late` the working days late that were told (all of them once it is signed).

    `history` keeps every round that was taken back, as it was signed.
    """

    report_id: str
    region: str
    hall_id: str
    window_id: str
    unit_id: str
    month: dt.date
    due: dt.date
    figures: Figures
    computed_at: dt.datetime
    log_epoch: int
    log_seq: int
    opened_at: dt.datetime
    state: str = OPEN
    round: int = 1
    days_late: int = 0
    remarks: str = ""
    submitted_by: str | None = None
    submitted_at: dt.datetime | None = None
    history: list[dict[str, Any]] = field(default_factory=list)
    timer_at: dt.datetime | None = None
    version: int = 0
    pending_events: list[Any] = field(default_factory=list)

    def open(self, now: Now, rules: MonthlyRules) -> None:
        """Stand ready to be signed."""
        self._happened(WindowOpened, now.at)
        self.timer_at = days.next_telling(self.due, 0, now, rules)

    def take(self, fresh: Computed) -> None:
        """Show these figures from now on."""
        self.figures, self.computed_at, self.log_epoch, self.log_seq = fresh.figures, fresh.at, fresh.log_epoch, fresh.log_seq

    def submit(self, signature: Signature, fresh: Computed, *, now: Now, rules: MonthlyRules) -> Refused | None:
        """Sign the figures as they were seen, when they still are the figures.

        Raises Refused REPORT_SUBMITTED, FIGURES_OUTDATED. Returns Refused FIGURES_CHANGED when the register says something else by now: then the report
        shows the new figures, which wait to be looked at.
        """
        if self.state != OPEN:
            raise Refused("REPORT_SUBMITTED", "the report is signed", report_id=self.report_id)
        if signature.seen != self.computed_at:
            raise Refused("FIGURES_OUTDATED", "the figures were computed anew meanwhile: look again", report_id=self.report_id)
        changed = differences(self.figures, fresh.figures)
        if changed:
            self.take(fresh)
            names = ", ".join(difference.column for difference in changed)
            return Refused("FIGURES_CHANGED", f"the figures have changed: {names}", report_id=self.report_id, columns=names)
        self._tell_late(now, rules)
        self.state, self.timer_at, self.remarks = SUBMITTED, None, signature.remarks
        self.submitted_by, self.submitted_at, self.days_late = signature.by, now.at, days.days_late(self.due, now)
        self._happened(WindowSubmitted, now.at)
        return None

    def reopen(self, *, by: str, reason: str, now: Now, rules: MonthlyRules) -> None:
        """Take the signature back, until the end of the next working day. Raises Refused REPORT_OPEN, Invalid REASON_REQUIRED."""
        if self.state != SUBMITTED or self.submitted_at is None:
            raise Refused("REPORT_OPEN", "nobody has signed the report", report_id=self.report_id)
        required(reason, "REASON_REQUIRED", "reason")
        signed = {
            "round": self.round, "figures": self.figures, "computed_at": self.computed_at.isoformat(), "log_epoch": self.log_epoch,
            "log_seq": self.log_seq, "remarks": self.remarks, "submitted_by": self.submitted_by, "submitted_at": self.submitted_at.isoformat(),
            "days_late": self.days_late, "reopened_by": by, "reopened_at": now.at.isoformat(), "reason": reason,
        }  # fmt: skip
        self.history = [*self.history, signed]
        self.state, self.round, self.due, self.days_late = OPEN, self.round + 1, now.calendar.next_workday(now.today), 0
        self.submitted_by = self.submitted_at = None
        self._happened(WindowReopened, now.at)
        self.timer_at = days.next_telling(self.due, 0, now, rules)

    def run_timer(self, now: Now, rules: MonthlyRules) -> None:
        """Tell every working day late, each once."""
        if self.state == OPEN:
            self._tell_late(now, rules)
            self.timer_at = days.next_telling(self.due, self.days_late, now, rules)

    def _tell_late(self, now: Now, rules: MonthlyRules) -> None:
        late = min(days.days_late(self.due, now), rules.remind_days)
        while self.days_late < late:
            self.days_late += 1
            as_of = now.calendar.add_workdays(self.due, self.days_late).date
            self._happened(WindowLate, now.at, days_late=self.days_late, as_of=as_of)

    def _happened(self, what: type, at: dt.datetime, **values: Any) -> None:
        self.version += 1
        self.pending_events.append(what(version=self.version, at=at, **values))
