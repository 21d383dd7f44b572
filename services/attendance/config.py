"""Settings of attendance; see chassis.config for how they are read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AttendanceConfig:
    """Read once per process from HALLBUS_ATTENDANCE_<NAME>."""

    look_again_seconds: int = 30
    catch_up_days: int = 31
