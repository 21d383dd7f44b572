"""What the simulator sent and what was acknowledged to it: kept outside the house, to be held against what the house says in the evening."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

Row = tuple[str, str, str, str, str]
"""PIN, time on the device, status, verify, work code: with the serial number the identity of a punch (devices protocol, section 8)."""


@dataclass
class TerminalLog:
    """One terminal: lines it sent, what was acknowledged, and which distinct rows those were."""

    device_sn: str
    lines_sent: int = 0
    lines_acknowledged: int = 0
    uploads: int = 0
    refused: int = 0
    distinct: set[Row] = field(default_factory=set)
    bad_lines: set[bytes] = field(default_factory=set)


@dataclass
class CaseLog:
    """One case as acknowledged: its ids and the last state that was answered."""

    key: str
    case_id: str = ""
    case_no: str = ""
    steps: list[str] = field(default_factory=list)
    rated: str = ""
    channel: str = ""


@dataclass
class Journal:
    """Everything, by kind. Only what was acknowledged counts."""

    terminals: dict[str, TerminalLog] = field(default_factory=dict)
    cases: dict[str, CaseLog] = field(default_factory=dict)
    presses: int = 0
    surplus_presses: int = 0
    findings: dict[str, str] = field(default_factory=dict)
    complaints: dict[str, bool] = field(default_factory=dict)
    facts: list[str] = field(default_factory=list)
    acknowledged: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def terminal(self, device_sn: str) -> TerminalLog:
        """The log of a terminal."""
        return self.terminals.setdefault(device_sn, TerminalLog(device_sn))

    def case(self, key: str) -> CaseLog:
        """The log of a case."""
        return self.cases.setdefault(key, CaseLog(key))

    def count(self, event: str) -> None:
        """Note that a command was acknowledged whose event must come out: "intake.case.registered"."""
        self.acknowledged[event] += 1

    def failed(self, what: str, error: Any) -> None:
        """Note something that should have worked."""
        self.failures.append(f"{what}: {error}")

    @property
    def lines_acknowledged(self) -> int:
        """Lines that were acknowledged to the terminals, repeats and bad ones included."""
        return sum(log.lines_acknowledged for log in self.terminals.values())

    @property
    def distinct_punches(self) -> int:
        """Distinct punches that were acknowledged."""
        return sum(len(log.distinct) for log in self.terminals.values())

    @property
    def bad_lines(self) -> int:
        """Distinct lines that are no punches."""
        return sum(len(log.bad_lines) for log in self.terminals.values())
