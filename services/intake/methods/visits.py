"""Entrypoints: door-to-door visits (上门服务)."""

from __future__ import annotations

from chassis.database import Db
from services.intake.config import IntakeConfig


class VisitMethods:
    """Door-to-door visits (上门服务)."""

    db: Db
    config: IntakeConfig
