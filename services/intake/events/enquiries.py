"""Happenings → contract payloads: enquiries under the first-asked responsibility (首问负责制) and objections to the progress of a case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chassis.events import Event

MAPPERS: dict[type, Callable[[Any, Any], Event]] = {}
