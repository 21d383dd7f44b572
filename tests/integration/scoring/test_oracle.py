"""Live ledger = sum of its lines = score from scratch in Python = score from scratch in SQL, after any stream of events (O7)."""

import random
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from services.scoring import orm

from .conftest import complaint, day_assessed, finding, judged, mark, overdue, withdrawn
from .oracle import recomputed

KINDS = ["GAME", "CHAT", "SMOKE_EAT", "UNTIDY", "WINDOW_EMPTY", "ALCOHOL", "OUTSIDER_IN_AREA", "BAD_SOFTWARE", "BADGE_DRESS", "PLAY_DOZE"]
PERIODS = {"MJ": ["2026-10", "2026-11", "2026-12"], "XZK": ["2026Q4"]}
SUBJECTS = {"MJ": ["person", "unit"], "XZK": ["window", "person"]}


def a_stream(seed):
    """Three months of a small city: revisions, reversals and duplicates included, in no order."""
    rnd = random.Random(seed)
    events = []
    for n in range(120):
        day = (date(2026, 10, 1) + timedelta(days=rnd.randrange(92))).isoformat()
        hall = rnd.choice(["h0001", "h0002", "h0003"])
        person = f"{rnd.choice('pqr')}{hall}"
        kind = rnd.randrange(10)
        if kind < 6:
            for revision in range(1, rnd.randrange(2, 4)):
                marks = [
                    mark(k, half, rnd.randrange(60))
                    for k, half in (("late", "am"), ("early", "pm"), ("absent_half_day", "pm"))
                    if rnd.random() < 0.4
                ]
                events.append(day_assessed(day, *marks, person=person, hall_id=hall, revision=revision))
        elif kind < 8:
            off_post = rnd.random() < 0.4
            more = {"kind": "OFF_POST", "minutes": rnd.choice([29, 30, 60, 61, 90])} if off_post else {"kind": rnd.choice(KINDS)}
            at = f"{day}T{rnd.randrange(24):02d}:30:00+00:00"
            for version, verb in enumerate(["recorded", "verified", "rejected"][: rnd.randrange(1, 4)], 1):
                events.append(finding(verb, version, finding_id=f"f{n}", hall_id=hall, staff_id=person, found_at=at, **more))
        elif kind < 9:
            place = {"case_id": f"c{n}", "hall_id": hall}
            told = [overdue(days, (date.fromisoformat(day) + timedelta(days=days)).isoformat(), **place) for days in (1, 2, 3)]
            events += told
            if rnd.random() < 0.5:
                events += [judged(9, False, *told[:2], **place), judged(10, True, told[0], **place)]
            if rnd.random() < 0.5:
                again = (date.fromisoformat(day) + timedelta(days=4)).isoformat()
                events += [withdrawn(11, *told[1:], **place), overdue(2, again, version=12, **place)]
        else:
            flags = {
                "serious": rnd.random() < 0.5,
                "unlawful": rnd.random() < 0.5,
                "category": rnd.choice(["attitude", "result", "approval", "other"]),
            }
            for version in (2, 3):
                truth = rnd.random() < 0.7
                events.append(
                    complaint(
                        version,
                        truth,
                        **flags,
                        complaint_id=f"k{n}",
                        occurred_at=f"{day}T03:00:00+00:00",
                        staff_id=rnd.choice([person, None]),
                    )
                )
    events += rnd.sample(events, 20)
    rnd.shuffle(events)
    return events


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_live_scores_are_those_of_an_independent_sql_recomputation(scored, seed):
    events = a_stream(seed)
    for start in range(0, len(events), 17):
        scored.tell(*events[start : start + 17])
    assert scored.differences() == []

    with scored.db.read() as tx:
        posted = (
            sa.select(orm.ledger.c.sheet_id, sa.func.sum(orm.ledger.c.points).label("posted")).group_by(orm.ledger.c.sheet_id).subquery()
        )
        joined = orm.sheets.outerjoin(posted, posted.c.sheet_id == orm.sheets.c.sheet_id)
        sheets = tx.execute(sa.select(orm.sheets, sa.func.coalesce(posted.c.posted, 0).label("posted")).select_from(joined)).all()
        assert [row.sheet_id for row in sheets if row.points != row.posted] == []
        for code, kinds in SUBJECTS.items():
            for period in PERIODS[code]:
                for kind in kinds:
                    live = {r.subject_id: r.points for r in sheets if (r.rulebook, r.period, r.kind) == (code, period, kind) and r.points}
                    expected = {subject: points for subject, points in recomputed(tx, code, kind, *_span(period)).items() if points}
                    assert (code, period, kind, live) == (code, period, kind, expected)
                    if kind != "unit" or period == "2026-11":
                        assert live


def _span(period):
    if "Q" in period:
        return date(2026, 10, 1), date(2026, 12, 31)
    first = date.fromisoformat(f"{period}-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
