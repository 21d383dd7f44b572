"""Entrypoints: appointments and the rosters of holiday and extended hours (预约服务、节假日预约)."""

from __future__ import annotations

from chassis.database import Db
from services.intake.config import IntakeConfig


class AppointmentMethods:
    """Appointments and the rosters of holiday and extended hours (预约服务、节假日预约)."""

    db: Db
    config: IntakeConfig
