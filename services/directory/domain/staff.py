"""People and their stationing (派驻): who sits where, since when, under which number on the terminals."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from services.directory.domain.errors import DomainError, Invalid


@dataclass(frozen=True)
class Post:
    """Where a person is stationed: hall, unit, window, terminal number (PIN) and the A or B post (AB岗)."""

    region: str
    hall_id: str
    unit_id: str
    window_id: str | None
    pin: str
    post: str


@dataclass
class Stationing:
    """One period at one post; days are inclusive, in the hall's zone."""

    stationing_id: str
    staff_id: str
    region: str
    hall_id: str
    unit_id: str
    window_id: str | None
    pin: str
    post: str
    valid_from: dt.date
    valid_to: dt.date | None
    status: str

    def place(self) -> Post:
        """The post without its period."""
        return Post(self.region, self.hall_id, self.unit_id, self.window_id, self.pin, self.post)

    def move(self, post: Post) -> None:
        """Correct the post of this period."""
        self.region, self.hall_id, self.unit_id = post.region, post.hall_id, post.unit_id
        self.window_id, self.pin, self.post = post.window_id, post.pin, post.post


@dataclass(frozen=True)
class StaffChanged:
    """One stationing period as it is now."""

    version: int
    at: dt.datetime
    name: str
    stationing: dict[str, Any]


@dataclass
class Staff:
    """A person; `region` and `hall_id` are those of the latest stationing, for scope."""

    staff_id: str
    name: str
    region: str
    hall_id: str
    stationings: list[Stationing] = field(default_factory=list)
    version: int = 0
    pending_events: list[Any] = field(default_factory=list)

    def current(self) -> Stationing | None:
        """The latest stationing, ended or not."""
        return max(self.stationings, key=lambda s: s.valid_from, default=None)

    def rename(self, name: str, *, at: dt.datetime) -> None:
        """Change the name; said with the current stationing."""
        if name != self.name:
            self.name = name
            current = self.current()
            if current is not None:
                self._announce(current, at)

    def station(self, post: Post, *, valid_from: dt.date, valid_to: dt.date | None, stationing_id: str, at: dt.datetime) -> None:
        """Station the person from `valid_from`: a correction when the period started that day, else a transfer.

        A transfer ends the running period on the day before. Raises Invalid STATIONING_PERIOD_REVERSED, or DomainError
        STATIONING_OVERLAPS when `valid_from` lies before the latest period's start or within one that has ended.
        """
        if valid_to is not None and valid_to < valid_from:
            raise Invalid("STATIONING_PERIOD_REVERSED", "valid_to: before valid_from", field="valid_to")
        current = self.current()
        if current is not None and current.valid_from == valid_from:
            self._correct(current, post, valid_to, at)
            return
        if current is not None:
            self._close_before(current, valid_from, at)
        new = Stationing(stationing_id, self.staff_id, *_flat(post), valid_from, valid_to, "active")
        self.stationings.append(new)
        self.region, self.hall_id = post.region, post.hall_id
        self._announce(new, at)

    def end(self, valid_to: dt.date, *, at: dt.datetime) -> None:
        """End the stationing after `valid_to`. Raises DomainError STATIONING_ENDED, Invalid STATIONING_PERIOD_REVERSED."""
        current = self.current()
        if current is None or current.status == "ended":
            raise DomainError("STATIONING_ENDED", "the person is not stationed any more", staff_id=self.staff_id)
        if valid_to < current.valid_from:
            raise Invalid("STATIONING_PERIOD_REVERSED", f"valid_to: before the start on {current.valid_from}", field="valid_to")
        current.valid_to, current.status = valid_to, "ended"
        self._announce(current, at)

    def _correct(self, current: Stationing, post: Post, valid_to: dt.date | None, at: dt.datetime) -> None:
        status = current.status if valid_to == current.valid_to else "active"
        if current.place() == post and current.valid_to == valid_to and current.status == status:
            return
        current.move(post)
        current.valid_to, current.status = valid_to, status
        self.region, self.hall_id = post.region, post.hall_id
        self._announce(current, at)

    def _close_before(self, current: Stationing, valid_from: dt.date, at: dt.datetime) -> None:
        if valid_from < current.valid_from or (current.status == "ended" and current.valid_to and valid_from <= current.valid_to):
            text = f"valid_from: overlaps the stationing from {current.valid_from}"
            raise DomainError("STATIONING_OVERLAPS", text, field="valid_from", staff_id=self.staff_id)
        if current.status == "active":
            before = valid_from - dt.timedelta(days=1)
            current.valid_to = before if current.valid_to is None else min(before, current.valid_to)
            current.status = "ended"
            self._announce(current, at)

    def _announce(self, stationing: Stationing, at: dt.datetime) -> None:
        self.version += 1
        self.pending_events.append(StaffChanged(self.version, at, self.name, stationing_state(stationing)))


def stationing_state(stationing: Stationing) -> dict[str, Any]:
    """The period as plain values."""
    names = ("region", "hall_id", "unit_id", "window_id", "pin", "post", "status", "valid_from", "valid_to")
    return {name: getattr(stationing, name) for name in names}


def _flat(post: Post) -> tuple[str, str, str, str | None, str, str]:
    return post.region, post.hall_id, post.unit_id, post.window_id, post.pin, post.post
