"""The hot path: raw request, new punches, contact and event of an upload in one statement, so in one round trip and one commit.

The event is written into the outbox by the same statement that finds out which punches are new; its envelope is the one `chassis.events` writes (held
together by a test). A punch is never updated: ON CONFLICT DO NOTHING over its identity is the deduplication.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from hashlib import sha256
from itertools import accumulate
from typing import Any

import orjson
import psycopg2

from chassis.clock import iso
from chassis.database import Transaction
from chassis.events import NO_HALL
from chassis.ids import new_id
from services.devices.domain.clock_bounds import FORM
from services.devices.drivers.port import Call, Known, Punches, Raw

PUNCH_RECORDED = "devices.punch.recorded"

# One row per upload (arrays), and its punches (columns joined by line ends: no value holds one, and one long string is adapted much faster than
# thousands of short ones). Several uploads share a statement when they arrive together.
_UPLOADS = {
    "sns": "text[]",
    "enrolments": "bigint[]",
    "ats": "timestamptz[]",
    "uploads": "text[]",
    "methods": "text[]",
    "paths": "text[]",
    "queries": "text[]",
    "tables": "text[]",
    "bodies": "bytea[]",
    "sizes": "bigint[]",
    "line_counts": "integer[]",
    "states": "text[]",
    "stamps": "text[]",
    "routing_keys": "text[]",
    "heads": "text[]",
    "wholes": "text[]",
    "row_counts": "integer[]",
}
_FIRST_ROWS = {"first_rows": "bigint[]"}
"""Of each upload, among the rows of all."""
_PUNCHES = ("pins", "times", "moments", "statuses", "verifies", "codes", "ids")
TYPES = {**_UPLOADS, **_FIRST_ROWS, **dict.fromkeys(_PUNCHES, "text")}

_SQL = """
WITH asked AS (
    SELECT u.*, d.region, d.hall_id
    FROM unnest({sns}, {enrolments}, {ats}, {uploads}, {methods}, {paths}, {queries}, {tables}, {bodies}, {sizes}, {line_counts}, {states},
        {stamps}, {routing_keys}, {heads}, {wholes}, {row_counts}) WITH ORDINALITY AS u(sn, enrolment, at, upload, method, path, query, table_name,
        body, size, line_count, state, stamp, routing_key, head, whole, row_count, number)
    JOIN devices.devices d ON d.device_sn = u.sn AND d.enrolment = u.enrolment AND d.state = 'approved'
), sent AS (
    -- The upload that a row belongs to is the last one that begins at or before it.
    SELECT width_bucket(r.place, {first_rows}) AS number, r.*
    FROM unnest(string_to_array({pins}, E'\\n'), string_to_array({times}, E'\\n'), string_to_array({moments}, E'\\n'),
        string_to_array({statuses}, E'\\n'), string_to_array({verifies}, E'\\n'), string_to_array({codes}, E'\\n'),
        string_to_array({ids}, E'\\n')) WITH ORDINALITY AS r(pin, local_time, at, status, verify, work_code, punch_id, place)
), fresh AS (
    INSERT INTO devices.punches
        (device_sn, local_time, pin, status, verify, work_code, punch_id, at, region, hall_id, received_at, upload_id)
    SELECT a.sn, r.local_time::timestamp, r.pin, coalesce(r.status, ''), coalesce(r.verify, ''), coalesce(r.work_code, ''),
           r.punch_id::uuid, r.at::timestamptz, a.region, a.hall_id, a.at, a.upload::uuid
    FROM sent r JOIN asked a ON a.number = r.number
    ON CONFLICT DO NOTHING
    RETURNING upload_id, punch_id
), kept AS (
    INSERT INTO devices.uploads
        (upload_id, device_sn, region, hall_id, received_at, method, path, query, table_name, body, size, line_count, state)
    SELECT upload::uuid, sn, region, hall_id, at, method, path, query, table_name, body, size, line_count, state FROM asked
), counted AS (
    SELECT a.*, (SELECT count(*) FROM fresh f WHERE f.upload_id = a.upload::uuid) AS fresh FROM asked a
), told AS (
    INSERT INTO devices.outbox (event_id, routing_key, envelope)
    -- Nearly always all rows are new; only a half-known upload has to be picked apart (each line begins with its punch_id, 32 characters from the 14th).
    SELECT upload, routing_key, head || CASE WHEN fresh = row_count THEN replace(whole, E'\\n', ',') ELSE (
        SELECT string_agg(s.line, ',') FROM unnest(string_to_array(whole, E'\\n')) AS s(line)
        JOIN fresh f ON f.punch_id = substr(s.line, 14, 32)::uuid AND f.upload_id = upload::uuid) END || ']}}}}'
    FROM counted WHERE fresh > 0
), noted AS (
    INSERT INTO devices.contacts AS c (device_sn, first_seen_at, last_seen_at, last_upload_at, stored_count, stamps)
    SELECT sn, min(at), max(at), max(at), sum(fresh), jsonb_strip_nulls(jsonb_build_object('ATTLOG', max(stamp)))
    FROM counted GROUP BY sn ORDER BY sn
    ON CONFLICT (device_sn) DO UPDATE
    SET last_seen_at = greatest(c.last_seen_at, excluded.last_seen_at), last_upload_at = greatest(c.last_upload_at, excluded.last_upload_at),
        refused_at = NULL, stored_count = c.stored_count + excluded.stored_count, stamps = c.stamps || excluded.stamps
)
SELECT number FROM asked
"""
PREPARE = f"PREPARE devices_upload ({', '.join(TYPES.values())}) AS " + _SQL.format(**{name: f"${n}" for n, name in enumerate(TYPES, 1)})
EXECUTE = f"EXECUTE devices_upload ({', '.join(['%s'] * len(TYPES))})"
_IN_TRANSACTION = _SQL.format(**{name: f"CAST(%({name})s AS {kind})" for name, kind in TYPES.items()})


@lru_cache(maxsize=4096)
def _hour_in_utc(local_hour: str, zone: tzinfo) -> str | None:
    """ "2026-11-23 08" as "2026-11-23T00"; None where the zone is not whole hours away, so that minutes differ too."""
    local = datetime.strptime(local_hour, "%Y-%m-%d %H").replace(tzinfo=zone)
    offset = local.utcoffset()
    return None if offset is None or offset.total_seconds() % 3600 else local.astimezone(UTC).strftime("%Y-%m-%dT%H")


def moment_of(local_time: str, zone: tzinfo) -> str:
    """The UTC moment of a terminal's reading, RFC 3339. A backlog has hundreds of them, so whole hours are looked up."""
    hour = _hour_in_utc(local_time[:13], zone)
    if hour is not None:
        return f"{hour}{local_time[13:]}+00:00"
    return iso(datetime.strptime(local_time, FORM).replace(tzinfo=zone))


def _moments(local_times: Sequence[str], zone: tzinfo) -> list[str]:
    """`moment_of` each; a backlog is in order, so neighbours share their hour."""
    found, hour, utc = [], "", None
    for local_time in local_times:
        if local_time[:13] != hour:
            hour = local_time[:13]
            utc = _hour_in_utc(hour, zone)
        found.append(moment_of(local_time, zone) if utc is None else f"{utc}{local_time[13:]}+00:00")
    return found


def _said(key: str, pin: str, local_time: str, at: str, status: str, verify: str) -> str:
    """A punch as its event tells it. Each line begins with its key, 32 characters from the 14th."""
    if (pin + status + verify).isalnum():
        return f'{{"punch_id":"{key}","pin":"{pin}","local_time":"{local_time}","at":"{at}","status":"{status}","verify":"{verify}"}}'
    body = {"punch_id": key, "pin": pin, "local_time": local_time, "at": at, "status": status, "verify": verify}
    return orjson.dumps(body).decode()


def _columns(known: Known, punches: Punches) -> tuple[list[Sequence[str]], list[str]]:
    """The columns of `_PUNCHES` with each distinct punch once, and the JSON of each.

    The id is the digest of what makes a punch the same punch (protocol section 8), its first 128 bits.
    """
    sn, moments = known.device_sn, _moments(punches.local_times, known.zone)
    ids = [
        sha256(f"{sn}|{pin}|{local_time}|{status}|{verify}|{code}".encode()).hexdigest()[:32]
        for pin, local_time, status, verify, code in zip(
            punches.pins, punches.local_times, punches.statuses, punches.verifies, punches.work_codes, strict=True
        )
    ]
    columns: list[Sequence[str]] = [punches.pins, punches.local_times, moments, punches.statuses, punches.verifies, punches.work_codes, ids]
    if len(set(ids)) < len(ids):
        distinct = {row[-1]: row for row in zip(*columns, strict=True)}
        columns = list(zip(*distinct.values(), strict=True))
    return columns, list(map(_said, columns[-1], *columns[:5]))


@dataclass
class Parcel:
    """One upload, ready for the statement: a value per column of `_UPLOADS`, and its punches, each column of `_PUNCHES` joined by line ends."""

    upload: dict[str, Any]
    rows: int
    columns: list[str]

    @property
    def upload_id(self) -> str:
        """The id of the raw request and of its event."""
        return str(self.upload["uploads"])


def pack(known: Known, punches: Punches, raw: Raw, call: Call, stamp: str | None) -> Parcel:
    """Everything that needs no database."""
    # One request makes one event: they share their id.
    sn, upload_id, moment = known.device_sn, new_id(), iso(call.received_at)
    head = {
        "specversion": "1.0",
        "id": upload_id,
        "source": "/hallbus/devices",
        "type": f"hallbus.{PUNCH_RECORDED}.v1",
        "subject": f"{sn}/{upload_id}",
        "time": moment,
        "datacontenttype": "application/json",
        "region": known.region,
        "version": 1,
        "correlationid": upload_id,
        "hallid": known.hall_id or NO_HALL,
        "data": {"device_sn": sn, "received_at": moment},
    }
    columns, said = _columns(known, punches)
    upload = {
        "sns": sn,
        "enrolments": known.enrolment,
        "ats": call.received_at,
        "uploads": upload_id,
        "methods": call.method,
        "paths": call.path[:200],
        "queries": call.raw_query[:2000],
        "tables": raw.table,
        "bodies": None if raw.body is None else psycopg2.Binary(raw.body),
        "sizes": call.size,
        "line_counts": raw.lines,
        "states": raw.state,
        "stamps": stamp,
        "routing_keys": f"{PUNCH_RECORDED}.v1.{known.region}.{known.hall_id or NO_HALL}",
        "heads": orjson.dumps(head).decode()[:-2] + ',"punches":[',
        "wholes": "\n".join(said),
        "row_counts": len(said),
    }
    return Parcel(upload, len(said), ["\n".join(column) for column in columns])


def parameters(parcels: Sequence[Parcel]) -> dict[str, Any]:
    """The statement's parameters for these uploads, numbered from 1."""
    uploads = [parcel.upload for parcel in parcels]
    found: dict[str, Any] = {name: [upload[name] for upload in uploads] for name in _UPLOADS}
    found["first_rows"] = list(accumulate((parcel.rows for parcel in parcels[:-1]), initial=1))
    filled = [parcel.columns for parcel in parcels if parcel.rows]
    columns = zip(*filled, strict=True) if filled else [()] * len(_PUNCHES)
    return found | {name: "\n".join(column) for name, column in zip(_PUNCHES, columns, strict=True)}


def store_within(tx: Transaction, parcel: Parcel) -> bool:
    """Store one upload inside a running transaction, for uploads that change more than their own rows; whether the device is still approved."""
    return bool(tx.connection.exec_driver_sql(_IN_TRANSACTION, parameters([parcel])).all())
