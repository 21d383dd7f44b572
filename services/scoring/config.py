"""Settings of scoring: none of its own yet; what a city decides is data (rulebooks, assignments), not configuration."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ScoringConfig:
    """Nothing to set."""
