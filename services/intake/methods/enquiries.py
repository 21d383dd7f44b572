"""Entrypoints: enquiries under the first-asked responsibility (首问负责制) and objections to the progress of a case."""

from __future__ import annotations

from chassis.database import Db
from services.intake.config import IntakeConfig


class EnquiryMethods:
    """Enquiries under the first-asked responsibility (首问负责制) and objections to the progress of a case."""

    db: Db
    config: IntakeConfig
