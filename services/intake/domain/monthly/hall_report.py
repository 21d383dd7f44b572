"""The report of one hall: waiting (the month is not over) → open → compiled → reported, and open again with a reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.intake.domain.errors import Refused
from services.intake.domain.monthly import days
from services.intake.domain.monthly.days import MonthlyRules
from services.intake.domain.monthly.figures import Computed, Figures, differences, nothing, total
from services.intake.domain.monthly.happenings import HallCompiled, HallLate, HallReopened, HallReported
from services.intake.domain.rules import Now
from services.intake.domain.written import required

WAITING, OPEN, COMPILED, REPORTED = "waiting", "open", "compiled", "reported"
STATES = (OPEN, COMPILED, REPORTED)
"""What is seen from outside."""


@dataclass(frozen=True)
class Part:
    """The report of one window as the hall finds it; `report_id` is None for a window that has cases and never had a report."""

    window_id: str
    unit_id: str
    report_id: str | None
    submitted: bool
    round: int
    due: dt.date | None
    figures: Figures


@dataclass(frozen=True)
class Compilation:
    """Who compiles, and which windows he goes on without, for which reason."""

    by: str
    missing: tuple[str, ...] = ()
    reason: str = ""


@dataclass
class HallReport:
    """`windows` are the parts as they were summed up, `missing` those of them that nobody signed, `corrections` what the register said else than the
    signatures when it was compiled. `history` keeps every round that was taken back, as it was compiled.
    """

    report_id: str
    region: str
    hall_id: str
    month: dt.date
    timer_at: dt.datetime | None
    state: str = WAITING
    due: dt.date | None = None
    opened_at: dt.datetime | None = None
    round: int = 1
    days_late: int = 0
    figures: Figures | None = None
    windows: list[dict[str, Any]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    missing_reason: str = ""
    corrections: list[dict[str, Any]] = field(default_factory=list)
    computed_at: dt.datetime | None = None
    log_epoch: int | None = None
    log_seq: int | None = None
    compiled_by: str | None = None
    compiled_at: dt.datetime | None = None
    reported_by: str | None = None
    reported_at: dt.datetime | None = None
    history: list[dict[str, Any]] = field(default_factory=list)
    version: int = 0
    pending_events: list[Any] = field(default_factory=list)

    def open(self, due: dt.date, now: Now, rules: MonthlyRules) -> None:
        """The month is over and its windows have their reports; `due` is the last day to compile them."""
        self.state, self.due, self.opened_at = OPEN, due, now.at
        self.timer_at = days.next_telling(due, 0, now, rules)

    def compile(
        self,
        wanted: Compilation,
        parts: Sequence[Part],
        fresh: Mapping[str, Computed],
        *,
        now: Now,
        rules: MonthlyRules,
        at_log: tuple[int, int],
    ) -> None:
        """Sum the windows up; those that did not sign count with the figures of the register, and only when they are named.

        Raises Refused HALL_REPORT_COMPILED, REPORTS_NOT_DUE (a missing window still has time), REPORTS_MISSING (names them), MISSING_SUBMITTED; Invalid
        REASON_REQUIRED.
        """
        if self.state != OPEN:
            raise Refused("HALL_REPORT_COMPILED", f"the report is {self.state}", hall_id=self.hall_id)
        everybody = [*parts, *_unknown(parts, fresh)]
        missing = sorted(part.window_id for part in everybody if not part.submitted)
        self._check_missing(wanted, everybody, missing, now)
        now_of = {part.window_id: fresh[part.window_id].figures if part.window_id in fresh else nothing() for part in everybody}
        counted = [(part, part.figures if part.submitted else now_of[part.window_id]) for part in everybody]
        self._tell_late(now, rules)
        self.windows = [
            {"window_id": p.window_id, "unit_id": p.unit_id, "report_id": p.report_id, "submitted": p.submitted, "round": p.round, "figures": f}
            for p, f in counted
        ]  # fmt: skip
        self.figures = total(figures for _, figures in counted)
        self.missing, self.missing_reason = missing, wanted.reason if missing else ""
        self.corrections = [
            {"window_id": part.window_id, **vars(difference)}
            for part, figures in counted
            for difference in differences(figures, now_of[part.window_id])
        ]
        self.computed_at, (self.log_epoch, self.log_seq) = now.at, at_log
        self.state, self.timer_at, self.compiled_by, self.compiled_at = COMPILED, None, wanted.by, now.at
        self.days_late = days.days_late(self._due(), now)
        self._happened(HallCompiled, now.at)

    def _check_missing(self, wanted: Compilation, everybody: Sequence[Part], missing: list[str], now: Now) -> None:
        early = [part.window_id for part in everybody if not part.submitted and part.due is not None and now.today <= part.due]
        if early:
            raise Refused("REPORTS_NOT_DUE", f"these windows still have time: {', '.join(early)}", missing=",".join(early))
        unnamed = [window_id for window_id in missing if window_id not in wanted.missing]
        if unnamed:
            raise Refused("REPORTS_MISSING", f"these windows have not signed: {', '.join(unnamed)}", missing=",".join(unnamed))
        wrong = [window_id for window_id in wanted.missing if window_id not in missing]
        if wrong:
            raise Refused("MISSING_SUBMITTED", f"these windows are not missing: {', '.join(wrong)}", windows=",".join(wrong))
        if missing:
            required(wanted.reason, "REASON_REQUIRED", "reason")

    def report(self, *, by: str, now: Now) -> None:
        """Forward it to the upper centre. Raises Refused HALL_REPORT_OPEN, HALL_REPORT_REPORTED."""
        if self.state == REPORTED:
            raise Refused("HALL_REPORT_REPORTED", "the report has been forwarded", hall_id=self.hall_id)
        self._require_compiled()
        self.state, self.reported_by, self.reported_at = REPORTED, by, now.at
        self._happened(HallReported, now.at)

    def reopen(self, *, by: str, reason: str, now: Now, rules: MonthlyRules) -> None:
        """Take it back; it has to be compiled again by the end of the next working day. Raises Refused HALL_REPORT_OPEN, Invalid REASON_REQUIRED."""
        self._require_compiled()
        required(reason, "REASON_REQUIRED", "reason")
        kept = ("round", "state", "figures", "missing", "missing_reason", "log_epoch", "log_seq", "compiled_by", "reported_by", "days_late")
        moments = ("computed_at", "compiled_at", "reported_at")
        before = {name: getattr(self, name) for name in kept} | {name: _iso(getattr(self, name)) for name in moments}
        self.history = [*self.history, {**before, "reopened_by": by, "reopened_at": now.at.isoformat(), "reason": reason}]
        self.state, self.round, self.due, self.days_late = OPEN, self.round + 1, now.calendar.next_workday(now.today), 0
        self.figures = self.computed_at = self.log_epoch = self.log_seq = None
        self.compiled_by = self.compiled_at = self.reported_by = self.reported_at = None
        self.windows, self.missing, self.missing_reason, self.corrections = [], [], "", []
        self._happened(HallReopened, now.at)
        self.timer_at = days.next_telling(self.due, 0, now, rules)

    def require_open(self) -> None:
        """What windows sign after the hall has compiled would be in no report. Raises Refused HALL_REPORT_COMPILED."""
        if self.state != OPEN:
            raise Refused(
                "HALL_REPORT_COMPILED", f"the hall's report of this month is {self.state}: it has to be reopened", hall_id=self.hall_id
            )

    def run_timer(self, now: Now, rules: MonthlyRules) -> None:
        """Tell every working day on which it should have been compiled, each once."""
        self._tell_late(now, rules)
        self.timer_at = days.next_telling(self._due(), self.days_late, now, rules)

    def _tell_late(self, now: Now, rules: MonthlyRules) -> None:
        due = self._due()
        late = min(days.days_late(due, now), rules.remind_days)
        while self.days_late < late:
            self.days_late += 1
            self._happened(HallLate, now.at, days_late=self.days_late, as_of=now.calendar.add_workdays(due, self.days_late).date)

    def _due(self) -> dt.date:
        assert self.due is not None, "a month that is not over has no last day"
        return self.due

    def _require_compiled(self) -> None:
        if self.state not in (COMPILED, REPORTED):
            raise Refused("HALL_REPORT_OPEN", "the report is not compiled", hall_id=self.hall_id)

    def _happened(self, what: type, at: dt.datetime, **values: Any) -> None:
        self.version += 1
        self.pending_events.append(what(version=self.version, at=at, **values))


def _unknown(parts: Sequence[Part], fresh: Mapping[str, Computed]) -> list[Part]:
    known = {part.window_id for part in parts}
    return [
        Part(window_id, computed.unit_id, None, False, 0, None, computed.figures)
        for window_id, computed in sorted(fresh.items())
        if window_id not in known
    ]


def _iso(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
