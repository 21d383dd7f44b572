"""The other tables and answers of PUSH: operations, options, results, option block, commands, redaction."""

from __future__ import annotations

import gzip
import io
import tarfile
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from services.devices.domain.commands import Order, wire_text
from services.devices.domain.errors import CommandRefused
from services.devices.drivers.port import Known
from services.devices.drivers.zk_push import archive, handshake, operlog, options, redact, results

NOW = datetime(2026, 11, 23, 0, 31, tzinfo=UTC)
# Readings of the terminal's own clock have no zone.
WALL_1, WALL_2 = NOW.replace(tzinfo=None, month=10, day=1, hour=0, minute=0), NOW.replace(tzinfo=None, month=10, day=2, hour=0, minute=0)


def a_known(**over) -> Known:
    fields = {
        "device_sn": "BOCK200961014", "family": "zk_push", "state": "approved", "enrolment": 1, "region": "52.02", "hall_id": "h0001", "window_id": None,
        "zone": ZoneInfo("Asia/Shanghai"), "charset": None, "token_hash": None, "device_type": None, "dialect": None, "stamps": {}, **over,
    }  # fmt: skip
    return Known(**fields)


def test_operations_are_read_among_other_kinds():
    lines = operlog.lines_of(
        b"OPLOG 13\t0\t2024-03-12 11:03:28\t0\t0\t0\t0\r\nUSER PIN=1\tName=Ali\tPri=0\tPasswd=123\tCard=\tGrp=1\r\n"
        b"OPLOG 6\t0\t2024-06-13 12:55:41\t1\t0\t0\t906\r\nFP PIN=1\tFID=0\tSize=440\tValid=1\tTMP=abc==\r\nOPLOG x\t0\tt\r\n"
    )
    assert len(lines) == 5
    assert [(o.code, o.local_time, o.objects) for o in operlog.operations(lines)] == [
        (13, "2024-03-12 11:03:28", "0|0|0|0"),
        (6, "2024-06-13 12:55:41", "1|0|0|906"),
    ]
    assert operlog.lines_of(b"") == []
    assert operlog.lines_of(b"\r\n\n") == []


@pytest.mark.parametrize(
    ("table", "body", "kept"),
    [
        (
            "OPERLOG",
            b"USER PIN=1\tName=Ali\tPasswd=123\tCard=9988\tGrp=1",
            b"USER PIN=1\tName=<removed>\tPasswd=<removed>\tCard=<removed>\tGrp=1",
        ),
        ("OPERLOG", b"FP PIN=1\tFID=0\tTMP=TUdTUzIx+/==\nOPLOG 4\t0\tt", b"FP PIN=1\tFID=0\tTMP=<removed>\nOPLOG 4\t0\tt"),
        ("BIODATA", b"BIODATA Pin=1\tNo=0\tTmp=AAAA==\r\n", b"BIODATA Pin=1\tNo=0\tTmp=<removed>\r\n"),
        ("IDCARD", b"IDCARD anything", None),
        ("FACE", b"FACE PIN=1\tTMP=x", None),
        (
            "ATTPHOTO",
            b"PIN=20260902080000-11.jpg\nSN=P1\nsize=4\nCMD=uploadphoto\0\xff\xd8\xff\xd9",
            b"PIN=20260902080000-11.jpg\nSN=P1\nsize=4\nCMD=uploadphoto",
        ),
        (
            "ATTLOG",
            b"1\t2026-11-23 08:30:58\t0\t1\t0\t0\t0\t52020119900101123X\t0\n2\t2026-11-23 08:30:58\t0\t1",
            b"1\t2026-11-23 08:30:58\t0\t1\t0\t0\t0\t<removed>\t0\n2\t2026-11-23 08:30:58\t0\t1",
        ),
        ("ATTLOG", b"123456\t2026-11-23 08:30:58\t0\t1\t0\t0\t0\t", b"123456\t2026-11-23 08:30:58\t0\t1\t0\t0\t0\t"),
        (
            "user",
            b"user uid=5\tcardno=77\tpin=4\tpassword=1234\tname=x",
            b"user uid=5\tcardno=<removed>\tpin=4\tpassword=<removed>\tname=<removed>",
        ),
    ],
)
def test_personal_data_is_removed_before_anything_is_kept(table, body, kept):
    assert redact.clean(table, body) == kept


def test_options_keep_commas_inside_values():
    text = "~MaxFaceCount=3000,FaceCount=227,Language=69,IPAddress=10.1.1.17,~OEMVendor=ZKTECO CO., LTD.,FWVersion=Ver 8.0.4.6-20221201,RegDeviceType=,VisilightFun=\n~X=1"
    assert options.facts(text) == {
        "MaxFaceCount": "3000", "FaceCount": "227", "Language": "69", "IPAddress": "10.1.1.17", "OEMVendor": "ZKTECO CO., LTD.",
        "FWVersion": "Ver 8.0.4.6-20221201", "RegDeviceType": "", "VisilightFun": "", "X": "1",
    }  # fmt: skip


def test_info_is_positional_and_forgiving():
    full = options.info("ZAM70-NF24HA-Ver3.3.12,27,73,283,192.168.1.201,13,40,12,3,11110,0,25,0")
    assert (full.firmware, full.users, full.punches, full.ip_address) == ("ZAM70-NF24HA-Ver3.3.12", 27, 283, "192.168.1.201")
    assert options.info("Ver 2.0,x,,-5").punches is None
    assert options.info(None).punches is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"ID=66&Return=0&CMD=CHECK\n", [("66", 0, "CHECK")]),
        (b"CMD=DATA&ID=7&Return=-1", [("7", -1, "DATA")]),
        (
            b"ID=info8487&Return=0&CMD=DATA\nID=info8488&Return=0&CMD=DATA\nID=fp7464&Return=3&CMD=DATA\n",
            [("info8487", 0, "DATA"), ("info8488", 0, "DATA"), ("fp7464", 3, "DATA")],
        ),
        (b"ID=1&Return=0&CMD=INFO\r\n~DeviceName=F20\r\nUserCount=3\r\n", [("1", 0, "INFO")]),
        (b"ID=2\nReturn=0\nCMD=Shell\nContent=a=b&ID=9|x\nID=10&Return=0&CMD=DATA\n", [("2", 0, "Shell")]),
        (b"ID=5&Return=0&CMD=VERIFY SUM&StartTime=a&EndTime=b&AttlogSum=123", [("5", 0, "VERIFY SUM")]),
        (b"Return=0&CMD=DATA", []),
        (b"", []),
        (b"\x00\xff garbage", []),
    ],
)
def test_results_are_read_in_every_shape(body, expected):
    assert [(r.command_id, r.code, r.command) for r in results.results(body, "utf-8")] == expected


def test_facts_of_a_result_stay_with_it():
    (info,) = results.results(b"ID=1&Return=0&CMD=INFO\n~DeviceName=F20/M\nIPAddress=10.0.0.9\n", "utf-8")
    assert info.facts == {"devicename": "F20/M", "ipaddress": "10.0.0.9"}
    (shell,) = results.results(b"ID=66\nSN=X\nReturn=0\nCMD=Shell\nFILENAME=o.txt\nContent=ACC=1\nID=9\n", "utf-8")
    assert shell.detail == "ACC=1\nID=9\n"


def test_the_option_block_byte_for_byte():
    assert handshake.option_block(a_known(), "2.4.1", NOW, delay=10, error_delay=30) == (
        "GET OPTION FROM: BOCK200961014\nATTLOGStamp=None\nOPERLOGStamp=None\nATTPHOTOStamp=None\nBIODATAStamp=None\nIDCARDStamp=None\n"
        "ERRORLOGStamp=None\nErrorDelay=30\nDelay=10\nTransTimes=00:00;14:05\nTransInterval=1\n"
        "TransFlag=TransData AttLog\tOpLog\tEnrollUser\tChgUser\nTimeZone=8\nRealtime=1\nEncrypt=None\nSupportPing=1\nPushOptionsFlag=1\n"
        "PushOptions=FingerFunOn,FaceFunOn,UserCount,TransactionCount,FWVersion,IPAddress\nMaxPostSize=1048576\n"
    )


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Asia/Shanghai", "8"),
        ("Asia/Urumqi", "6"),
        ("Asia/Kolkata", "330"),
        ("Asia/Kathmandu", "345"),
        ("UTC", "0"),
        ("America/New_York", "-5"),
    ],
)
def test_zones_are_hours_or_minutes_never_names(zone, shown):
    assert handshake.time_zone(a_known(zone=ZoneInfo(zone)), NOW) == shown


@pytest.mark.parametrize(
    ("version", "old"),
    [("2.2.13", True), ("2.0.33", True), ("2.2.14", False), ("2.4.1", False), ("3.1.2", False), (None, False), ("x", False)],
)
def test_old_firmware_also_gets_the_old_stamp_names(version, old):
    block = handshake.option_block(a_known(stamps={"ATTLOG": "9999"}), version, NOW, delay=10, error_delay=30)
    assert ("\nStamp=9999\nOpStamp=None\nPhotoStamp=None\n" in block) == old
    assert "\nATTLOGStamp=9999\n" in block


def test_the_packed_time_of_the_vendor():
    at = datetime(2026, 9, 25, 3, 37, 36, tzinfo=UTC)
    assert handshake.packed_time(at, a_known()) == "859203456"
    assert handshake.server_zone(a_known(), at) == "+0800"


@pytest.mark.parametrize(
    ("order", "text"),
    [
        (Order("check"), "CHECK"),
        (Order("log"), "LOG"),
        (Order("info"), "INFO"),
        (
            Order("query_punches", WALL_1, WALL_2),
            "DATA QUERY ATTLOG StartTime=2026-10-01 00:00:00\tEndTime=2026-10-02 00:00:00",
        ),
        (
            Order("set_user", pin="1001", name="张三"),
            "DATA UPDATE USERINFO PIN=1001\tName=张三\tPri=0\tPasswd=\tCard=\tGrp=1\tTZ=0000000100000000\tVerify=-1",
        ),
    ],
)
def test_commands_are_typed(order, text):
    assert wire_text(order, "gb18030") == text


def test_a_name_can_never_become_a_command():
    text = wire_text(Order("set_user", pin="1", name="Eve\nC:9:SHELL reboot\tPri=14\r"), "utf-8")
    assert "\n" not in text
    assert "\r" not in text
    assert text.count("\t") == 7
    assert "Name=EveC:9:SHELL rebootPri=1" in text


def test_names_are_cut_at_whole_characters_of_the_devices_encoding():
    name = wire_text(Order("set_user", pin="1", name="欧阳" * 10), "gb18030").split("Name=")[1].split("\t")[0]
    assert (name, len(name.encode("gb18030"))) == ("欧阳" * 6, 24)
    assert wire_text(Order("set_user", pin="1", name="欧阳" * 10), "utf-8").split("Name=")[1].split("\t")[0] == "欧阳" * 4


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (Order("shell"), "COMMAND_UNKNOWN"),
        (Order("query_punches", WALL_1), "WINDOW_MISSING"),
        (Order("query_punches", WALL_2, WALL_1), "WINDOW_REVERSED"),
        (Order("set_user", pin="1\t2", name="x"), "PIN_INVALID"),
        (Order("set_user", pin=None, name="x"), "PIN_INVALID"),
        (Order("set_user", pin="1", name="\n"), "NAME_MISSING"),
    ],
)
def test_a_command_that_cannot_be_said_is_refused(order, reason):
    with pytest.raises(CommandRefused) as caught:
        wire_text(order, "utf-8")
    assert caught.value.reason == reason


def a_tgz(*members: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for number, content in enumerate(members):
            entry = tarfile.TarInfo(f"log{number}")
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def test_an_archive_gives_the_text_of_its_members():
    assert archive.unpack(a_tgz(b"OPLOG 4\t0\tt\r\n", b"OPLOG 5\t0\tt")) == b"OPLOG 4\t0\tt\nOPLOG 5\t0\tt\n"


@pytest.mark.parametrize(
    "body",
    [b"", b"not gzip", gzip.compress(b"not tar"), a_tgz(b"x")[:20], gzip.compress(b"\0" * (33 * 1024 * 1024))],
    ids=["empty", "not gzip", "not tar", "cut off", "bomb"],  # archives carry the time of their making, ids must not
)
def test_a_bad_archive_or_a_bomb_is_named(body):
    with pytest.raises(archive.NotAnArchive):
        archive.unpack(body)
