"""What the register says about a hall and a month: every window's figures in one statement, with the position of the case log."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from chassis.database import Transaction
from services.intake.domain.monthly.days import bounds
from services.intake.domain.monthly.figures import COLUMNS, KINDS, METHODS, RETURN_REASONS, TIME_CLASSES, Computed

_LABEL = "CASE WHEN routing IN ('joint', 'agency') THEN routing ELSE time_class END"
_PROMISED = "time_class = 'promised'"


def _in(moment: str) -> str:
    return f"{moment} >= %(since)s AND {moment} < %(until)s"


def _cases(condition: str) -> str:
    return f"count(*) FILTER (WHERE {condition})"


def _sum(value: str, condition: str = "true") -> str:
    return f"coalesce(sum({value}) FILTER (WHERE {condition}), 0)"


def _early(limit: str, due: str) -> str:
    # A limit in natural days cannot be compared with working days used: the day itself is, and nobody who was granted more days was early.
    working = f"elapsed_days < (deadline -> '{limit}' ->> 'days')::int"
    natural = f"extension IS NULL AND (decided_at AT TIME ZONE 'Asia/Shanghai')::date < {due}"
    return f"CASE WHEN deadline -> '{limit}' ->> 'day_kind' = 'working' THEN {working} ELSE {natural} END"


_RECEIVED, _ACCEPTED, _RETURNED = _in("received_at"), _in("accepted_at"), _in("returned_at")
_DECIDED, _DELIVERED = _in("decided_at"), _in("delivered_at")
_OF_CASES = {
    "received": _cases(_RECEIVED),
    "accepted": _cases(_ACCEPTED),
    **{f"accepted_{of}": _cases(f"{_ACCEPTED} AND time_class = '{of}'") for of in TIME_CLASSES},
    **{f"kind_{kind}": _cases(f"{_ACCEPTED} AND {_LABEL} = '{kind}'") for kind in KINDS},
    "deemed": _cases(f"{_ACCEPTED} AND deemed"),
    "returned": _cases(_RETURNED),
    **{f"returned_{reason}": _cases(f"{_RETURNED} AND return_reason_code = '{reason}'") for reason in RETURN_REASONS},
    "supplement_cases": _cases(_in("(notices -> 0 ->> 'requested_at')::timestamptz")),
    "supplement_notices": _sum("noticed"),
    "repeated_notices": _sum("repeated"),
    "decided": _cases(_DECIDED),
    **{outcome: _cases(f"{_DECIDED} AND decision = '{outcome}'") for outcome in ("approved", "rejected")},
    **{f"decided_{of}": _cases(f"{_DECIDED} AND time_class = '{of}'") for of in TIME_CLASSES},
    "in_time": _cases(f"{_DECIDED} AND overdue_days = 0"),
    "overdue": _cases(f"{_DECIDED} AND overdue_days > 0"),
    "overdue_days": _sum("overdue_days", _DECIDED),
    "promised_days_used": _sum("greatest(elapsed_days, 1)", f"{_DECIDED} AND {_PROMISED}"),
    "early_promised": _cases(f"{_DECIDED} AND {_PROMISED} AND {_early('promised', 'promised_due')}"),
    "early_legal": _cases(f"{_DECIDED} AND {_PROMISED} AND {_early('legal', 'legal_due')}"),
    "green_channel": _cases(f"{_DECIDED} AND (channel = 'green' OR reclassifications @> '[{{\"green_channel\": true}}]')"),
    **{routing: _cases(f"{_DECIDED} AND routing = '{routing}'") for routing in ("joint", "agency")},
    "suspended": _cases("stopped"),
    "extended": _cases(_in("(extension ->> 'granted_at')::timestamptz")),
    "delivered": _cases(_DELIVERED),
    **{f"delivered_{method}": _cases(f"{_DELIVERED} AND delivery_method = '{method}'") for method in METHODS},
    "carried_in": _cases("accepted_at < %(since)s AND (decided_at IS NULL OR decided_at >= %(since)s)"),
    "carried_out": _cases("accepted_at < %(until)s AND (decided_at IS NULL OR decided_at >= %(until)s)"),
}
_OF_CHARGES = ("charges_paid", "paid_fen", "waivers", "waived_fen")
_ISSUED = _in("(notice ->> 'requested_at')::timestamptz")
# What lies in lists is looked for only where there is a list. The condition on the cases is spelled as the index spells it.
_STATEMENT = f"""
WITH found AS (
    SELECT window_id, unit_id, {", ".join(f"({sql})::bigint AS {name}" for name, sql in _OF_CASES.items())}
    FROM (
        SELECT *,
            CASE WHEN notices <> '[]' THEN (SELECT count(*) FROM jsonb_array_elements(notices) notice WHERE {_ISSUED}) END AS noticed,
            CASE WHEN notices <> '[]' THEN
                (SELECT count(*) FROM jsonb_array_elements(notices) notice WHERE {_ISSUED} AND (notice ->> 'round')::int > 1) END AS repeated,
            suspensions <> '[]' AND EXISTS (SELECT FROM jsonb_array_elements(suspensions) stop
                WHERE {_in("(stop ->> 'started_at')::timestamptz")}) AS stopped
        FROM intake.cases
        WHERE hall_id = %(hall_id)s AND received_at < %(until)s
            AND coalesce(delivered_at, decided_at, returned_at, 'infinity'::timestamptz) >= %(since)s
    ) alive GROUP BY window_id, unit_id
), paid AS (
    SELECT window_id, unit_id, count(*) AS charges_paid, sum(standard_fen - waived_fen) AS paid_fen
    FROM intake.charges WHERE hall_id = %(hall_id)s AND {_in("paid_at")} GROUP BY window_id, unit_id
), waived AS (
    SELECT charge.window_id, charge.unit_id, count(*) AS waivers, sum(waiver.waived_fen) AS waived_fen
    FROM intake.waivers waiver JOIN intake.charges charge ON charge.charge_id = waiver.charge_id
    WHERE charge.hall_id = %(hall_id)s AND charge.state <> 'cancelled' AND {_in("waiver.applied_at")} GROUP BY charge.window_id, charge.unit_id
), position AS (
    SELECT coalesce(max(epoch), 0) AS log_epoch, coalesce(max(seq), 0) AS log_seq FROM intake.relay_state
), merged AS (
    SELECT window_id, max(unit_id) AS unit_id, {", ".join(f"sum({name})::bigint AS {name}" for name in COLUMNS)}
    FROM (
        SELECT window_id, unit_id, {", ".join(_OF_CASES)}, {", ".join(f"0 AS {name}" for name in _OF_CHARGES)} FROM found
        UNION ALL
        SELECT window_id, unit_id, {"0, " * len(_OF_CASES)} charges_paid, paid_fen, 0, 0 FROM paid
        UNION ALL
        SELECT window_id, unit_id, {"0, " * len(_OF_CASES)} 0, 0, waivers, waived_fen FROM waived
    ) parts GROUP BY window_id
)
SELECT * FROM position LEFT JOIN merged ON true ORDER BY window_id
"""  # noqa: S608  put together from this file's own words; values travel as parameters


@dataclass(frozen=True)
class Register:
    """The figures of every window of which a case or a charge lived in the month; others have none. `log` is (epoch, seq)."""

    windows: dict[str, Computed]
    log: tuple[int, int]


def read_register(tx: Transaction, hall_id: str, month: dt.date) -> Register:
    """Count anew. One statement, one snapshot: the figures of all windows belong together, and with the position."""
    since, until = bounds(month)
    asked = {"hall_id": hall_id, "since": since, "until": until}
    rows: list[Any] = list(tx.connection.exec_driver_sql(_STATEMENT, asked).mappings())
    log = rows[0]["log_epoch"], rows[0]["log_seq"]
    windows = {
        row["window_id"]: Computed({name: int(row[name]) for name in COLUMNS}, row["unit_id"], tx.now, *log)
        for row in rows
        if row["window_id"] is not None
    }
    return Register({window_id: found for window_id, found in windows.items() if any(found.figures.values())}, log)
