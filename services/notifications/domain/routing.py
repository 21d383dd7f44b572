"""Who is told about which event, and what counts as the same occasion. The rules themselves are data (catalog/routes.yaml)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SELECTORS = (
    "case_staff", "window_head", "window_staff", "agent", "unit_staff", "hall_administrators", "addressees", "person_concerned", "named_staff",
    "asked_unit", "called_units",
)  # fmt: skip
DUTIES = ("window_head", "hall_administrator")


@dataclass(frozen=True)
class Route:
    """`event` is told with `template` to everyone the selectors `to` find; `once_per` names the fields that make an occasion."""

    event: str
    template: str
    to: tuple[str, ...]
    once_per: tuple[str, ...] = ()

    def occasion(self, event_id: str, data: Mapping[str, Any]) -> str:
        """The key under which a recipient hears of this once per channel; without `once_per` every event is its own occasion."""
        if not self.once_per:
            return f"{self.template}:{event_id}"
        parts = "\x1f".join(str(data.get(name)) for name in self.once_per)
        return f"{self.template}:{hashlib.sha256(parts.encode()).hexdigest()[:32]}"
