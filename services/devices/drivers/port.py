"""What a device driver is, and what the house offers it.

A driver turns one HTTP exchange of its family into calls of `House`; it does no I/O of its own. A new family is one module (or package) here and one
entry in `drivers.DRIVERS`; the device's `family` selects it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Protocol


@dataclass(frozen=True)
class Call:
    """One request: `query` has lower-case names and verbatim values; `body` is raw, None when it was too large to be read."""

    method: str
    path: str
    raw_query: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes | None
    size: int
    received_at: datetime
    path_token: str | None = None


@dataclass(frozen=True)
class Reply:
    """One answer."""

    body: bytes = b"OK"
    status: int = 200
    content_type: str = "text/plain"


@dataclass(frozen=True)
class Known:
    """A device as the register has it; what a driver needs to read its bytes."""

    device_sn: str
    family: str
    state: str
    enrolment: int
    region: str
    hall_id: str | None
    window_id: str | None
    zone: tzinfo
    charset: str | None
    token_hash: str | None
    device_type: str | None
    dialect: str | None
    stamps: Mapping[str, str]

    @property
    def approved(self) -> bool:
        """Whether its data is taken."""
        return self.state == "approved"


@dataclass(frozen=True)
class Greeting:
    """What a device says of itself when it comes up."""

    language: str | None = None
    push_version: str | None = None
    device_type: str | None = None
    comm_key: str | None = None
    dialect: str | None = None


@dataclass(frozen=True)
class Info:
    """Counters a terminal reports with its poll; None where it says nothing."""

    firmware: str | None = None
    users: int | None = None
    punches: int | None = None
    ip_address: str | None = None


@dataclass(frozen=True)
class Rejected:
    """A line that is no punch, verbatim, with its reason; `local_time` when that much could be read."""

    line: bytes
    reason: str
    local_time: str | None = None


@dataclass
class Punches:
    """Columns of good rows and the bad lines of one upload; `lines` counts both, as the terminal wants it acknowledged."""

    lines: int = 0
    pins: list[str] = field(default_factory=list)
    local_times: list[str] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    verifies: list[str] = field(default_factory=list)
    work_codes: list[str] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)


@dataclass(frozen=True)
class Operation:
    """One line of a terminal's operation log."""

    code: int
    operator: str
    local_time: str
    objects: str


@dataclass(frozen=True)
class Result:
    """What a terminal says about a command it was given."""

    command_id: str
    code: int | None
    command: str
    detail: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Raw:
    """A request as it is kept: personal data already removed from `body`."""

    table: str
    body: bytes | None
    lines: int = 0
    state: str = "parsed"  # parsed | unparsed | unknown | too_large


class House(Protocol):
    """The application side of the device port. Every method raises chassis.errors.Unavailable when nothing can be stored now."""

    def known(self, device_sn: str) -> Known | None:
        """The register's entry, at most a second or two old."""

    def greet(self, device_sn: str, greeting: Greeting, call: Call) -> Known | None:
        """Note a first word; registers an unknown terminal as pending. None when the register takes no more unknown devices."""

    def poll(self, known: Known, info: Info, call: Call) -> tuple[str, str] | None:
        """Note a heartbeat; the next command as (id, text) if one is waiting."""

    def touch(self, known: Known, call: Call) -> None:
        """Note a sign of life that carries nothing."""

    def refuse(self, device_sn: str) -> None:
        """Note that an upload was not taken: until its repetition the device is not complete."""

    def store_punches(self, known: Known, punches: Punches, raw: Raw, call: Call) -> None:
        """Raw request, new punches, bad lines and the event in one commit."""

    def store_operations(self, known: Known, operations: Sequence[Operation], raw: Raw, call: Call) -> None:
        """Raw request and new operations in one commit; falsifying ones are told."""

    def store_raw(self, device_sn: str, known: Known | None, raw: Raw, call: Call) -> None:
        """Only the raw request."""

    def store_facts(self, known: Known, facts: Mapping[str, str], raw: Raw, call: Call) -> None:
        """Raw request and what the device says about itself."""

    def store_results(self, device_sn: str | None, results: Sequence[Result], raw: Raw, call: Call) -> None:
        """Results of commands; without a serial number the command's id decides."""

    def store_press(self, known: Known, press: Mapping[str, Any], call: Call) -> bool:
        """One key press; False when it was there already."""


class Driver(Protocol):
    """One family of devices. `roots` are the path prefixes it answers."""

    @property
    def family(self) -> str:
        """The register's name of the family."""

    @property
    def roots(self) -> tuple[str, ...]:
        """Path prefixes."""

    def answer(self, call: Call, house: House) -> Reply:
        """Carry out one exchange. May raise errors of the chassis' family; `failure` turns them into the device's language."""

    def failure(self, status: int, reason: str, message: str) -> Reply:
        """An error as this family understands it."""
