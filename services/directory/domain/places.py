"""Regions, halls, window units and windows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from services.directory.domain.errors import Invalid
from services.directory.domain.regions import check_path, contains


@dataclass(frozen=True)
class HallChanged:
    """The hall with its units and windows as they are now; `version` is the hall's number of this change."""

    version: int
    at: dt.datetime
    units: tuple[dict[str, Any], ...]
    windows: tuple[dict[str, Any], ...]


@dataclass
class Region:
    """One node of the region tree (行政区划)."""

    region: str
    name: str
    code: str
    level: str
    parent: str | None
    version: int = 0
    hall_id: str | None = None


@dataclass
class Hall:
    """A service hall (政务服务大厅): level, place in the tree, zone, and the hall above it."""

    hall_id: str
    name: str
    level: str
    region: str
    zone: str
    parent_id: str | None
    status: str
    address: str
    phone: str
    version: int = 0
    pending_events: list[Any] = field(default_factory=list)

    def check(self) -> None:
        """Raise Invalid when the hall cannot be what it says."""
        check_path(self.region)
        if self.parent_id == self.hall_id:
            raise Invalid("HALL_IS_ITS_OWN_PARENT", "parent_id: a hall cannot be above itself", field="parent_id")

    def announce(self, units: tuple[dict[str, Any], ...], windows: tuple[dict[str, Any], ...], *, at: dt.datetime) -> None:
        """Record that the hall, one of its units or one of its windows changed."""
        self.version += 1
        self.pending_events.append(HallChanged(self.version, at, units, windows))


@dataclass
class Unit:
    """A window unit (窗口单位): a department that stations windows in a hall."""

    unit_id: str
    name: str
    region: str
    hall_id: str
    leader: str
    status: str
    version: int = 0


@dataclass
class Window:
    """A window (窗口) and the unit that operates it; comprehensive and full-course windows serve items of every unit."""

    window_id: str
    hall_id: str
    region: str
    code: str
    name: str
    unit_id: str
    kind: str
    head_staff_id: str | None
    status: str
    version: int = 0


def check_parent(child: Hall, parent: Hall | None) -> None:
    """A hall lies below its parent's region; raises Invalid HALL_PARENT_ELSEWHERE."""
    if parent is not None and not contains(parent.region, child.region):
        raise Invalid("HALL_PARENT_ELSEWHERE", f"parent_id: {child.region} is not below {parent.region}", field="parent_id")
