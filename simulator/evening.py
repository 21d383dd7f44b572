"""What the house says in the evening, asked through its API only."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator import check
from simulator.city import CITY, terminal_sn
from simulator.gateway import Answer, CallError
from simulator.integrator import Reader
from simulator.plan.expectation import MJ_PERIOD, MJ_PERSONS, MJ_UNITS, REVERSED, XZK_PERIOD, XZK_WINDOWS
from simulator.timeline import DAY

if TYPE_CHECKING:
    from simulator.day import Day

_PAUSE = 1.0

SheetKey = tuple[str, str, str]
"""(rulebook, subject kind, subject id)"""


@dataclass
class Found:
    """One look at the house."""

    stored: dict[str, int] = field(default_factory=dict)
    quarantined: dict[str, list[Answer]] = field(default_factory=dict)
    people: list[Answer] = field(default_factory=list)
    unknown_punches: int = 0
    cases: list[Answer] = field(default_factory=list)
    nearest: list[Answer] = field(default_factory=list)
    ratings: list[Answer] = field(default_factory=list)
    presses: list[Answer] = field(default_factory=list)
    findings: list[Answer] = field(default_factory=list)
    complaints: list[Answer] = field(default_factory=list)
    rankings: dict[tuple[str, str], list[Answer]] = field(default_factory=dict)
    sheets: dict[SheetKey, Answer] = field(default_factory=dict)
    histories: dict[str, Answer] = field(default_factory=dict)
    deliveries: list[Answer] = field(default_factory=list)
    replay: Reader | None = None
    settled_after: float = 0.0


async def look(day: Day, *, settle_seconds: float) -> Found:
    """Look until everything has come out as planned or the time is over, then once more with the whole event log."""
    began = time.monotonic()
    while True:
        found = await _look(day)
        if all(line.good for line in check.verdicts(day, found)) or time.monotonic() - began > settle_seconds:
            break
        await asyncio.sleep(_PAUSE)
    settled = time.monotonic() - began
    # What comes twice may come late: the last look is a second later than the first good one.
    await asyncio.sleep(_PAUSE)
    found = await _look(day)
    found.replay, found.settled_after = await day.integrator.read_all(), settled
    return found


async def _look(day: Day) -> Found:
    found = Found()
    await asyncio.gather(
        _devices(day, found), _people(day, found), _cases(day, found), _citizens(day, found), _inspections(day, found),
        _scores(day, found), _deliveries(day, found),
    )  # fmt: skip
    return found


async def _devices(day: Day, found: Found) -> None:
    async def one(device_sn: str) -> None:
        page = await day.gateway.call("devices", "ListPunches", {"device_sn": device_sn, "page_size": 1}, who=day.admin)
        found.stored[device_sn] = page.get("total_size", 0)
        wrong = {"device_sn": device_sn, "with_dismissed": True}
        found.quarantined[device_sn] = await day.gateway.every("devices", "ListQuarantine", "lines", wrong, who=day.admin)

    await asyncio.gather(*(one(terminal_sn(hall["hall_id"])) for hall in day.city.halls))


async def _people(day: Day, found: Found) -> None:
    async def one(hall_id: str) -> None:
        request = {"hall_id": hall_id, "date": DAY.isoformat()}
        found.people += await day.gateway.every("attendance", "ListDays", "days", request, who=day.admin)
        span = {"hall_id": hall_id, "first_date": DAY.isoformat(), "last_date": DAY.isoformat(), "page_size": 1}
        page = await day.gateway.call("attendance", "ListUnknownPunches", span, who=day.admin)
        found.unknown_punches += page.get("total_size", 0)

    await asyncio.gather(*(one(hall["hall_id"]) for hall in day.city.halls))
    found.people.sort(key=lambda person: person["staff_id"])


async def _cases(day: Day, found: Found) -> None:
    found.cases = await day.gateway.every("intake", "ListCases", "cases", who=day.admin)
    page = await day.gateway.call("intake", "ListCases", {"order": "due", "page_size": 12}, who=day.admin)
    found.nearest = page.get("cases", [])


async def _citizens(day: Day, found: Found) -> None:
    found.ratings = await day.gateway.every("evaluation", "ListRatings", "ratings", who=day.admin)
    found.presses = await day.gateway.every("evaluation", "ListPresses", "presses", who=day.admin)
    found.complaints = await day.gateway.every("evaluation", "ListComplaints", "complaints", who=day.admin)


async def _inspections(day: Day, found: Found) -> None:
    found.findings = await day.gateway.every("supervision", "ListFindings", "findings", who=day.admin)


async def _scores(day: Day, found: Found) -> None:
    for rulebook, kind, period in (("XZK", "window", XZK_PERIOD), ("MJ", "person", MJ_PERIOD), ("MJ", "unit", MJ_PERIOD)):
        request = {"rulebook": rulebook, "subject_kind": kind, "period": period, "region": CITY}
        found.rankings[rulebook, kind] = await day.gateway.every("scoring", "ListRanking", "places", request, who=day.admin)
    wanted = [("XZK", "window", w, XZK_PERIOD) for w in XZK_WINDOWS]
    wanted += [("MJ", "person", p, MJ_PERIOD) for p in MJ_PERSONS] + [("MJ", "unit", u, MJ_PERIOD) for u in MJ_UNITS]

    async def one(rulebook: str, kind: str, subject: str, period: str) -> None:
        request = {"rulebook": rulebook, "subject_kind": kind, "subject_id": subject, "period": period}
        try:
            found.sheets[rulebook, kind, subject] = await day.gateway.call("scoring", "GetScoreSheet", request, who=day.admin)
        except CallError as error:
            if error.reason != "SHEET_NOT_FOUND":
                raise

    async def history(window_id: str) -> None:
        request = {"rulebook": "XZK", "subject_kind": "window", "subject_id": window_id, "period": XZK_PERIOD, "history": True}
        found.histories[window_id] = await day.gateway.call("scoring", "GetScoreSheet", request, who=day.admin)

    await asyncio.gather(*(one(*sheet) for sheet in wanted), *(history(window_id) for window_id in REVERSED))


async def _deliveries(day: Day, found: Found) -> None:
    found.deliveries = await day.gateway.every("notifications", "ListDeliveries", "deliveries", who=day.admin)
