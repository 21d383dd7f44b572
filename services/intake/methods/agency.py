"""Entrypoints: agency (代办): matters of the upper level taken in by the hall."""

from __future__ import annotations

from chassis.database import Db
from services.intake.config import IntakeConfig


class AgencyMethods:
    """Agency (代办): matters of the upper level taken in by the hall."""

    db: Db
    config: IntakeConfig
