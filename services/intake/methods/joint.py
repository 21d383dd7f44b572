"""Entrypoints: joint handling (联合办理): meetings, opinions of the members, decisions of the centre."""

from __future__ import annotations

from chassis.database import Db
from services.intake.config import IntakeConfig


class JointMethods:
    """Joint handling (联合办理): meetings, opinions of the members, decisions of the centre."""

    db: Db
    config: IntakeConfig
