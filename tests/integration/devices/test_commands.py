"""Commands: typed, one per poll, at least once, with their results; and the calls of the register."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chassis import context
from chassis.caller import Caller
from chassis.errors import FailedPrecondition, NotFound, PermissionDenied
from chassis.testing import a_received, deliver
from contracts import REGISTRY
from services.devices import queries, usecases
from services.devices.domain.errors import CommandRefused
from tests.integration.devices.conftest import HALL, SN

NO_PAGE = {"page_size": None, "page_token": None}
EMPTY = {"starts_at": None, "ends_at": None, "pin": None, "name": None}


def send(port, kind: str, sn: str = SN, **over) -> str:
    return usecases.send_command(port.db, device_sn=sn, kind=kind, **{**EMPTY, **over})["command_id"]


def poll(port, seconds: float = 0, sn: str = SN) -> bytes:
    port.clock.at += timedelta(seconds=seconds)
    return port.get(f"/iclock/getrequest?SN={sn}").body


def result(port, body: str, sn: str | None = SN) -> None:
    query = f"?SN={sn}" if sn else ""
    assert port.post(f"/iclock/devicecmd{query}", body.encode()).body == b"OK"


def state(port, command_id: str) -> tuple[str, int | None]:
    found = queries.get_command(port.db, command_id=command_id)
    return found["state"], found.get("return_code")


def test_one_command_per_poll_in_order(port):
    port.approved()
    first, second = send(port, "check"), send(port, "info")
    assert poll(port) == f"C:{first}:CHECK\n".encode()
    assert poll(port) == f"C:{second}:INFO\n".encode()
    assert poll(port) == b"OK"
    result(port, f"ID={first}&Return=0&CMD=CHECK\nID={second}&Return=0&CMD=INFO\n~DeviceName=F20\nFWVersion=Ver 8\n")
    assert [state(port, first), state(port, second)] == [("done", 0), ("done", 0)]
    assert queries.get_device_health(port.db, device_sn=SN)["facts"]["fwversion"] == "Ver 8"


def test_a_command_without_result_is_offered_again_under_its_id_and_then_unknown(port):
    port.approved()
    command = send(port, "check")
    offered = [poll(port), poll(port, 59), poll(port, 1), poll(port, 60), poll(port, 60), poll(port, 60)]
    text = f"C:{command}:CHECK\n".encode()
    assert offered == [text, b"OK", text, text, b"OK", b"OK"]
    assert state(port, command) == ("unknown", None)
    result(port, f"ID={command}&Return=0&CMD=CHECK")
    assert state(port, command) == ("done", 0)


@pytest.mark.parametrize(("code", "expected"), [("0", "done"), ("3", "done"), ("-1", "failed"), ("-1002", "failed"), ("x", "failed")])
def test_results_decide_the_state_and_the_first_one_stands(port, code, expected):
    port.approved()
    command = send(port, "log")
    poll(port)
    result(port, f"CMD=LOG&Return={code}&ID={command}")
    assert state(port, command)[0] == expected
    result(port, f"ID={command}&Return=0&CMD=LOG")
    assert state(port, command)[0] == expected


def test_results_of_other_devices_and_unknown_ids_change_nothing(port):
    port.approved()
    port.approved("OTHER1")
    command = send(port, "log")
    poll(port)
    result(port, f"ID={command}&Return=0&CMD=LOG", sn="OTHER1")
    result(port, "ID=99999&Return=0&CMD=LOG\nID=info1&Return=0&CMD=DATA")
    assert state(port, command) == ("sent", None)
    result(port, f"ID={command}&Return=0&CMD=LOG", sn=None)
    assert state(port, command) == ("done", 0)


def test_a_window_is_asked_in_the_devices_own_time(port):
    port.approved()
    day = {"starts_at": datetime(2026, 10, 1, tzinfo=UTC), "ends_at": datetime(2026, 10, 1, 12, tzinfo=UTC)}
    command = send(port, "query_punches", **day)
    assert poll(port) == f"C:{command}:DATA QUERY ATTLOG StartTime=2026-10-01 08:00:00\tEndTime=2026-10-01 20:00:00\n".encode()


def test_names_go_out_in_the_devices_encoding(port):
    port.get(f"/iclock/cdata?SN={SN}&options=all&language=83")
    port.approved()
    send(port, "set_user", pin="1001", name="郑伟")
    answer = poll(port)
    assert "郑伟".encode("gb18030") in answer
    assert answer.endswith(b"\tVerify=-1\n")


def test_commands_are_refused_with_reasons(port):
    with pytest.raises(NotFound, match="DEVICE_NOT_FOUND"):
        send(port, "check")
    port.get(f"/iclock/cdata?SN={SN}")
    with pytest.raises(FailedPrecondition, match="DEVICE_NOT_APPROVED"):
        send(port, "check")
    port.approved()
    with pytest.raises(CommandRefused):
        send(port, "query_punches")
    port.approved("RATE-0001", kind="rating", window_id="w0001")
    with pytest.raises(FailedPrecondition, match="NOT_A_TERMINAL"):
        send(port, "check", "RATE-0001")


# --- the register


def register(port, sn: str = SN, **over) -> dict:
    request = {
        "kind": "terminal", "family": None, "hall_id": "h0001", "window_id": None, "zone": None, "charset": None, "renew_token": False, **over,
    }  # fmt: skip
    return usecases.register_device(port.db, device_sn=sn, **request)


def test_registering_needs_a_known_open_hall_and_window(port):
    with pytest.raises(FailedPrecondition, match="HALL_UNKNOWN"):
        register(port, hall_id="h0099")
    with pytest.raises(FailedPrecondition, match="WINDOW_UNKNOWN"):
        register(port, "R1", kind="rating", window_id="w0099")
    deliver(
        port.service,
        [a_received(REGISTRY, "directory.hall.changed", {**HALL, "status": "closed"}, subject="h0001", version=2)],
        entry="on_hall",
    )
    with pytest.raises(FailedPrecondition, match="HALL_CLOSED"):
        register(port)


def test_the_token_is_told_once_and_again_only_when_renewed(port):
    first = register(port)["token"]
    assert "token" not in register(port)
    second = register(port, renew_token=True)["token"]
    assert first != second
    stored = [row["token_hash"] for row in port.rows("devices")]
    assert first not in stored
    assert second not in stored


def test_approving_an_unplaced_device_is_refused(port):
    port.get(f"/iclock/cdata?SN={SN}")
    with pytest.raises(Exception, match="register the device with its hall"):
        usecases.approve_device(port.db, device_sn=SN)


def test_devices_follow_their_hall_into_another_region_and_old_news_changes_nothing(port):
    port.approved()

    def hall(version: int, region: str):
        return a_received(REGISTRY, "directory.hall.changed", {**HALL, "region": region}, subject="h0001", version=version, region=region)

    deliver(port.service, [hall(3, "52.02.01")], entry="on_hall")
    deliver(port.service, [hall(2, "52.02.02")], entry="on_hall")
    assert [row["region"] for row in port.rows("devices")] == ["52.02.01"]
    duplicate = hall(4, "52.02.03")
    assert deliver(port.service, [duplicate], entry="on_hall") == {duplicate.id}
    assert deliver(port.service, [duplicate], entry="on_hall") == frozenset()
    port.post(f"/iclock/cdata?SN={SN}&table=ATTLOG", b"1\t2026-11-23 08:00:00\t0\t1\n")
    assert [e["region"] for e in port.events("devices.punch.recorded")] == ["52.02.03"]


def as_caller(*scopes: str):
    return context.use(context.Context(caller=Caller("a1", None, scopes)))


def test_every_list_pages_counts_and_keeps_to_the_callers_halls(port):
    for number in range(5):
        port.approved(f"T{number}")
    port.get("/iclock/cdata?SN=STRANGER&options=all")
    lines = b"".join(b"%d\t2026-11-23 08:0%d:00\t0\t1\n" % (pin, pin) for pin in range(5)) + b"x\nyy\nzzz\n"
    port.post("/iclock/cdata?SN=T0&table=ATTLOG", lines)
    for _ in range(5):
        send(port, "check", "T0")

    def listed(scopes: tuple[str, ...]) -> dict[str, list]:
        calls = {
            "devices": (queries.list_devices, {"hall_id": None, "state": None, "kind": None}, "devices", "device_sn"),
            "punches": (queries.list_punches, {"device_sn": "T0", "starts_at": None, "ends_at": None, "pin": None}, "punches", "pin"),
            "quarantine": (
                queries.list_quarantine,
                {"device_sn": None, "hall_id": None, "reason": None, "with_dismissed": False},
                "lines",
                "line",
            ),
            "commands": (queries.list_commands, {"device_sn": "T0"}, "commands", "command_id"),
        }
        found: dict[str, list] = {}
        for name, (call, request, key, field) in calls.items():
            with as_caller(*scopes):
                token, rows = None, []
                while True:
                    page = call(port.db, **request, page_size=2, page_token=token)
                    rows += [row[field] for row in page[key]]
                    token = page.get("next_page_token")
                    if not token:
                        break
                assert page["total_size"] == len(rows)
                found[name] = rows
        return found

    everything = listed(("*",))
    assert everything["devices"] == ["STRANGER", "T0", "T1", "T2", "T3", "T4"]
    assert everything["punches"] == ["0", "1", "2", "3", "4"]
    assert sorted(everything["quarantine"]) == ["x", "yy", "zzz"]
    assert len(everything["commands"]) == 5
    assert everything["commands"] == sorted(everything["commands"], key=int, reverse=True)
    assert listed(("hall:h0001",)) == {**everything, "devices": everything["devices"][1:]}
    with as_caller("hall:h0002", "region:52.03"):
        assert queries.list_devices(port.db, hall_id=None, state=None, kind=None, **NO_PAGE)["total_size"] == 0
        lines_ = queries.list_quarantine(port.db, device_sn=None, hall_id=None, reason=None, with_dismissed=True, **NO_PAGE)
        assert lines_["total_size"] == 0
        for refused in (
            lambda: queries.get_device(port.db, device_sn="T0"),
            lambda: queries.get_device(port.db, device_sn="STRANGER"),
            lambda: queries.get_device_health(port.db, device_sn="T0"),
            lambda: queries.list_punches(port.db, device_sn="T0", starts_at=None, ends_at=None, pin=None, **NO_PAGE),
            lambda: queries.list_commands(port.db, device_sn="T0", **NO_PAGE),
            lambda: queries.get_command(port.db, command_id=everything["commands"][0]),
            lambda: send(port, "check", "T0"),
            lambda: usecases.approve_device(port.db, device_sn="T0"),
            lambda: usecases.disable_device(port.db, device_sn="T0"),
            lambda: usecases.dismiss_quarantine(port.db, device_sn="T0", until=None, note="x"),
            lambda: register(port, "T0"),
        ):
            with pytest.raises(PermissionDenied, match="OUT_OF_SCOPE"):
                refused()
