"""Settings of intake: the city's thresholds, in working days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from services.intake.domain.booking_rules import BookingRules, VisitRules
from services.intake.domain.enquiry_rules import VERSIONS, EnquiryRules, ObjectionRules
from services.intake.domain.joint.clock import LONGEST
from services.intake.domain.joint.slots import WEEKDAYS
from services.intake.domain.monthly.days import REST_DAYS, MonthlyRules
from services.intake.domain.rules import DAY_KINDS, Rules
from services.intake.domain.stages import STAGES

_FROM_ONE = (
    "notice_days", "double_red_days", "joint_units", "enquiry_routed_days", "enquiry_close_days", "objection_days", "objection_quiet_days",
    "objections_open", "objections_per_case", "booking_ahead_days", "bookings_per_phone", "visit_dispatch_days", "agency_days", "handover_days",
)  # fmt: skip
_FROM_NONE = ("yellow_days", "enquiry_own_days", "booking_latest_minutes", "booking_cancel_minutes", "no_show_grace_minutes")


@dataclass(frozen=True)
class IntakeConfig:
    """HALLBUS_INTAKE_…"""

    notice_days: int = 5  # limit of the one-time notice, Licensing Law Art. 32
    blue_percent: int = 50  # share of the promised budget consumed
    yellow_days: int = 1  # left
    double_red_days: int = 3  # over
    joint_units: int = 3  # from so many units on a case is handled jointly by itself
    joint_opinion_days: int = 5  # what a member of a joint handling has unless the lead says otherwise
    joint_weekday: str = "thursday"  # when joint handlings regularly meet
    joint_time: dt.time = dt.time(14, 30)
    stage_days: tuple[str, ...] = ("issue:10",)  # limits that stages have of their own; Licensing Law Art. 44
    stamped_channels: tuple[str, ...] = ("appointment",)  # rest-day receipts really taken in by duty staff
    booking_ahead_days: int = 30  # natural days ahead of today that may be booked
    booking_latest_minutes: int = 60  # before a slot begins it can still be booked
    booking_cancel_minutes: int = 120  # before a slot begins the citizen himself may still cancel
    bookings_per_phone: int = 3  # open appointments of one phone, in the whole city
    booking_at_once: bool = False  # confirmed without the desk
    no_show_grace_minutes: int = 30  # after the end of the slot, before the appointment counts as missed
    visit_dispatch_days: int = 3  # until staff must have been dispatched to a visit
    agency_days: int = 7  # until an agency matter (代办) is with the upper level; township rules Art. 14-4, A-02
    agency_day_kind: str = "working"  # working | natural
    agency_warn_days: int = 1  # working days before that limit the agent is warned; 0: on its last day
    handover_days: int = 3  # until the owning unit answers the comprehensive window (综合窗口)
    monthly_open_day: int = 1  # of the next month: reports open and are signed, S3§3 Art. 17-5
    monthly_compile_day: int = 5  # of the next month: the hall compiles and forwards
    monthly_rest_days: str = "next"  # such a day that is a rest day: "next" working day, or "as_is"
    monthly_remind_days: int = 5  # for so many working days a missing report is told again
    first_asked_version: str = "B"  # A: follow to the end, B: answer or route
    enquiry_own_days: int = 0  # answer to what is in the first-asked person's own duties; 0: the same day
    enquiry_routed_days: int = 3  # answer to everything else
    enquiry_warn_at: dt.time = dt.time(15)  # the reminder on the due day, China's time
    enquiry_close_days: int = 5  # an answer that nobody comes back on closes the ticket
    objection_days: int = 3  # answer to an objection, and its settlement by the centre
    objection_quiet_days: int = 5  # an answer without a reaction closes the objection
    objections_open: int = 2  # of one case at the same time
    objections_per_case: int = 10

    def __post_init__(self) -> None:
        """Refuse thresholds that could never be met, or always are."""
        if not 0 < self.blue_percent < 100:
            raise ValueError("HALLBUS_INTAKE_BLUE_PERCENT: between 1 and 99")
        for name in (*_FROM_ONE, *_FROM_NONE):
            if getattr(self, name) < (least := int(name in _FROM_ONE)):
                raise ValueError(f"HALLBUS_INTAKE_{name.upper()}: at least {least}")
        if self.first_asked_version not in VERSIONS:
            raise ValueError(f"HALLBUS_INTAKE_FIRST_ASKED_VERSION: one of {', '.join(VERSIONS)}")
        if self.agency_day_kind not in DAY_KINDS:
            raise ValueError(f"HALLBUS_INTAKE_AGENCY_DAY_KIND: {' or '.join(DAY_KINDS)}")
        if not 0 <= self.agency_warn_days < self.agency_days:
            raise ValueError("HALLBUS_INTAKE_AGENCY_WARN_DAYS: at least 0 and less than the limit")
        for entry in self.stage_days:
            stage, _, days = entry.partition(":")
            if stage not in STAGES or not days.isdecimal() or int(days) < 1:
                raise ValueError(f"HALLBUS_INTAKE_STAGE_DAYS: {entry} is not <stage>:<working days>")
        self._check_joint()
        self._check_monthly()

    def _check_joint(self) -> None:
        if not 1 <= self.joint_opinion_days <= LONGEST:
            raise ValueError(f"HALLBUS_INTAKE_JOINT_OPINION_DAYS: between 1 and {LONGEST}")
        if self.joint_weekday not in WEEKDAYS:
            raise ValueError(f"HALLBUS_INTAKE_JOINT_WEEKDAY: one of {', '.join(WEEKDAYS)}")

    def _check_monthly(self) -> None:
        # Every month has a 28th; the hall compiles after the windows have signed.
        if not 1 <= self.monthly_open_day < self.monthly_compile_day <= 28:
            raise ValueError("HALLBUS_INTAKE_MONTHLY_COMPILE_DAY: after HALLBUS_INTAKE_MONTHLY_OPEN_DAY, both between 1 and 28")
        if self.monthly_rest_days not in REST_DAYS:
            raise ValueError(f"HALLBUS_INTAKE_MONTHLY_REST_DAYS: one of {', '.join(REST_DAYS)}")
        if self.monthly_remind_days < 1:
            raise ValueError("HALLBUS_INTAKE_MONTHLY_REMIND_DAYS: at least 1")

    @property
    def monthly_rules(self) -> MonthlyRules:
        """When monthly reports open and have to be there."""
        return MonthlyRules(self.monthly_open_day, self.monthly_compile_day, self.monthly_rest_days, self.monthly_remind_days)

    @property
    def rules(self) -> Rules:
        """The thresholds as the domain takes them."""
        return Rules(
            notice_days=self.notice_days,
            blue_percent=self.blue_percent,
            yellow_days=self.yellow_days,
            double_red_days=self.double_red_days,
            joint_units=self.joint_units,
            joint_opinion_days=self.joint_opinion_days,
            joint_weekday=WEEKDAYS.index(self.joint_weekday),
            joint_time=self.joint_time,
            stamped_channels=self.stamped_channels,
            agency_days=self.agency_days,
            agency_day_kind=self.agency_day_kind,
            agency_warn_days=self.agency_warn_days,
            handover_days=self.handover_days,
            stage_days={stage: int(days) for stage, days in (entry.split(":") for entry in self.stage_days)},
            enquiries=EnquiryRules(
                self.first_asked_version, self.enquiry_own_days, self.enquiry_routed_days, self.enquiry_warn_at, self.enquiry_close_days
            ),
            objections=ObjectionRules(self.objection_days, self.objections_open, self.objections_per_case, self.objection_quiet_days),
            booking=BookingRules(
                ahead_days=self.booking_ahead_days,
                latest_minutes=self.booking_latest_minutes,
                cancel_minutes=self.booking_cancel_minutes,
                per_phone=self.bookings_per_phone,
                at_once=self.booking_at_once,
                grace_minutes=self.no_show_grace_minutes,
            ),
            visiting=VisitRules(dispatch_days=self.visit_dispatch_days),
        )
