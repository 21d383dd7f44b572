"""Happenings → contract payloads: agency (代办): matters of the upper level taken in by the hall."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chassis.events import Event

MAPPERS: dict[type, Callable[[Any, Any], Event]] = {}
