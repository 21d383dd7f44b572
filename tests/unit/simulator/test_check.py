"""The verdict notices what it is there for: a house that answers exactly as planned passes, and each single lie is told."""

from __future__ import annotations

import copy
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest

from simulator import check
from simulator import city as cities
from simulator.evening import Found
from simulator.integrator import Reader, Seen
from simulator.journal import Journal
from simulator.plan import cases, expectation, inspection, people

CITY = cities.read(Path(__file__).parents[3] / "data/sample_city")


@pytest.fixture
def day():
    journal = Journal()
    made = SimpleNamespace(
        city=CITY, journal=journal, punches=people.punches(CITY, Random(1)), scripts=cases.scripts(CITY, Random(2)),
        integrator=SimpleNamespace(reader=Reader()),
    )  # fmt: skip
    log = journal.terminal("HBT000000001")
    log.distinct = {(punch.pin, punch.moment.isoformat(), "255", punch.verify, "0") for punch in made.punches}
    # Two touched a terminal with a wrong clock: as lines they are bad, as punches they are not there.
    log.distinct = set(sorted(log.distinct)[: len(made.punches) - len(people.TWICE)])
    log.bad_lines = {b"one", b"two"}
    log.lines_acknowledged = len(log.distinct) + 2 + 40
    for script in made.scripts:
        case = journal.case(script.key)
        case.case_id, case.rated, case.channel = f"id-{script.key}", script.grade, script.channel
        journal.count("intake.case.registered")
    journal.presses, journal.surplus_presses = 20, 5
    journal.findings = {f"f{n}": finding.verdict for n, finding in enumerate(inspection.FINDINGS)}
    journal.complaints = {f"k{n}": complaint.true for n, complaint in enumerate(inspection.COMPLAINTS)}
    made.integrator.reader.take([])
    made.integrator.reader.cuts = 1
    made.integrator.reader.events = list(_events(made))
    return made


@pytest.fixture
def found(day):
    marks = people.marks()
    unpunctual = {person.staff_id for person in people.UNPUNCTUAL}
    answer = Found(
        stored={"HBT000000001": len(day.journal.terminal("HBT000000001").distinct)},
        quarantined={"HBT000000001": [{}, {}]},
        people=[
            {"staff_id": row["staff_id"], "status": "abnormal" if row["staff_id"] in unpunctual else "normal",
             "marks": [{"kind": m.kind, "half": m.half, "minutes": m.minutes} for m in marks if m.staff_id == row["staff_id"]]}
            for row in CITY.staff
        ],
        unknown_punches=2,
        cases=[
            {"case_id": f"id-{script.key}", "state": script.state, "overdue": script.overdue > 0, "deemed": script.deemed} for script in day.scripts
        ],
        ratings=[{"case_id": f"id-{s.key}", "grade": s.grade, "channel": s.channel} for s in day.scripts if s.grade],
        presses=[{"session_id": "s"}] * 20 + [{}] * 5,
        findings=[{"finding_id": key, "state": state} for key, state in day.journal.findings.items()],
        complaints=[{"complaint_id": key, "true": true} for key, true in day.journal.complaints.items()],
        sheets={("XZK", "window", w): _sheet(lines) for w, lines in expectation.XZK_WINDOWS.items()}
        | {("MJ", "person", p): _sheet(lines) for p, lines in expectation.MJ_PERSONS.items()}
        | {("MJ", "unit", u): {"points": f"{points / 100:.2f}"} for u, points in expectation.MJ_UNITS.items()},
        histories={
            window: {"lines": [{"line": code, "points": f"{points / 100:.2f}", "reverses": "e", "causes": [{"source": source}]}
                               for code, points, source in lines]}
            for window, lines in expectation.REVERSED.items()
        },
        rankings={("XZK", "window"): [{"subject_id": "w0024", "raw_total": "100.00"}]},
    )  # fmt: skip
    answer.replay = Reader(events=list(day.integrator.reader.events))
    return answer


def test_a_day_that_came_out_as_planned_passes(day, found):
    lines = check.verdicts(day, found)

    assert [line.en for line in lines if not line.good] == []
    assert len(lines) == 20


LIES = {
    "punches stored = distinct punches sent": lambda day, found: found.stored.update(HBT000000001=1),
    "repeated rows absorbed": lambda day, found: found.stored.update(HBT000000001=found.stored["HBT000000001"] + 1),
    "bad lines quarantined": lambda day, found: found.quarantined["HBT000000001"].pop(),
    "unknown PIN set aside": lambda day, found: setattr(found, "unknown_punches", 3),
    "late, early, absent exactly as planned": lambda day, found: found.people[5]["marks"].append(
        {"kind": "late", "half": "am", "minutes": 1}
    ),
    "nobody pending": lambda day, found: found.people[7].update(status="pending"),
    "cases by state exactly": lambda day, found: found.cases[3].update(state="in_review"),
    "overdue and deemed cases": lambda day, found: next(c for c in found.cases if c["deemed"]).update(deemed=False),
    "one rating per rated case": lambda day, found: found.ratings.append(dict(found.ratings[0])),
    "key presses: repeats absorbed, second thoughts unmatched": lambda day, found: found.presses.append({"session_id": "again"}),
    "findings and complaints with their verdicts": lambda day, found: found.findings[0].update(state="rejected"),
    "XZK window sheets, line by line": lambda day, found: found.sheets["XZK", "window", "w0001"]["lines"].pop(),
    "MJ personal sheets, line by line": lambda day, found: found.sheets.pop(("MJ", "person", "s0002")),
    "MJ units with the cascade": lambda day, found: found.sheets["MJ", "unit", "u0001"].update(points="-8.00"),
    "reversals name the event behind them": lambda day, found: found.histories["w0014"]["lines"][0]["causes"].clear(),
    "nobody else gained or lost": lambda day, found: found.rankings["XZK", "window"].append({"subject_id": "w0002", "raw_total": "99.50"}),
    "event stream: each public event once, in the log's order, over the cut": lambda day, found: found.replay.events.pop(0),
    "sequence and version ascend": lambda day, found: day.integrator.reader.events.append(day.integrator.reader.events[0]),
    "every acknowledged command has its event": lambda day, found: day.journal.count("intake.case.decided"),
    "every command was acknowledged": lambda day, found: day.journal.failed("w0001-01 decide", "INTERNAL"),
}


@pytest.mark.parametrize("title", LIES)
def test_each_lie_is_told(day, found, title):
    LIES[title](day, found)

    lines = {line.en: line.good for line in check.verdicts(day, copy.deepcopy(found))}

    assert lines[title] is False


def test_the_event_log_is_not_judged_before_it_has_been_read(day, found):
    found.replay = None

    assert len(check.verdicts(day, found)) == 17


def test_a_reader_throws_repeats_away_and_counts_them():
    reader = Reader()
    batch = [{"id": "e1", "type": "hallbus.intake.case.accepted.v1", "source": "/hallbus/intake", "subject": "c1",
              "json": b'{"sequence": "00000007", "epoch": "e", "version": 2}'}]  # fmt: skip

    reader.take(batch)
    reader.take(batch)

    assert reader.events == [Seen("e1", "hallbus.intake.case.accepted.v1", "/hallbus/intake", "c1", 7, "e", 2)]
    assert reader.repeats == 1
    assert reader.types() == {"intake.case.accepted": 1}


def _sheet(lines):
    return {"lines": [{"line": code, "points": f"{points / 100:.2f}"} for code, points in lines]}


def _events(day):
    """One event for everything that was acknowledged or that time brought."""
    types = ["intake.case.registered"] * len(day.scripts)
    types += ["intake.case.accepted", "intake.case.notice_missed"]
    types += ["intake.case.overdue"] * sum(script.overdue for script in day.scripts)
    for number, name in enumerate(types, 1):
        yield Seen(f"e{number}", f"hallbus.{name}.v1", "/hallbus/intake", f"c{number}", number, "a", 1)
