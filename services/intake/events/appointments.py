"""Happenings → contract payloads: appointments and the rosters of holiday and extended hours (预约服务、节假日预约)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chassis.events import Event

MAPPERS: dict[type, Callable[[Any, Any], Event]] = {}
