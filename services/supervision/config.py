"""Settings of supervision: none of its own yet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SupervisionConfig:
    """Nothing to set."""
