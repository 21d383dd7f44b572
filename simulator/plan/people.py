"""Who punches when. Everybody not named here is punctual."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from simulator.city import City
from simulator.timeline import at

LATE, EARLY, ABSENT = "late", "early", "absent_half_day"
AM, PM = "am", "pm"

UNKNOWN_PIN = "9999"
FACE, FINGER = "15", "1"


@dataclass(frozen=True)
class Punch:
    """One touch of a terminal, at the true moment."""

    hall_id: str
    pin: str
    moment: datetime
    verify: str = FACE


@dataclass(frozen=True)
class Mark:
    """What the day must say about a person."""

    staff_id: str
    kind: str
    half: str
    minutes: int = 0


@dataclass(frozen=True)
class Behaviour:
    """The punches of somebody who is not punctual, as clock times, and the marks that follow by the rules of attendance (domain §2.H)."""

    staff_id: str
    times: tuple[str, ...]
    marks: tuple[tuple[str, str, int], ...]


# Shift 08:30-12:00 / 13:30-17:30, no grace; seconds are dropped. A pair of punches in a half closes both its ends.
UNPUNCTUAL = (
    Behaviour("s0001", ("08:42:10", "12:02:00", "13:38:40", "17:10:05"), ((LATE, AM, 12), (LATE, PM, 8), (EARLY, PM, 20))),
    Behaviour("s0002", ("13:20:15", "17:36:00"), ((ABSENT, AM, 0),)),
    Behaviour("s0012", ("08:45:31", "17:33:00"), ((LATE, AM, 15),)),
    Behaviour("s0017", ("08:19:00", "17:00:44"), ((EARLY, PM, 30),)),
    Behaviour("s0023", ("08:35:20", "17:34:10"), ((LATE, AM, 5),)),
    Behaviour("s0026", (), ((ABSENT, AM, 0), (ABSENT, PM, 0))),
    Behaviour("s0035", ("08:21:30", "17:20:00"), ((EARLY, PM, 10),)),
    Behaviour("s0043", ("08:55:00", "17:41:00"), ((LATE, AM, 25),)),
    Behaviour("s0052", ("08:33:09", "17:32:00"), ((LATE, AM, 3),)),
    Behaviour("s0056", ("08:15:00", "12:05:00"), ((ABSENT, PM, 0),)),
)

# These two met a terminal whose clock was half a day ahead, saw it, and punched again once it had been set right.
CLOCK_HALL, CLOCK_AHEAD, CLOCK_SET_AT = "h0004", timedelta(hours=12), at("08:15")
TWICE = (("s0033", "08:03:11", "08:22:05"), ("s0036", "08:05:40", "08:23:30"))


def marks() -> set[Mark]:
    """Every mark that the day must give, and no other."""
    return {Mark(person.staff_id, *mark) for person in UNPUNCTUAL for mark in person.marks}


def punches(city: City, random: Random) -> list[Punch]:
    """Every punch of the day in the order of time; true times, whatever a terminal's clock shows."""
    found: list[Punch] = []
    unpunctual = {person.staff_id: person.times for person in UNPUNCTUAL}
    twice = {staff_id: (wrong, right, "17:37:00") for staff_id, wrong, right in TWICE}
    for row in city.staff:
        times = unpunctual.get(row["staff_id"]) or twice.get(row["staff_id"])
        if row["staff_id"] in unpunctual:
            found += _touches(row, unpunctual[row["staff_id"]])
        elif times:
            found += _touches(row, times)
        else:
            earliest = "08:16" if row["hall_id"] == CLOCK_HALL else "08:00"
            found += _punctual(row, random, earliest)
    found += [Punch("h0002", UNKNOWN_PIN, at(text)) for text in ("09:11:00", "15:40:20")]
    return sorted(found, key=lambda punch: (punch.moment, punch.pin, punch.verify))


def _touches(row: dict[str, str], times: Iterable[str]) -> list[Punch]:
    return [Punch(row["hall_id"], row["pin"], at(text)) for text in times]


def _punctual(row: dict[str, str], random: Random, earliest: str) -> list[Punch]:
    moments = [_between(random, earliest, "08:28"), _between(random, "17:31", "17:52")]
    if random.random() < 0.4:
        moments += [_between(random, "12:01", "12:12"), _between(random, "13:08", "13:28")]
    found = [Punch(row["hall_id"], row["pin"], moment) for moment in moments]
    if random.random() < 0.1:
        # Face and finger in the same second: two rows, one arrival.
        found.append(Punch(row["hall_id"], row["pin"], moments[0], FINGER))
    return found


def _between(random: Random, earliest: str, latest: str) -> datetime:
    start, end = at(earliest), at(latest)
    return start + timedelta(seconds=random.randrange(int((end - start).total_seconds())))
