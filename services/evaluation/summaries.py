"""How satisfied people are, by window, hall, unit or person, in numbers whose definition is written here and nowhere else.

The cases of a summary are those decided in the span (A-18: membership by completion time), so that no rate exceeds one:

* rating rate (测评率) = rated cases ÷ finished cases; expired and open invitations are finished cases without a rating;
* satisfaction rate (满意率) = {very satisfied, satisfied, basically satisfied} ÷ rated cases;
* average satisfaction (平均满意度) = mean over rated cases of 5, 4, 3, 2, 1 from very satisfied down to very dissatisfied.

Only real ratings count; numerator and denominator come along; two decimals, half up; absent where the denominator is 0.
"""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import sqlalchemy as sa

from chassis.database import Db
from chassis.paging import Page, page_token
from services.evaluation import orm
from services.evaluation.domain.grades import BAD, Grade, mean_value

_GROUPS = {"window": "window_id", "hall": "hall_id", "unit": "unit_id", "staff": "staff_id"}


def rating_summary(
    db: Db, *, page: Page, group_by: str, decided_from: datetime | None, decided_to: datetime | None, **filters: Any
) -> dict[str, Any]:
    """One line per group, by key; `total` is over everything that matches, whatever the page holds."""
    sessions, ratings = orm.sessions, orm.ratings
    key = sessions.c[_GROUPS[group_by]]
    source = sessions.outerjoin(ratings, ratings.c.session_id == sessions.c.session_id)
    counts = [
        sa.func.count().label("finished"),
        *(sa.func.count().filter(ratings.c.grade == grade.value).label(grade.value) for grade in Grade),
    ]
    conditions = [sessions.c[name] == value for name, value in filters.items() if value]
    conditions += [sessions.c.decided_at >= decided_from] if decided_from else []
    conditions += [sessions.c.decided_at < decided_to] if decided_to else []
    with db.read() as tx:
        within = [tx.caller.where(sessions.c.region, sessions.c.hall_id), *conditions]
        grouped = sa.select(key.label("key"), *counts).select_from(source).where(*within).group_by(key).order_by(key).limit(page.size + 1)
        if page.after:
            grouped = grouped.where(key > str(page.after[0]))
        rows = tx.execute(grouped).all()
        total = tx.execute(sa.select(sa.func.count(key.distinct()).label("groups"), *counts).select_from(source).where(*within)).one()
    shown = rows[: page.size]
    return {
        "lines": [_line(row) | {"key": row.key} for row in shown],
        "total": _line(total) | {"key": ""},
        "next_page_token": page_token((shown[-1].key,)) if len(rows) > page.size else "",
        "total_size": total.groups,
    }


def _line(row: Any) -> dict[str, Any]:
    counts = {grade: getattr(row, grade.value) for grade in Grade}
    value, rated = mean_value(counts)
    satisfied = rated - sum(counts[grade] for grade in BAD)
    return {
        "finished": row.finished,
        "rated": rated,
        "satisfied": satisfied,
        **{f"{grade.value}_count": count for grade, count in counts.items()},
        "rating_percent": _ratio(100 * rated, row.finished),
        "satisfaction_percent": _ratio(100 * satisfied, rated),
        "average": _ratio(value, rated),
    }


def _ratio(numerator: int, denominator: int) -> str | None:
    if not denominator:
        return None
    return str((Decimal(numerator) / denominator).quantize(Decimal("0.01"), ROUND_HALF_UP))
