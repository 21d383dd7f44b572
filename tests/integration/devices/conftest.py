"""A device port on a real database, called in process as the server would call it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from chassis import clock
from chassis.database import Db
from chassis.http_message import Line, read_request, response_bytes
from chassis.testing import a_received, deliver, make_service, outbox_events
from contracts import REGISTRY
from services.devices.config import DevicesConfig
from services.devices.http import make_handler
from services.devices.service import DevicesService

NOW = datetime(2026, 11, 23, 0, 31, tzinfo=UTC)  # 08:31 in Beijing, a Monday
SN = "BOCK200961014"
HALL = {
    "hall_id": "h0001", "name": "示例市政务服务中心", "level": "city", "region": "52.02", "zone": "Asia/Shanghai", "parent_id": None, "status": "active",
    "units": [{"unit_id": "u0001", "name": "市市场监督管理局"}],
    "windows": [{"window_id": "w0001", "code": "A01", "name": "企业登记", "unit_id": "u0001", "kind": "unit"}],
}  # fmt: skip


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


class ShownClock:
    """The process clock, set by the test."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@dataclass
class Port:
    """The device port with its register."""

    db: Db
    service: Any
    clock: ShownClock
    config: DevicesConfig
    app: Any = field(init=False)

    def __post_init__(self) -> None:
        self.app = make_handler(self.db, self.config)

    def restart(self) -> None:
        """A new process: nothing in memory is left."""
        self.app = make_handler(self.db, self.config)

    def call(self, method: str, target: str, body: bytes = b"", *, length: int | None = None, **headers: str) -> Answer:
        """One request; `target` is path and query as on the wire, `length` what its head says of the body."""
        lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        if body or method == "POST":
            lines.append(f"Content-Length: {len(body) if length is None else length}")
        said = io.BytesIO("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        request = read_request(Line(said.read, said.write))
        head, _, answer = response_bytes(self.app(request), keep=True).partition(b"\r\n\r\n")
        status, *fields = head.decode("latin-1").split("\r\n")
        return Answer(int(status.split()[1]), dict(field.split(": ", 1) for field in fields), answer)

    def get(self, target: str, **headers: str) -> Answer:
        return self.call("GET", target, **headers)

    def post(self, target: str, body: bytes, **headers: str) -> Answer:
        return self.call("POST", target, body, **headers)

    def approved(self, device_sn: str = SN, **over: Any) -> str:
        """Register and approve a terminal; its path token."""
        request = {
            "device_sn": device_sn, "kind": "terminal", "family": None, "hall_id": "h0001", "window_id": None, "zone": None, "charset": None,
            "renew_token": False, **over,
        }  # fmt: skip
        from services.devices import usecases

        token = usecases.register_device(self.db, **request).get("token", "")
        usecases.approve_device(self.db, device_sn=device_sn)
        self.restart()
        return token

    def rows(self, table: str, **where: Any) -> list[dict[str, Any]]:
        """A table's rows."""
        condition = " AND ".join(f"{name} = %({name})s" for name in where) or "true"
        with self.db.read() as tx:
            return [
                dict(row) for row in tx.connection.exec_driver_sql(f"SELECT * FROM devices.{table} WHERE {condition}", where).mappings()
            ]

    def events(self, type_: str) -> list[dict[str, Any]]:
        """What the service said, by type, still in the outbox."""
        return [e for e in outbox_events(self.db) if e["type"] == f"hallbus.{type_}.v1"]


@pytest.fixture
def make_port(make_db: Callable[[str], Db], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Port]:
    """`make_port(max_body_bytes=…)`: a port in hall h0001 at NOW."""

    def make(**settings: Any) -> Port:
        shown = ShownClock(NOW)
        monkeypatch.setattr(clock, "_clock", shown)
        config, db = DevicesConfig(**settings), make_db("devices")
        service = make_service(DevicesService, db=db, config=config)
        deliver(service, [a_received(REGISTRY, "directory.hall.changed", HALL, subject="h0001")], entry="on_hall")
        return Port(db, service, shown, config)

    return make


@pytest.fixture
def port(make_port: Callable[..., Port]) -> Port:
    """A port with the default settings."""
    return make_port()
