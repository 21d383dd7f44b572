"""Settings and reference data as the rules of a case see them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import workdays
from services.intake.domain.booking_rules import BookingRules, VisitRules
from services.intake.domain.enquiry_rules import EnquiryRules, ObjectionRules

TIME_CLASSES = ("immediate", "promised")
ROUTINGS = ("plain", "joint", "agency")
DAY_KINDS = ("working", "natural")
JOINT_BY_HAND = 2
"""Two departments may be joined by hand; from `Rules.joint_units` on it happens by itself (A-30)."""


@dataclass(frozen=True)
class Rules:
    """Thresholds of the city; days are working days.

    `notice_days`: limit of the one-time notice (Licensing Law Art. 32). `blue_percent` of the budget consumed and `yellow_days` left give a warning,
    `double_red_days` over doubles the red one (domain §5.4). `stamped_channels`: a rest-day receipt really taken in by duty staff counts from that
    day; every other one is deemed to arrive on the next working day (A-28). `stage_days`: the limits that stages have of their own; handing over a
    certificate has 10 (Licensing Law Art. 44).
    `agency_days` of `agency_day_kind` (working or natural) until an agency matter (代办件) is with the upper level, "in principle 7 days" (Art. 14-4
    of the township rules, read as working days: A-02); `agency_warn_days` working days before that it is warned. `handover_days` until the
    owning unit answers what the comprehensive window (综合窗口) handed over (M-B16).
    `joint_opinion_days`: what a member of a joint handling has unless the lead says otherwise; joint handlings regularly meet on `joint_weekday`
    (Monday is 0; Thursday afternoon in S2§2) at `joint_time`.
    """

    notice_days: int = 5
    blue_percent: int = 50
    yellow_days: int = 1
    double_red_days: int = 3
    joint_units: int = 3
    joint_opinion_days: int = 5
    joint_weekday: int = 3
    joint_time: dt.time = dt.time(14, 30)
    stamped_channels: tuple[str, ...] = ("appointment",)
    stage_days: Mapping[str, int] = field(default_factory=lambda: {"issue": 10})
    enquiries: EnquiryRules = field(default_factory=EnquiryRules)
    objections: ObjectionRules = field(default_factory=ObjectionRules)
    booking: BookingRules = field(default_factory=BookingRules)
    visiting: VisitRules = field(default_factory=VisitRules)
    agency_days: int = 7
    agency_day_kind: str = "working"
    agency_warn_days: int = 1
    handover_days: int = 3

    def rest_day_rule(self, channel: str) -> workdays.RestDayRule:
        """How a receipt of this channel on a rest day is dated."""
        stamped = channel in self.stamped_channels
        return workdays.RestDayRule.STAMP_ON_DAY if stamped else workdays.RestDayRule.NEXT_WORKDAY


@dataclass(frozen=True)
class Book:
    """The working-day calendar in force and the directory's revision it comes from (0: none published)."""

    calendar: workdays.Calendar
    revision: int = 0

    @cached_property
    def edition(self) -> int:
        """Grows with every revision of the directory and with every year that becomes known (also by a newer calendar library).

        A calculation made under a lower edition has to be made again; a process that still runs an older library never takes one back.
        """
        return self.revision * 10_000 + self.calendar.published_until.year


@dataclass(frozen=True)
class Now:
    """The circumstances of a command: when it is, under which calendar and which settings."""

    at: dt.datetime
    book: Book = field(default_factory=lambda: Book(workdays.Calendar()))
    rules: Rules = field(default_factory=Rules)

    @property
    def today(self) -> dt.date:
        """The day it is in China."""
        return workdays.beijing_date(self.at)

    @property
    def calendar(self) -> workdays.Calendar:
        """The calendar in force."""
        return self.book.calendar

    @staticmethod
    def day_of(moment: dt.datetime) -> dt.date:
        """The day in China of a moment."""
        return workdays.beijing_date(moment)

    def start(self, moment: dt.datetime, channel: str) -> dt.date:
        """Day 0 of a limit that begins with something that came in at `moment`."""
        return workdays.effective_start(moment, self.calendar, rule=self.rules.rest_day_rule(channel)).date


@dataclass(frozen=True)
class Item:
    """What a case takes from the item version it was received under; limits in days of `day_kind`. `has_fee` is known of a case's own version only."""

    item_id: str
    item_version: int
    name: str
    unit_id: str
    immediate: bool
    legal_days: int
    promised_days: int
    day_kind: str
    units_involved: int
    materials: tuple[dict[str, Any], ...]
    key_stages: tuple[str, ...] = ()
    has_fee: bool = False

    @property
    def required(self) -> tuple[str, ...]:
        """Codes without which the case is not complete."""
        return tuple(material["code"] for material in self.materials if material["required"])

    @property
    def codes(self) -> frozenset[str]:
        """Every code the item knows."""
        return frozenset(material["code"] for material in self.materials)

    def joint_needs(self, rules: Rules) -> int:
        """How many units a joint handling of this item needs, the lead's included: as many as make it joint by itself, or two by hand (A-30)."""
        return rules.joint_units if self.units_involved >= rules.joint_units else JOINT_BY_HAND

    def routing(self, wanted: str | None, rules: Rules) -> str | None:
        """The routing class, `wanted` or by itself; None when `wanted` is not possible for this item."""
        by_itself = "joint" if self.units_involved >= rules.joint_units else "plain"
        if wanted is None or wanted == by_itself:
            return by_itself
        possible = {"agency": True, "joint": self.units_involved >= JOINT_BY_HAND, "plain": False}
        return wanted if possible[wanted] else None


def six_kind(outcome: str, time_class: str, routing: str | None) -> str:
    """The label of the six kinds (六件) that follows from the three attributes (A-01)."""
    if outcome == "returned":
        return "returned"
    if outcome == "supplement":
        return "supplementary"
    if routing in ("joint", "agency"):
        return routing
    return time_class
