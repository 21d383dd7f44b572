"""All services behind one gateway, a small city made through the API, and a client that may be anybody."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import grpc
import pytest

from gateway.conversion import AnswerWriter, RequestReader
from tests.integration.gateway.harness import GatewayProcess, Keys, Told, told
from tests.integration.security.requests import HALL, OTHER_HALL, OTHER_REGION, OTHERS, OWNED, harvest, make, methods, rule, services
from tests.plugin import ROOT, RunServices

ADMIN_KEY = "hbk-" + "a" * 40

# What ends or spends the things that other methods need; asked last.
_SECOND = (
    "Verify", "AnswerObjection", "RecordPayment", "DecideFeeViolation", "DecideFirstAskedFailure", "DecideJointConduct", "DecideWaiver", "GiveJointOpinion",
)  # fmt: skip
# Who neither handles a case nor spoke for anybody: asked before the end of what he decides about.
_THIRD = ("DecideJoint",)
_ENDS = (
    "End",
    "AnswerEnquiry",
    "Cancel",
    "Revoke",
    "Disable",
    "Return",
    "Dismiss",
    "Decide",
    "Deliver",
    "Lock",
    "Close",
    "Verify",
    "Reject",
)
# One of them is handled to its end, another one is ended before.
_TWICE = ("RequestVisit",)
# What others need to end anything at all; asked after them.
_TAKES_RIGHTS = ("End", "Revoke", "Cancel", "Disable")


class Caller:
    """Calls any method with dicts: `call(path, request, metadata)` gives the answer or how it was refused."""

    def __init__(self, channel: grpc.Channel) -> None:
        self._channel = channel

    def __call__(self, path: str, request: dict[str, Any], metadata: Any, *, within: float = 10.0) -> dict[str, Any] | Told:
        method = methods()[path]
        kind = self._channel.unary_stream if method.server_streaming else self._channel.unary_unary
        call = kind(path, request_serializer=AnswerWriter(method.input_type), response_deserializer=RequestReader(method.output_type))
        try:
            answer = call(request, timeout=within, metadata=metadata)
            if method.server_streaming:
                first: dict[str, Any] = next(answer)
                answer.cancel()
                return first
        except grpc.RpcError as error:
            return told(error)
        return answer  # type: ignore[no-any-return]  # the deserializer makes dicts


@dataclass
class City:
    """A running house: halls h0001 (region 52.02.01) and h0002 (52.02.02); everything the matrix asks about belongs to h0001."""

    call: Caller
    keys: Keys
    gateway: GatewayProcess
    known: dict[str, Any] = field(default_factory=dict)
    # How each method answered somebody who may everything: the proof that the matrix asks valid questions.
    outcomes: dict[str, dict[str, Any] | Told] = field(default_factory=dict)

    def everything(self, scope: str = "*", *, without: str = "", **claims: Any) -> Any:
        """Credentials that hold every permission (but one) within a scope."""
        held = [permission for permission in self.permissions() if permission != without]
        return self.keys.bearer(**{"grants": [{"permissions": held, "scopes": [scope]}]} | claims)

    def owned(self) -> set[str]:
        """The ids of HALL and of everything in it."""
        return {value for name, value in self.known.items() if isinstance(value, str) and name.endswith("_id") and value != "x"}

    def do(self, method: str, **request: Any) -> dict[str, Any]:
        """A call of the setup that must succeed, "DirectoryService/UpsertHall"."""
        answer = self.call(f"/hallbus.v1.{method}", {"request_id": str(uuid.uuid4())} | request, self.everything())
        assert isinstance(answer, dict), (method, request, answer)
        return answer

    def permissions(self) -> list[str]:
        """Every permission that any method asks for."""
        return sorted({rule(method).permission for method in methods().values() if rule(method).permission} | {"events.internal"})


@pytest.fixture(scope="module")
def city(
    module_services: RunServices,
    module_amqp_uri: str,
    module_database_url: str,
    tmp_path_factory: pytest.TempPathFactory,
    a_working_day: dict[str, str],
) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("security")
    keys = Keys(folder)
    running = module_services(env={"HALLBUS_JWT_PRIVATE_KEY_FILE": str(keys.private_file), **a_working_day})
    for name in services():
        running.start(name, wait=False)
    for name in services():
        running.wait_ready(name, within=120)  # all services at once on a small machine
    environment = {
        **os.environ,
        "DATABASE_URL": module_database_url,
        "HALLBUS_ADMIN_API_KEY": ADMIN_KEY,
        "PYTHONPATH": f"{ROOT}:{ROOT}/gen",
    }
    subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "services.directory.bootstrap"], cwd=ROOT, env=environment, check=True, timeout=60
    )
    gateway = GatewayProcess(module_amqp_uri, keys, folder).start()
    with gateway.channel() as channel:
        made = City(Caller(channel), keys, gateway)
        _build(made)
        _populate(made)
        yield made
    gateway.close()


def _build(city: City) -> None:
    for region, name in (("52", "贵州省"), ("52.02", "六盘水市"), ("52.02.01", "钟山区"), ("52.02.02", "六枝特区")):
        city.do("DirectoryService/UpsertRegion", region=region, name=name)
    for hall, region in ((HALL, "52.02.01"), (OTHER_HALL, OTHER_REGION)):
        city.do("DirectoryService/UpsertHall", hall_id=hall, name=hall, level="county", region=region)
    city.known |= {"region": "52.02.01", "hall_id": HALL, **OWNED}
    city.known |= {"day": "2026-11-20", "month": "2026-11", "valid_from": "2026-01-01"}
    for name in ("UpsertUnit", "UpsertWindow", "UpsertStaff", "ImportItems", "UpsertItem"):
        path = f"/hallbus.v1.DirectoryService/{name}"
        city.outcomes[path] = city.do(f"DirectoryService/{name}", **make(path, city.known))
    # What needs a second or a third person finds one in the hall; they are of other units, so that a case can be handled jointly.
    for other in OTHERS:
        for name in ("UpsertUnit", "UpsertStaff"):
            city.do(f"DirectoryService/{name}", **make(f"/hallbus.v1.DirectoryService/{name}", city.known | other | {"window_id": None}))


def _populate(city: City) -> None:
    """Ask every method as somebody who may everything: what needs another thing finds it in a later round.

    What ends things comes last, and then once more what only exists after an end (the rating of a finished case). Reference data travels by
    event, so a round that gains nothing is repeated for a while.
    """
    ends = [path for path in methods() if path.rpartition("/")[2].startswith(_ENDS) and path.rpartition("/")[2] not in _THIRD]
    ends.sort(key=lambda path: path.rpartition("/")[2].startswith(_TAKES_RIGHTS))
    others = [path for path in methods() if path not in ends]
    for paths, seconds in ((others, 8.0), (others, 0.0), (ends, 0.0), (others, 5.0)):
        until = time.monotonic() + seconds
        while _round(city, paths) or time.monotonic() < until:
            pass
        if "joint_case_id" not in city.known:
            _a_joint_case(city)


def _a_joint_case(city: City) -> None:
    """A case has one routing class: the first is an agency matter, this one is handled jointly."""
    receipt = city.do("IntakeService/RegisterReceipt", **make("/hallbus.v1.IntakeService/RegisterReceipt", city.known))
    city.known["joint_case_id"] = city.do("IntakeService/AcceptCase", case_id=receipt["case_id"], routing="joint")["case_id"]


def _round(city: City, paths: list[str]) -> int:
    """Ask what has not been answered yet; how many were now."""
    gained = 0
    for path in paths:
        if isinstance(city.outcomes.get(path), dict):
            continue
        # Who records a thing may not be the one who verifies it, and who writes a slip not the one who takes the money.
        asked = path.rpartition("/")[2]
        person = "s0003" if asked in _THIRD else "s0002" if asked.startswith(_SECOND) else "s0001"
        answer = city.outcomes[path] = city.call(path, make(path, city.known), city.everything(staff_id=person))
        if isinstance(answer, dict):
            gained += 1
            harvest(answer, city.known)
            name = path.rpartition("/")[2]
            city.known |= {f"{name}.{key}": value for key, value in answer.items() if isinstance(value, str)}
            if name in _TWICE:
                harvest(city.call(path, make(path, city.known), city.everything(staff_id=person)), city.known)
    return gained
