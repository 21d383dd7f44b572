"""Happenings → contract payloads: joint handling (联合办理): meetings, opinions of the members, decisions of the centre."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chassis.events import Event

MAPPERS: dict[type, Callable[[Any, Any], Event]] = {}
