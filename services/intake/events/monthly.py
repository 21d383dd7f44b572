"""Happenings → contract payloads: monthly case statistics of the windows (办件统计月报)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chassis.events import Event

MAPPERS: dict[type, Callable[[Any, Any], Event]] = {}
