"""A terminal's life at the port: pending, approval, backlogs, clocks, watermarks, presence."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from services.devices import housekeeping, queries, usecases
from services.devices.drivers.zk_push import attlog
from tests.integration.devices.conftest import NOW, SN

UPLOAD = f"/iclock/cdata?SN={SN}&table=ATTLOG&Stamp=9999"
POLL = f"/iclock/getrequest?SN={SN}"


def punch_lines(*clocks: str, pin: str = "1001") -> bytes:
    return "".join(f"{pin}\t2026-11-23 {clock}\t255\t15\t0\t0\t0\t\n" for clock in clocks).encode()


def polled(port, on_device: int | None = None, seconds: float = 10) -> bytes:
    port.clock.at += timedelta(seconds=seconds)
    return port.get(POLL if on_device is None else f"{POLL}&INFO=Ver%201,3,0,{on_device},10.0.0.9").body


def health(port, sn: str = SN) -> dict:
    return queries.get_device_health(port.db, device_sn=sn)


# --- enrolment


def test_an_unknown_terminal_waits_in_a_healthy_loop_and_loses_nothing(port):
    assert port.get(f"/iclock/cdata?SN={SN}&options=all&pushver=2.4.1&language=83").body.startswith(b"GET OPTION FROM: " + SN.encode())
    assert port.get(POLL).body == b"OK"
    for _ in range(3):
        refused = port.post(UPLOAD, punch_lines("08:25:00"))
        assert (refused.status, refused.headers["Content-Type"]) == (503, "text/plain")
    assert port.rows("punches") == port.rows("uploads") == []
    (device,) = port.rows("devices")
    assert (device["state"], device["hall_id"], device["region"]) == ("pending", None, "")
    port.approved()
    assert port.post(UPLOAD, punch_lines("08:25:00")).body == b"OK: 1"
    assert len(port.rows("punches")) == 1
    assert [e["data"]["kind"] for e in port.events("devices.device.approved")] == ["terminal"]


def test_a_post_alone_registers_an_unknown_terminal_as_pending(port):
    assert port.post(UPLOAD, punch_lines("08:25:00")).status == 503
    assert [d["state"] for d in port.rows("devices")] == ["pending"]


def test_approval_in_another_process_is_seen_without_a_restart(port):
    port.post(UPLOAD, punch_lines("08:25:00"))
    port.approved()
    other = port.app
    usecases.disable_device(port.db, device_sn=SN)
    # The cached entry says approved; the statement that stores knows better.
    assert port.call("POST", UPLOAD, punch_lines("08:25:00")).status == 503
    assert port.app is other
    assert port.rows("punches") == []
    assert port.get(POLL).body == b"OK"


def test_the_register_takes_only_so_many_unknown_devices(make_port):
    port = make_port(pending_limit=2)
    for number in range(4):
        answer = port.get(f"/iclock/cdata?SN=NEW{number}&options=all")
        assert answer.status == (200 if number < 2 else 503)
    assert len(port.rows("devices")) == 2


def test_a_disabled_terminal_keeps_its_rows(port):
    port.approved()
    usecases.disable_device(port.db, device_sn=SN)
    port.restart()
    assert port.post(UPLOAD, punch_lines("08:25:00")).status == 503
    assert len(port.events("devices.device.disabled")) == 1


def test_the_path_token_is_optional_and_binding_when_given(port):
    token = port.approved()
    assert port.post(f"/d/{token}{UPLOAD}", punch_lines("08:25:00")).body == b"OK: 1"
    assert port.post(f"/d/wrong{UPLOAD}", punch_lines("08:26:00")).status == 503
    assert port.post(UPLOAD, punch_lines("08:26:00")).body == b"OK: 1"


def test_a_rating_device_cannot_speak_push(port):
    port.approved("RATE-0001", kind="rating", window_id="w0001")
    assert port.post("/iclock/cdata?SN=RATE-0001&table=ATTLOG", punch_lines("08:25:00")).status == 503


# --- storing


def test_the_whole_log_sent_three_times_is_told_once(port):
    port.approved()
    body = punch_lines(*[f"08:{minute:02}:00" for minute in range(30)])
    for _ in range(3):
        assert port.post(UPLOAD, body).body == b"OK: 30"
    assert len(port.rows("punches")) == 30
    assert [len(e["data"]["punches"]) for e in port.events("devices.punch.recorded")] == [30]
    assert len(port.rows("uploads")) == 3


def test_a_batch_that_is_half_known_tells_only_the_new_half(port):
    port.approved()
    port.post(UPLOAD, punch_lines("08:01:00", "08:02:00"))
    assert port.post(UPLOAD, punch_lines("08:01:00", "08:02:00", "08:03:00", "08:04:00")).body == b"OK: 4"
    assert [[p["local_time"][-8:] for p in e["data"]["punches"]] for e in port.events("devices.punch.recorded")] == [
        ["08:01:00", "08:02:00"],
        ["08:03:00", "08:04:00"],
    ]


def test_the_same_batch_three_times_at_once_is_stored_once(port):
    port.approved()
    body, answers = punch_lines(*[f"08:{minute:02}:{second:02}" for minute in range(20) for second in (0, 30)]), []
    back = b"\n".join(reversed(body.splitlines())) + b"\n"
    threads = [threading.Thread(target=lambda b=b: answers.append(port.post(UPLOAD, b).body)) for b in (body, back, body, back, body, back)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [b"OK: 40"] * 6
    assert len(port.rows("punches")) == 40
    assert sum(len(e["data"]["punches"]) for e in port.events("devices.punch.recorded")) == 40
    assert health(port)["stored_count"] == 40


def test_two_devices_may_have_the_same_pin_at_the_same_second(port):
    port.approved()
    port.approved("OTHER1")
    port.post(UPLOAD, punch_lines("08:01:00"))
    port.post("/iclock/cdata?SN=OTHER1&table=ATTLOG", punch_lines("08:01:00"))
    assert len({row["punch_id"] for row in port.rows("punches")}) == 2


def test_a_clock_set_back_an_hour_makes_new_punches_not_duplicates(port):
    port.approved()
    port.post(UPLOAD, punch_lines("08:25:00"))
    assert port.post(UPLOAD, punch_lines("07:25:00")).body == b"OK: 1"
    assert len(port.rows("punches")) == 2


def test_a_punch_keeps_its_local_time_and_gets_its_moment_by_the_devices_zone(port):
    port.approved(zone="Asia/Urumqi")
    port.post(UPLOAD, punch_lines("06:25:00"))
    (row,) = port.rows("punches")
    assert (str(row["local_time"]), row["at"].isoformat()) == ("2026-11-23 06:25:00", "2026-11-23T00:25:00+00:00")
    (event,) = port.events("devices.punch.recorded")
    assert event["data"]["punches"][0]["at"] == "2026-11-23T00:25:00+00:00"


def test_the_event_keeps_its_contract_and_the_envelope_is_the_chassis_own(port):
    """The hot path writes the outbox in SQL; here it is held against what chassis and registry would write."""
    from chassis.events import Event, envelope, routing_key
    from contracts import REGISTRY

    port.approved()
    port.post(UPLOAD, b'1"\\2\t2026-11-23 08:25:00\t2"5\t1\\5\t0\n' + punch_lines("08:26:00"))
    (written,) = port.events("devices.punch.recorded")
    contract = REGISTRY.get("devices.punch.recorded")
    contract.validate(written["data"])
    draft = Event("devices.punch.recorded", written["subject"], 1, "52.02", "h0001", NOW, written["data"])
    expected = envelope(draft, contract, correlation_id=written["correlationid"], causation_id=None)
    assert {**expected, "id": written["id"]} == written
    assert {punch["pin"] for punch in written["data"]["punches"]} == {'1"\\2', "1001"}
    with port.db.read() as tx:
        keys = tx.connection.exec_driver_sql("SELECT event_id, routing_key FROM devices.outbox ORDER BY id DESC LIMIT 1").one()
    assert tuple(keys) == (written["id"], routing_key(draft))


def test_a_fault_in_our_reading_keeps_the_data_and_reads_it_later(port, monkeypatch):
    port.approved()
    with monkeypatch.context() as broken:
        broken.setattr(attlog, "parse", lambda *_: 1 / 0)
        assert port.post(UPLOAD, punch_lines("08:25:00", "08:26:00")).body == b"OK: 2"
        assert housekeeping.reread_unparsed(port.db, port.config, limit=10) == 0
    assert (port.rows("punches"), health(port)["unparsed_upload_count"]) == ([], 1)
    port.clock.at += timedelta(days=3)
    assert housekeeping.reread_unparsed(port.db, port.config, limit=10) == 1
    assert housekeeping.reread_unparsed(port.db, port.config, limit=10) == 0
    assert len(port.rows("punches")) == 2
    assert len(port.events("devices.punch.recorded")) == 1


def test_old_raw_requests_are_forgotten_but_never_unread_ones(port):
    port.approved()
    port.post(UPLOAD, punch_lines("08:25:00"))
    port.clock.at += timedelta(days=29)
    assert housekeeping.purge_raw(port.db, port.config, limit=10) == 0
    port.clock.at += timedelta(days=2)
    assert housekeeping.purge_raw(port.db, port.config, limit=10) == 1
    assert len(port.rows("punches")) == 1


def test_stamps_are_echoed_and_trusted_for_nothing(port):
    port.approved()
    assert b"\nATTLOGStamp=None\n" in port.get(f"/iclock/cdata?SN={SN}&options=all").body
    port.post(UPLOAD, punch_lines("08:25:00"))
    port.post(f"/iclock/cdata?SN={SN}&table=OPERLOG&OpStamp=77", b"OPLOG 4\t0\t2026-11-23 08:00:00\t0\t0\t0\t0\n")
    port.restart()
    block = port.get(f"/iclock/cdata?SN={SN}&options=all").body
    assert b"\nATTLOGStamp=9999\nOPERLOGStamp=77\n" in block
    port.post(f"/iclock/cdata?SN={SN}&table=ATTLOG&Stamp=1%0AEvil=1", punch_lines("08:26:00"))
    port.restart()
    assert b"Evil" not in port.get(f"/iclock/cdata?SN={SN}&options=all").body


def test_tampering_is_told_once(port):
    port.approved()
    body = b"OPLOG 21\t3\t2026-11-23 07:59:00\t0\t0\t0\t0\nOPLOG 4\t3\t2026-11-23 07:58:00\t0\t0\t0\t0\n"
    for _ in range(3):
        assert port.post(f"/iclock/cdata?SN={SN}&table=OPERLOG&Stamp=1", body).body == b"OK: 2"
    assert [(e["data"]["operation"], e["data"]["operator"]) for e in port.events("devices.device.tampered")] == [(21, "3")]
    assert len(port.rows("operations")) == 2


def test_control_bytes_in_path_and_query_break_nothing(port):
    port.approved()
    assert port.post("/iclock/odd\0path?SN=" + SN, b"x").body == b"OK"
    assert port.post(f"/iclock/cdata?SN={SN}&table=ATT%00LOG&Stamp=%00", punch_lines("08:25:00")).body == b"OK: 1"
    assert port.post(f"/iclock/cdata?SN={SN}%00&table=OPERLOG", b"").body == b"OK: 0"


# --- sizes


def test_a_photo_beyond_the_limit_is_acknowledged_and_not_kept(make_port):
    port = make_port(max_body_bytes=1000)
    port.approved()
    assert port.post(f"/iclock/cdata?SN={SN}&table=ATTPHOTO", b"x" * 5000).body == b"OK"
    (row,) = port.rows("uploads")
    assert (row["state"], row["size"], row["body"]) == ("too_large", 5000, None)


def test_punches_beyond_the_limit_are_never_acknowledged(make_port):
    port = make_port(max_body_bytes=1000)
    port.approved()
    assert port.post(UPLOAD, punch_lines(*["08:25:00"] * 100)).status == 503
    assert health(port)["refused_at"] == NOW


def test_a_body_that_breaks_off_is_not_taken(port):
    port.approved()
    body = punch_lines("08:25:00", "08:26:00")
    assert port.call("POST", f"/iclock/cdata?SN={SN}&table=ATTLOG", body, length=len(body) + 50).status == 503
    assert port.rows("punches") == []


# --- clocks


def test_rows_from_a_wrong_clock_are_told_and_hold_the_watermark_until_a_person_looked(port):
    port.approved()
    polled(port, 0)
    polled(port, 0)
    assert len(port.events("devices.device.reported")) == 1
    assert port.post(UPLOAD, punch_lines("10:31:00", "10:32:00", "08:30:00")).body == b"OK: 3"
    (skew,) = port.events("devices.device.clock_skewed")
    assert (skew["data"]["quarantined"], skew["data"]["skew_seconds"]) == (2, 7240)
    assert [len(e["data"]["punches"]) for e in port.events("devices.punch.recorded")] == [1]
    for _ in range(3):
        polled(port, 3, seconds=120)
    assert len(port.events("devices.device.reported")) == 1
    assert health(port)["clock_held_since"] is not None
    done = usecases.dismiss_quarantine(port.db, device_sn=SN, until=None, note="钟快两小时，已校准并补签")
    assert done == {"dismissed_count": 2, "open_count": 0}
    polled(port, 3)
    assert len(port.events("devices.device.reported")) == 2
    assert port.events("devices.device.reported")[-1]["data"]["punch_count"] == 1


def test_old_rows_of_a_replay_are_set_aside_without_holding_anything(port):
    port.approved()
    assert port.post(UPLOAD, b"1\t2026-01-05 08:00:00\t0\t1\n" + punch_lines("08:25:00")).body == b"OK: 2"
    assert [row["reason"] for row in port.rows("quarantine")] == ["TOO_OLD"]
    polled(port, 2)
    polled(port, 2)
    assert len(port.events("devices.device.reported")) == 1


# --- watermark


def test_a_backlog_moves_the_watermark_only_when_all_of_it_is_here(port):
    port.approved()
    assert polled(port, 3) == b"OK"
    assert port.events("devices.device.reported") == []
    port.post(UPLOAD, punch_lines("08:01:00", "08:02:00"))
    polled(port, 3)
    assert port.events("devices.device.reported") == []
    assert health(port)["missing_count"] == 1
    port.post(UPLOAD, punch_lines("08:03:00"))
    before = port.clock.at
    polled(port, 3, seconds=1)
    (event,) = port.events("devices.device.reported")
    # The terminal counted at some moment since the poll before: what was punched while this one was on its way is not in its count.
    assert event["data"] == {"device_sn": SN, "through": before.isoformat(), "punch_count": 3}
    polled(port, 3)
    assert len(port.events("devices.device.reported")) == 1
    polled(port, 3, seconds=60)
    assert len(port.events("devices.device.reported")) == 2


def test_without_info_a_quiet_interval_proves_that_nothing_is_left(port):
    port.approved()
    polled(port)
    first_poll = port.clock.at
    port.clock.at += timedelta(seconds=1)
    port.post(UPLOAD, punch_lines("08:01:00"))
    polled(port)
    assert port.events("devices.device.reported") == []
    second_poll = port.clock.at
    polled(port)
    assert [e["data"]["through"] for e in port.events("devices.device.reported")] == [second_poll.isoformat()]
    assert first_poll < second_poll


def test_a_refused_upload_stops_the_watermark_until_it_was_repeated(port):
    port.approved()
    polled(port, 0)
    polled(port, 0)
    usecases.disable_device(port.db, device_sn=SN)
    port.restart()
    port.post(UPLOAD, punch_lines("08:01:00"))
    usecases.approve_device(port.db, device_sn=SN)
    port.restart()
    for _ in range(4):
        polled(port, 0, seconds=100)
    assert len(port.events("devices.device.reported")) == 1
    port.post(UPLOAD, punch_lines("08:01:00"))
    polled(port, 1)
    assert len(port.events("devices.device.reported")) == 2


def test_after_the_log_was_cleared_the_count_alone_proves_nothing(port):
    port.approved()
    port.post(UPLOAD, punch_lines("08:01:00", "08:02:00", "08:03:00"))
    polled(port, 3)
    polled(port, 3)
    assert len(port.events("devices.device.reported")) == 1
    port.clock.at += timedelta(seconds=60)
    port.post(UPLOAD, punch_lines("08:20:00"))
    polled(port, 1)
    assert len(port.events("devices.device.reported")) == 1
    polled(port, 1, seconds=61)
    assert len(port.events("devices.device.reported")) == 2
    assert health(port)["log_cleared_at"] is not None


def test_a_gap_is_told_once_and_closes(port):
    port.approved()
    for _ in range(4):
        polled(port, 5)
    assert [(e["data"]["on_device"], e["data"]["stored"]) for e in port.events("devices.device.gap_found")] == [(5, 0)]
    port.post(UPLOAD, punch_lines(*[f"08:0{n}:00" for n in range(5)]))
    polled(port, 5)
    assert "gap_since" not in health(port)
    assert health(port)["missing_count"] == 0


# --- presence


def test_presence_is_computed_and_told_on_change_only(port):
    port.approved()
    port.get(POLL)

    def sweep() -> int:
        return housekeeping.sweep_presence(port.db, port.config, limit=100)

    assert [sweep(), sweep()] == [1, 0]
    port.clock.at += timedelta(seconds=90)
    assert sweep() == 0
    port.clock.at += timedelta(seconds=1)
    assert [sweep(), sweep()] == [1, 0]
    last_seen = NOW
    assert [e["data"]["last_seen_at"] for e in port.events("devices.device.offline")] == [last_seen.isoformat()]
    port.get(POLL)
    assert sweep() == 1
    assert len(port.events("devices.device.online")) == 2
    versions = [e["version"] for type_ in ("approved", "online", "offline", "reported") for e in port.events(f"devices.device.{type_}")]
    assert sorted(versions) == list(range(1, len(versions) + 1))


@pytest.mark.parametrize("when", ["before", "after"])
def test_pending_and_rating_devices_without_heartbeat_have_no_presence(port, when):
    port.get(f"/iclock/cdata?SN={SN}&options=all")
    token = port.approved("RATE-0001", kind="rating", window_id="w0001")
    port.call("POST", "/v1/rating-devices/RATE-0001/presses", b'{"press_id": "p", "key": 1}', authorization=f"Bearer {token}")
    assert housekeeping.sweep_presence(port.db, port.config, limit=100) == 0
    if when == "after":
        port.call("POST", "/v1/rating-devices/RATE-0001/heartbeat", authorization=f"Bearer {token}")
        assert housekeeping.sweep_presence(port.db, port.config, limit=100) == 1
