"""The running process over real HTTP: bytes in and out, the database away, crashes between commit and answer."""

from __future__ import annotations

import socket
import time
import uuid
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from chassis.errors import HallbusError
from chassis.migrations import check, downgrade, upgrade
from chassis.roles import admin_dsn
from chassis.testing import eventually
from tests.integration.devices.conftest import HALL, NOW, SN

LINES = b"1\t2026-11-23 08:25:24\t0\t1\t\t0\t0\t\r\n4\t2026-11-23 08:25:31\t0\t1\t\t0\t0\t\r\n"
UPLOAD = f"/iclock/cdata?SN={SN}&table=ATTLOG&Stamp=9999"


def raw(port: int, request: bytes, timeout: float = 20) -> tuple[int, dict[str, str], bytes]:
    """Send bytes as they are; (status, headers in lower case, body). (0, {}, b"") when the line breaks."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=timeout) as line:
            line.sendall(request)
            received = b""
            while chunk := line.recv(65536):
                received += chunk
                if received.startswith(b"HTTP/1.1 100 ") and b"\r\n\r\n" in received:
                    received = received.partition(b"\r\n\r\n")[2]  # the interim answer; the real one follows
                head, found, body = received.partition(b"\r\n\r\n")
                if found and len(body) >= int(headers_of(head).get("content-length", 1 << 30)):
                    break
    except OSError:
        return 0, {}, b""
    head, found, body = received.partition(b"\r\n\r\n")
    return (int(head.split()[1]), headers_of(head), body) if found else (0, {}, b"")


def headers_of(head: bytes) -> dict[str, str]:
    pairs = (line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:])
    return {name.lower(): value.strip() for name, _, value in pairs}


def post(target: str, body: bytes, *extra: str, version: str = "1.1") -> bytes:
    lines = [f"POST {target} HTTP/{version}", f"Content-Length: {len(body)}", "User-Agent: iClock Proxy/1.09", *extra]
    return "\r\n".join([*lines, "", ""]).encode() + body


def get(target: str, *extra: str, version: str = "1.1") -> bytes:
    return "\r\n".join([f"GET {target} HTTP/{version}", *extra, "", ""]).encode()


def ask(rpc, method, *, mutating=False, **request):
    if mutating:
        request.setdefault("request_id", str(uuid.uuid4()))
    return rpc.call("devices", method, request, timeout=10)


def enrolled(rpc, bus, device_sn: str = SN, **over) -> dict:
    bus.publish("directory.hall.changed", HALL, subject="h0001")

    def register():
        try:
            return ask(rpc, "register_device", mutating=True, **{"device_sn": device_sn, "kind": "terminal", "hall_id": "h0001", **over})
        except HallbusError as error:
            if error.reason != "HALL_UNKNOWN":
                raise
            return None

    registered = eventually(register)
    ask(rpc, "approve_device", mutating=True, device_sn=device_sn)
    return registered


@pytest.fixture
def clock_env(tmp_path: Path) -> dict[str, str]:
    """The sandbox clock stands at half past eight of the Monday, running."""
    path = tmp_path / "clock"
    path.write_text(f"{time.time()} {NOW.timestamp()}\n")
    return {"HALLBUS_CLOCK_FILE": str(path)}


@pytest.fixture
def house(run_services, rpc, bus, clock_env):
    """A running process with one approved terminal; (running, HTTP port)."""
    running = run_services("devices", env=clock_env)
    enrolled(rpc, bus)
    return running, running.ports["devices.http"]


def test_punches_over_http_end_as_an_event_on_the_bus(house, rpc, bus):
    _, port = house
    status, headers, body = raw(port, post(UPLOAD, LINES, "Host: 10.0.0.1"))
    assert (status, body) == (200, b"OK: 2")
    assert (headers["content-type"], headers["content-length"]) == ("text/plain", "5")
    assert "transfer-encoding" not in headers
    (event,) = eventually(lambda: bus.events("devices.punch.recorded"))
    assert [(p["pin"], p["at"]) for p in event["data"]["punches"]] == [
        ("1", "2026-11-23T00:25:24+00:00"),
        ("4", "2026-11-23T00:25:31+00:00"),
    ]
    assert (event["hallid"], event["region"]) == ("h0001", "52.02")
    assert [p["local_time"] for p in ask(rpc, "list_punches", device_sn=SN)["punches"]] == ["2026-11-23 08:25:24", "2026-11-23 08:25:31"]


def test_the_date_header_is_the_houses_clock(house):
    _, port = house
    for request in (
        get(f"/iclock/getrequest?SN={SN}"),
        get("/iclock/nothing"),
        post("/iclock/cdata?SN=UNKNOWN1&table=ATTLOG", LINES),
        get("/elsewhere"),
    ):
        _, headers, _ = raw(port, request)
        shown = parsedate_to_datetime(headers["date"])
        assert 0 <= (shown - NOW).total_seconds() < 120


@pytest.mark.parametrize(
    "request_",
    [
        post(UPLOAD, LINES, version="1.0"),
        post(UPLOAD, LINES, "Host: x", "Connection: close"),
        post(UPLOAD, LINES, "Host: x", "Content-Type: application/x-www-form-urlencoded"),
        post(UPLOAD, LINES, "Host: x", "Content-Type: application/push;charset=UTF-8", "Cookie: token=abc"),
        post(UPLOAD.replace("cdata", "cdata.aspx"), LINES, "Host: x"),
        post(UPLOAD, LINES, "Host: x", "Expect: 100-continue"),
    ],
    ids=["HTTP/1.0 without Host", "connection close", "form", "push type and cookie", "aspx", "expect"],
)
def test_every_way_terminals_speak_http_is_understood(house, request_):
    _, port = house
    status, headers, body = raw(port, request_)
    assert (status, body) == (200, b"OK: 2")
    assert "location" not in headers


def test_many_requests_on_one_connection(house):
    _, port = house
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        for number in range(20):
            line.sendall(post(UPLOAD, b"%d\t2026-11-23 08:00:%02d\t0\t1\n" % (number + 1, number), "Host: x"))
            assert line.recv(4096).endswith(b"OK: 1")


def test_a_photo_of_25_megabytes_is_taken_off_the_line(house, rpc):
    _, port = house
    photo = b"PIN=20261123083000-1.jpg\nSN=x\nsize=1\nCMD=uploadphoto\0" + b"\xff" * (25 * 1024 * 1024)
    assert raw(port, post(f"/iclock/cdata?SN={SN}&table=ATTPHOTO", photo, "Host: x"), timeout=60)[::2] == (200, b"OK")
    assert raw(port, get(f"/iclock/getrequest?SN={SN}"))[::2] == (200, b"OK")


def test_a_key_press_over_http_ends_as_an_event(house, rpc, bus):
    _, port = house
    token = enrolled(rpc, bus, "RATE-0001", kind="rating", window_id="w0001")["token"]
    press = b'{"press_id": "p-1", "key": 2}'
    request = post(
        "/v1/rating-devices/RATE-0001/presses", press, "Host: x", f"Authorization: Bearer {token}", "Content-Type: application/json"
    )
    first, again = eventually(lambda: [a for a in (raw(port, request), raw(port, request)) if a[0] == 200][:2])
    assert (first[1]["content-type"], first[2]) == ("application/json", b'{"status":"recorded","press_id":"p-1"}')
    assert again[2] == b'{"status":"duplicate","press_id":"p-1"}'
    (event,) = eventually(lambda: bus.events("devices.rating.pressed"))
    assert (event["data"]["window_id"], event["data"]["key"]) == ("w0001", 2)


def test_presence_comes_by_itself(house, bus):
    running, port = house
    raw(port, get(f"/iclock/getrequest?SN={SN}"))
    (event,) = eventually(lambda: bus.events("devices.device.online"))
    assert event["subject"] == SN
    clock = Path(running.env["HALLBUS_CLOCK_FILE"])
    clock.write_text(f"{time.time()} {NOW.timestamp() + 1200}\n")
    eventually(lambda: bus.events("devices.device.offline"))


def administer(url: str, *statements: str) -> None:
    engine = sa.create_engine(
        admin_dsn(make_url(url).set(database="postgres").render_as_string(hide_password=False)),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
    )
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def test_with_the_database_away_nothing_is_acknowledged_and_the_batch_is_accepted_once_it_is_back(house, rpc, bus, database_url):
    _, port = house
    assert raw(port, post(UPLOAD, LINES, "Host: x"))[0] == 200
    name = make_url(database_url).database
    away = (
        f"ALTER DATABASE {name} ALLOW_CONNECTIONS false",
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
    )
    batch = post(UPLOAD, LINES + b"5\t2026-11-23 08:26:00\t0\t1\n", "Host: x")
    administer(database_url, *away)
    try:
        for request in (
            batch,
            post(f"/iclock/cdata?SN={SN}&table=OPERLOG", b"OPLOG 4\t0\tt\n"),
            post("/iclock/unknown", b"x"),
            get(f"/iclock/getrequest?SN={SN}"),
        ):
            status, headers, _ = raw(port, request)
            assert (status, headers["content-type"]) == (503, "text/plain")
    finally:
        administer(database_url, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    answers = eventually(lambda: [a for a in [raw(port, batch)] if a[0] == 200])
    assert answers[0][2] == b"OK: 3"
    assert ask(rpc, "list_punches", device_sn=SN)["total_size"] == 3
    told = eventually(
        lambda: (
            [p["pin"] for e in bus.events("devices.punch.recorded") for p in e["data"]["punches"]][2:]
            and bus.events("devices.punch.recorded")
        )
    )
    assert [[p["pin"] for p in e["data"]["punches"]] for e in told] == [["1", "4"], ["5"]]


def test_a_crash_between_commit_and_answer_neither_loses_nor_doubles(run_services, rpc, bus, clock_env):
    running = run_services("devices", env=clock_env)
    enrolled(rpc, bus)
    running.kill("devices")
    running.start("devices", env={"HALLBUS_FAILPOINT": "devices.after_commit_before_answer:1"})
    port = running.ports["devices.http"]
    assert raw(port, post(UPLOAD, LINES, "Host: x"))[0] == 0
    eventually(lambda: running.processes["devices"].poll() == 137)
    running.start("devices", env={"HALLBUS_FAILPOINT": ""})
    assert raw(port, post(UPLOAD, LINES, "Host: x"))[::2] == (200, b"OK: 2")
    (event,) = eventually(lambda: bus.events("devices.punch.recorded"))
    assert len(event["data"]["punches"]) == 2
    assert ask(rpc, "list_punches", device_sn=SN)["total_size"] == 2


def test_a_crash_in_the_consumer_of_halls_is_made_good(run_services, rpc, bus, clock_env):
    for window in ("consumer.after_handler_before_commit", "consumer.after_commit_before_ack"):
        running = run_services("devices", env={**clock_env, "HALLBUS_FAILPOINT": f"{window}:1"})
        bus.publish("directory.hall.changed", HALL, subject="h0001")
        eventually(lambda r=running: r.processes["devices"].poll() == 137)
        running.start("devices", env={"HALLBUS_FAILPOINT": ""})
        enrolled(rpc, bus)
        running.stop("devices")


def test_calls_answer_with_reasons_and_field_names(house, rpc):
    with pytest.raises(HallbusError) as caught:
        ask(rpc, "register_device", mutating=True, device_sn="a b", kind="toaster", hall_id="h0001", zone="Mars/Base")
    assert {v.field for v in caught.value.violations} == {"device_sn", "kind", "zone"}
    with pytest.raises(HallbusError) as caught:
        ask(rpc, "get_device", device_sn="NOBODY")
    assert (caught.value.code, caught.value.reason) == ("not_found", "DEVICE_NOT_FOUND")
    found = ask(rpc, "get_device", device_sn=SN)
    assert (found["state"], found["kind"], found["zone"]) == ("approved", "terminal", "Asia/Shanghai")
    command = ask(rpc, "send_command", mutating=True, device_sn=SN, kind="info")
    assert (command["state"], command["created_by"]) == ("queued", "system")
    health = ask(rpc, "get_device_health", device_sn=SN)
    assert (health["open_command_count"], health.get("quarantined_count", 0)) == (1, 0)


def test_migrations_agree_with_the_tables_and_go_both_ways(database_url, template):
    template.require("devices")
    assert check(database_url, "devices") == []
    downgrade(database_url, "devices", "base")
    upgrade(database_url, ["devices"])
    assert check(database_url, "devices") == []
