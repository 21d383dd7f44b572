"""Findings → events of the contract."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chassis.events import Event
from services.supervision.domain.findings import Finding, FindingRecorded, FindingRejected, FindingVerified


def recorded(finding: Finding, _: FindingRecorded) -> Event:
    """An inspector saw something; it does not score yet."""
    return _event("recorded", finding, finding.recorded_at, {})


def verified(finding: Finding, _: FindingVerified) -> Event:
    """Now it scores."""
    at = _decided(finding)
    return _event("verified", finding, at, {"verified_by": finding.decided_by, "verified_at": at.isoformat()})


def rejected(finding: Finding, _: FindingRejected) -> Event:
    """It never scores, and a score already given is taken back."""
    at = _decided(finding)
    return _event("rejected", finding, at, {"rejected_by": finding.decided_by, "rejected_at": at.isoformat()})


def _decided(finding: Finding) -> datetime:
    assert finding.decided_at is not None  # the domain event says so
    return finding.decided_at


def _event(verb: str, finding: Finding, at: datetime, more: dict[str, Any]) -> Event:
    data = {name: getattr(finding, name) for name in ("finding_id", "kind", "unit_id", "window_id", "staff_id", "minutes", "inspector_id")}
    data |= {"found_at": finding.found_at.isoformat()} | more
    return Event(f"supervision.finding.{verb}", finding.finding_id, finding.version, finding.region, finding.hall_id, at, data)


MAPPERS: dict[type, Any] = {FindingRecorded: recorded, FindingVerified: verified, FindingRejected: rejected}
