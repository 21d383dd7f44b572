"""A device (终端/评价器) and its enrolment: unknown → pending → approved ⇄ disabled."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.devices.domain.errors import DeviceError

PENDING, APPROVED, DISABLED = "pending", "approved", "disabled"
TERMINAL, RATING = "terminal", "rating"
FAMILY_OF = {TERMINAL: "zk_push", RATING: "http_keys"}
"""The driver a kind gets when nobody names one."""


@dataclass(frozen=True, kw_only=True)
class DeviceEvent:
    """Something that happened to a device; `version` is its number among the facts of this device, from 1 without gaps."""

    version: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Approved(DeviceEvent):
    """The device may deliver from now on."""


@dataclass(frozen=True, kw_only=True)
class Disabled(DeviceEvent):
    """The device may not deliver any more; nobody waits for it."""


@dataclass(frozen=True, kw_only=True)
class CameOnline(DeviceEvent):
    """First contact after silence."""


@dataclass(frozen=True, kw_only=True)
class WentOffline(DeviceEvent):
    """Silent for longer than the presence window."""

    last_seen_at: datetime


@dataclass(frozen=True, kw_only=True)
class ClockSkewed(DeviceEvent):
    """Rows with impossible times were set aside; positive seconds = the device is ahead."""

    skew_seconds: int
    quarantined: int


@dataclass(frozen=True, kw_only=True)
class Reported(DeviceEvent):
    """Everything the device knew up to `through` has arrived."""

    through: datetime
    punch_count: int


@dataclass(frozen=True, kw_only=True)
class GapFound(DeviceEvent):
    """The terminal says that it holds more punches than ever arrived."""

    on_device: int
    stored: int


@dataclass(frozen=True, kw_only=True)
class Tampered(DeviceEvent):
    """The terminal's own log names an operation that can falsify records."""

    operation: int
    operator: str
    local_time: str


@dataclass(frozen=True)
class Place:
    """Where a device stands: hall with its region, the window for rating devices, and the zone its clock shows."""

    region: str
    hall_id: str
    window_id: str | None
    zone: str


@dataclass
class Device:
    """One piece of hardware, known by the serial number on its label.

    `enrolment` counts changes of place and state, so that a cached copy can be told from the present one; `clock_held_since` is set while rows
    with impossible times wait for a person: until then the device reports no watermark, because punches are missing from what it delivered.
    """

    device_sn: str
    kind: str
    family: str
    zone: str
    registered_at: datetime
    state: str = PENDING
    region: str = ""
    hall_id: str | None = None
    window_id: str | None = None
    charset: str | None = None
    token_hash: str | None = None
    approved_at: datetime | None = None
    disabled_at: datetime | None = None
    online: bool = False
    clock_held_since: datetime | None = None
    reported_through: datetime | None = None
    reported_at: datetime | None = None
    enrolment: int = 1
    version: int = 0
    pending_events: list[Any] = field(default_factory=list, repr=False, compare=False)

    def _say(self, event: type[DeviceEvent], **facts: Any) -> None:
        self.version += 1
        self.pending_events.append(event(version=self.version, **facts))

    def enrol(self, place: Place, *, kind: str, family: str, charset: str | None) -> None:
        """Say what the device is and where it stands. Raises DEVICE_KIND_FIXED for an approved device of another kind."""
        if self.state == APPROVED and (kind, family) != (self.kind, self.family):
            raise DeviceError(
                "DEVICE_KIND_FIXED", "an approved device keeps its kind and family; disable it first", device_sn=self.device_sn
            )
        if kind == RATING and place.window_id is None:
            raise DeviceError("WINDOW_MISSING", "a rating device needs the window it stands at", device_sn=self.device_sn)
        moved = self.state == APPROVED and (place.hall_id, place.window_id, place.region) != (self.hall_id, self.window_id, self.region)
        self.kind, self.family, self.charset = kind, family, charset
        self.region, self.hall_id, self.window_id, self.zone = place.region, place.hall_id, place.window_id, place.zone
        self.enrolment += 1
        if moved and self.approved_at is not None:
            self._say(Approved, at=self.approved_at)

    def give_token(self, token_hash: str) -> None:
        """Replace the secret that the device identifies itself with; only its hash is kept."""
        self.token_hash = token_hash
        self.enrolment += 1

    def approve(self, at: datetime) -> None:
        """Let it deliver. Raises DEVICE_HALL_MISSING while nobody said where it stands; approving twice changes nothing."""
        if self.hall_id is None:
            raise DeviceError("DEVICE_HALL_MISSING", "register the device with its hall before approving it", device_sn=self.device_sn)
        if self.state == APPROVED:
            return
        self.state, self.approved_at, self.disabled_at = APPROVED, at, None
        self.enrolment += 1
        self._say(Approved, at=at)

    def disable(self, at: datetime) -> None:
        """Take it out of service; disabling twice changes nothing."""
        if self.state == DISABLED:
            return
        was_approved = self.state == APPROVED
        self.state, self.disabled_at, self.online = DISABLED, at, False
        self.enrolment += 1
        if was_approved:
            self._say(Disabled, at=at)

    def come_online(self, at: datetime) -> None:
        """Contact after silence."""
        if not self.online:
            self.online = True
            self._say(CameOnline, at=at)

    def go_offline(self, last_seen_at: datetime, at: datetime) -> None:
        """Silence for longer than the presence window."""
        if self.online:
            self.online = False
            self._say(WentOffline, last_seen_at=last_seen_at, at=at)

    def hold_clock(self, *, skew_seconds: int, quarantined: int, at: datetime) -> None:
        """Rows with impossible times arrived: no watermark until a person has looked at them."""
        self.clock_held_since = self.clock_held_since or at
        self.note_skew(skew_seconds=skew_seconds, quarantined=quarantined, at=at)

    def note_skew(self, *, skew_seconds: int, quarantined: int, at: datetime) -> None:
        """Say that rows were set aside for their times, without holding the watermark (old rows of a replay)."""
        self._say(ClockSkewed, skew_seconds=skew_seconds, quarantined=quarantined, at=at)

    def release_clock(self) -> None:
        """A person has dealt with every row of impossible time."""
        self.clock_held_since = None

    def report(self, through: datetime, punch_count: int, at: datetime) -> None:
        """Move the watermark; it never goes back. `punch_count` is how many distinct punches of this device were told so far."""
        if self.reported_through is None or through > self.reported_through:
            self.reported_through, self.reported_at = through, at
            self._say(Reported, through=through, punch_count=punch_count, at=at)

    def find_gap(self, *, on_device: int, stored: int, at: datetime) -> None:
        """The terminal holds more than arrived."""
        self._say(GapFound, on_device=on_device, stored=stored, at=at)

    def tamper(self, *, operation: int, operator: str, local_time: str, at: datetime) -> None:
        """The terminal's log names a falsifying operation."""
        self._say(Tampered, operation=operation, operator=operator, local_time=local_time, at=at)
