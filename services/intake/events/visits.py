"""Happenings → contract payloads: door-to-door visits (上门服务)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chassis.events import Event

MAPPERS: dict[type, Callable[[Any, Any], Event]] = {}
