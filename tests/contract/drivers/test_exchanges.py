"""One suite over every driver: recorded exchanges, byte for byte, through the real port."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from services.devices.drivers import make_drivers
from services.devices.drivers.zk_push.pace import Pace

HERE = Path(__file__).parent


def exchanges(family: str) -> list:
    cases = yaml.safe_load((HERE / family / "exchanges.yaml").read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["name"]) for case in cases]


def play(port, case: dict, **headers: str):
    method, target = case["request"].split(" ", 1)
    body = case.get("body", "").encode("latin-1") * case.get("repeat_pad", 1)
    return port.call(method, target, body, **{**case.get("headers", {}), **headers})


def test_every_family_has_recorded_exchanges():
    assert {path.name for path in HERE.iterdir() if (path / "exchanges.yaml").exists()} == set(make_drivers(Pace()))


@pytest.mark.parametrize("case", exchanges("zk_push"))
def test_a_terminal_gets_the_answer_it_waits_for(port, case):
    port.approved(case["sn"])
    if "at" in case:
        port.clock.at = datetime.fromisoformat(case["at"])
    # Three times: terminals repeat themselves, and what is there already must not be said again.
    answers = [play(port, case) for _ in range(3)]
    for answer in answers:
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain")
        assert answer.headers["Content-Length"] == str(len(answer.body))
        assert "Date" in answer.headers
        text = answer.body.decode("latin-1")
        assert text == case["answer"] if "answer" in case else text.startswith(case["starts_with"])
    for table in ("punches", "quarantine", "operations"):
        wanted = case.get({"quarantine": "quarantined"}.get(table, table))
        assert wanted is None or len(port.rows(table)) == wanted
    for type_, count in case.get("events", {}).items():
        assert len(port.events(type_)) == count
    if case.get("punches"):
        (event,) = port.events("devices.punch.recorded")
        assert len(event["data"]["punches"]) == case["punches"]
    if "not_kept" in case:
        assert case["not_kept"].encode("latin-1") not in b"".join(bytes(row["body"] or b"") for row in port.rows("uploads"))
    if "kept_raw" in case:
        assert [bytes(row["body"]) for row in port.rows("uploads")] == [case["body"].encode()] * 3
    for key, value in case.get("facts", {}).items():
        assert port.rows("contacts", device_sn=case["sn"])[0]["facts"][key] == value


@pytest.mark.parametrize("case", exchanges("http_keys"))
def test_a_rating_device_gets_json_it_can_act_on(port, case):
    token = port.approved("RATE-0001", kind="rating", window_id="w0001")
    answer = play(port, case, **({"authorization": f"Bearer {token}"} if case.get("token") else {}))
    assert (answer.status, answer.headers["Content-Type"]) == (case.get("status", 200), "application/json")
    if "answer" in case:
        assert answer.body.decode() == case["answer"]
        again = json.loads(play(port, case, authorization=f"Bearer {token}").body)
        assert again["status"] in ("duplicate", "ok")
    else:
        error = json.loads(answer.body)["error"]
        assert error["reason"] == case["reason"]
        assert all(name in error["message"] for name in case.get("names", []))
        assert port.rows("presses") == []
    assert len(port.rows("presses")) == case.get("presses", 0)
    for type_, count in case.get("events", {}).items():
        assert len(port.events(type_)) == count
