"""Entrypoints: monthly case statistics of the windows (办件统计月报)."""

from __future__ import annotations

from chassis.database import Db
from services.intake.config import IntakeConfig


class MonthlyReportMethods:
    """Monthly case statistics of the windows (办件统计月报)."""

    db: Db
    config: IntakeConfig
