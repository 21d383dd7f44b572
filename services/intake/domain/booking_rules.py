"""Thresholds of appointments and visits; the settings behind them are in `config.py`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BookingRules:
    """`ahead_days`: natural days ahead of today that may be booked. `latest_minutes` and `cancel_minutes`: how long before a slot begins it can still be
    booked, and given back by the citizen himself. `per_phone`: appointments of one phone that may be open at once, in the whole city. `at_once`: a booking
    is confirmed without the desk. `grace_minutes`: after the end of the slot, before the appointment counts as missed."""

    ahead_days: int = 30
    latest_minutes: int = 60
    cancel_minutes: int = 120
    per_phone: int = 3
    at_once: bool = False
    grace_minutes: int = 30


@dataclass(frozen=True)
class VisitRules:
    """`dispatch_days`: working days from the request until staff must have been dispatched."""

    dispatch_days: int = 3
