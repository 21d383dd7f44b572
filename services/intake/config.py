"""Settings of intake: the city's thresholds, in working days."""

from __future__ import annotations

from dataclasses import dataclass

from services.intake.domain.monthly.days import REST_DAYS, MonthlyRules
from services.intake.domain.rules import Rules
from services.intake.domain.stages import STAGES


@dataclass(frozen=True)
class IntakeConfig:
    """HALLBUS_INTAKE_…"""

    notice_days: int = 5  # limit of the one-time notice, Licensing Law Art. 32
    blue_percent: int = 50  # share of the promised budget consumed
    yellow_days: int = 1  # left
    double_red_days: int = 3  # over
    joint_units: int = 3  # from so many units on a case is handled jointly by itself
    stage_days: tuple[str, ...] = ("issue:10",)  # limits that stages have of their own; Licensing Law Art. 44
    stamped_channels: tuple[str, ...] = ("appointment",)  # rest-day receipts really taken in by duty staff

    monthly_open_day: int = 1  # of the next month: reports open and are signed, S3§3 Art. 17-5
    monthly_compile_day: int = 5  # of the next month: the hall compiles and forwards
    monthly_rest_days: str = "next"  # such a day that is a rest day: "next" working day, or "as_is"
    monthly_remind_days: int = 5  # for so many working days a missing report is told again

    def __post_init__(self) -> None:
        """Refuse thresholds that could never be met, or always are."""
        if not 0 < self.blue_percent < 100:
            raise ValueError("HALLBUS_INTAKE_BLUE_PERCENT: between 1 and 99")
        for name in ("notice_days", "double_red_days", "joint_units"):
            if getattr(self, name) < 1:
                raise ValueError(f"HALLBUS_INTAKE_{name.upper()}: at least 1")
        if self.yellow_days < 0:
            raise ValueError("HALLBUS_INTAKE_YELLOW_DAYS: at least 0")
        for entry in self.stage_days:
            stage, _, days = entry.partition(":")
            if stage not in STAGES or not days.isdecimal() or int(days) < 1:
                raise ValueError(f"HALLBUS_INTAKE_STAGE_DAYS: {entry} is not <stage>:<working days>")

        self._check_monthly()

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
            stamped_channels=self.stamped_channels,
            stage_days={stage: int(days) for stage, days in (entry.split(":") for entry in self.stage_days)},
        )
