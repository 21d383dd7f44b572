"""Deterministic work: the same requests, events and punches for every subject and every run."""

import json
import uuid
from datetime import datetime, timedelta

NAMESPACE = uuid.UUID("6a1f0f0e-52cf-5b6b-9d0a-3b1c8f9f5202")
REGION = "52.02.01"
NOTE = "资料齐全，符合法定形式，窗口当场受理；申请人已确认联系方式，办结后邮寄送达。"


def identity(kind: str, number: int) -> str:
    """A stable uuid for the number-th thing of a kind."""
    return str(uuid.UUID(int=(NAMESPACE.int ^ (hash_of(kind) << 64) ^ number) & ((1 << 128) - 1)))


def hash_of(kind: str) -> int:
    """A small stable number for a word (Python's own hash changes from run to run)."""
    return int.from_bytes(kind.encode()[:6], "big")


def case(number: int) -> dict[str, object]:
    """One acceptance as the peers know it, about 300 bytes as JSON."""
    return {
        "request_id": identity("case", number),
        "case_no": f"5202-2026-{number:09d}",
        "hall_id": f"h{number % 40:04d}",
        "item_code": f"520200-{number % 320:05d}-01",
        "staff_id": f"s{number % 600:05d}",
        "applicant_ref": f"p{number % 90_000:08d}",
        "note": NOTE,
        "accepted_at": 1_767_200_000 + number,
    }


def event(number: int, kind: str = "event") -> dict[str, object]:
    """One CloudEvent as it travels on the bus, about 450 bytes as JSON."""
    return {**envelope(number, kind), "sequence": f"{number + 1:016d}", "epoch": 1}


def envelope(number: int, kind: str = "event") -> dict[str, object]:
    """The event as the outbox holds it, before it has its place in the log."""
    return {
        "specversion": "1.0",
        "id": identity(kind, number),
        "source": "/hallbus/bench",
        "type": "hallbus.bench.case.accepted.v1",
        "subject": f"case-{number // 4}",
        "time": "2026-03-02T01:00:00+00:00",
        "datacontenttype": "application/json",
        "region": REGION,
        "version": number % 4 + 1,
        "correlationid": identity("correlation", number),
        "data": {"item_code": f"520200-{number % 320:05d}-01", "staff_id": f"s{number % 600:05d}", "points": number % 7},
        "hallid": f"h{number % 40:04d}",
    }


def routing_key(number: int) -> str:
    """Where the event goes on the topic exchange."""
    return f"bench.case.accepted.v1.{REGION}.h{number % 40:04d}"


def compact(value: object) -> str:
    """JSON without spaces, in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def attlog(device: int, serial: int, punches: int, *, since: datetime) -> bytes:
    """An ATTLOG body (PUSH 2.x: PIN, time, status, verify, work code, two reserved fields) that no other call yields.

    Each upload is a second later than the one before, counted from `since` (the terminal's local time).
    """
    clock = (since + timedelta(seconds=serial)).strftime("%Y-%m-%d %H:%M:%S")
    return "".join(f"{device * 1000 + pin}\t{clock}\t255\t15\t0\t0\t0\n" for pin in range(punches)).encode()
