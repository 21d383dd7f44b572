"""A directory on a database of its own, called as the bus calls it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from chassis.caller import Caller
from chassis.context import Context
from chassis.database import Db
from chassis.testing import make_service, outbox_events
from chassis.wire import Call
from services.directory.config import DirectoryConfig
from services.directory.service import DirectoryService

CITY = "52.02"


@dataclass
class Directory:
    """`directory("get_hall", hall_id="h0001")` answers or raises; mutating calls get a request_id unless given."""

    db: Db
    service: Any
    caller: Caller = field(default_factory=Caller.system)

    def __call__(self, method: str, **request: Any) -> Any:
        entry = getattr(self.service, method)
        if entry.rpc_spec.mutating:
            request.setdefault("request_id", str(uuid.uuid4()))
        value, error = entry(Call(request, Context(caller=self.caller)))
        if error is not None:
            raise error
        return value

    def acting_as(self, *scopes: str, subject: str = "somebody") -> Directory:
        """The same directory, asked by a caller with these scopes."""
        return Directory(self.db, self.service, Caller(subject, None, scopes))

    def events(self, type_: str) -> list[dict[str, Any]]:
        """What was said, oldest first."""
        return [e for e in outbox_events(self.db) if e["type"] == f"hallbus.{type_}.v1"]


@pytest.fixture
def jwt_key(tmp_path: Path) -> tuple[Path, Any]:
    """(private key file, public key)."""
    key = Ed25519PrivateKey.generate()
    path = tmp_path / "jwt.pem"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path, key.public_key()


@pytest.fixture
def directory(make_db: Callable[[str], Db], jwt_key: tuple[Path, Any]) -> Directory:
    """An empty directory."""
    db = make_db("directory")
    config = DirectoryConfig(jwt_private_key_file=jwt_key[0], lockout_failures=3)
    return Directory(db, make_service(DirectoryService, db=db, config=config))


@pytest.fixture
def city(directory: Directory) -> Directory:
    """A city with a county, two halls, a unit and a window each, and one person in each."""
    directory("upsert_region", region=CITY, name="示例市")
    directory("upsert_region", region="52.02.01", name="甲县")
    directory("upsert_hall", hall_id="h0001", name="市政务服务中心", level="city", region=CITY)
    directory("upsert_hall", hall_id="h0002", name="甲县政务服务中心", level="county", region="52.02.01", parent_id="h0001")
    for number, hall in ((1, "h0001"), (2, "h0002")):
        directory("upsert_unit", unit_id=f"u000{number}", name=f"单位{number}", hall_id=hall)
        directory("upsert_window", window_id=f"w000{number}", hall_id=hall, code="A01", name="综合窗口", unit_id=f"u000{number}")
        directory(
            "upsert_staff", staff_id=f"s000{number}", name="王丽", hall_id=hall, unit_id=f"u000{number}", window_id=f"w000{number}",
            pin=f"100{number}", valid_from="2026-01-01",
        )  # fmt: skip
    return directory


def an_item(**over: Any) -> dict[str, Any]:
    """The fields of an item."""
    return {
        "item_id": "i0001", "unit_id": "u0001", "name": "食品经营许可", "time_class": "promised", "legal_days": 20, "promised_days": 5,
        "materials": [{"code": "M1", "name": "申请书", "required": True}, {"code": "M2", "name": "平面图"}],
        "legal_basis": "食品安全法第三十五条", "guide": GUIDE, **over,
    }  # fmt: skip


GUIDE = {
    "item_no": "520200001000", "conditions": "有与经营相适应的场所", "procedure": ["受理", "审查", "决定"], "phone": "0858-8000000",
    "flow_chart": "guide/i0001/flow.pdf", "sample_forms": [{"name": "申请书示范文本", "reference": "guide/i0001/sample.pdf"}],
}  # fmt: skip


@pytest.fixture
def item() -> Callable[..., dict[str, Any]]:
    """Builder of item fields."""
    return an_item
