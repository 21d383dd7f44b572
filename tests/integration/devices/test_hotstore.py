"""Uploads that arrive together share a statement, and nothing else."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from chassis.errors import DeadlineExceeded, Unavailable
from chassis.testing import eventually
from services.devices import hotstore, usecases
from services.devices.drivers.port import Call, Punches, Raw
from services.devices.hotstore import HotStore
from services.devices.ingest import pack
from services.devices.register import Register

AT = datetime(2026, 11, 23, 0, 31, tzinfo=UTC)


def a_parcel(port, sn: str, *clocks: str, body: bytes = b"raw"):
    known = Register(port.db, port.config).known(sn, fresh=True)
    count = len(clocks)
    punches = Punches(count, ["1001"] * count, [f"2026-11-23 {clock}" for clock in clocks], ["255"] * count, ["15"] * count, ["0"] * count)
    call = Call("POST", "/iclock/cdata", f"SN={sn}&table=ATTLOG", {}, {}, body, len(body), AT)
    return pack(known, punches, Raw("ATTLOG", body, count), call, None)


class Gate:
    """Holds the first statement until everybody has queued up; counts what each statement took."""

    def __init__(self, store: HotStore, expected: int) -> None:
        self.sizes: list[int] = []
        original = store._write

        def write(tickets):
            if not self.sizes:
                deadline = threading.Event()
                while len(store._waiting) < expected and not deadline.wait(0.01):
                    pass
            self.sizes.append(len(tickets))
            original(tickets)

        store._write = write


def together(store: HotStore, parcels: list) -> list:
    outcomes: list = [None] * len(parcels)

    def run(number: int) -> None:
        try:
            outcomes[number] = store.store(parcels[number])
        except Unavailable as error:
            outcomes[number] = error.reason

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(parcels))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


@pytest.fixture
def one_writer(monkeypatch):
    monkeypatch.setattr(hotstore, "WRITERS", 1)


def test_those_that_wait_go_together_and_each_gets_its_own_event(port, one_writer):
    for number in range(10):
        port.approved(f"T{number}")
    store = HotStore(port.db, 10)
    gate = Gate(store, 9)
    parcels = [a_parcel(port, f"T{number}", "08:00:00", f"08:01:{number:02}") for number in range(10)]
    assert together(store, parcels) == [True] * 10
    assert gate.sizes == [1, 9]
    events = port.events("devices.punch.recorded")
    assert sorted(e["data"]["device_sn"] for e in events) == [f"T{number}" for number in range(10)]
    assert [[p["local_time"][-8:] for p in e["data"]["punches"]] for e in events if e["data"]["device_sn"] == "T7"] == [
        ["08:00:00", "08:01:07"]
    ]
    assert {row["stored_count"] for row in port.rows("contacts")} == {2}
    assert len(port.rows("uploads")) == 10


def test_the_same_punch_in_two_uploads_of_one_statement_is_told_once(port, one_writer):
    port.approved("T1")
    store = HotStore(port.db, 10)
    Gate(store, 4)
    parcels = [a_parcel(port, "T1", "08:00:00", "08:00:01") for _ in range(5)]
    assert together(store, parcels) == [True] * 5
    assert len(port.rows("punches")) == 2
    assert [len(e["data"]["punches"]) for e in port.events("devices.punch.recorded")] == [2]
    assert [row["stored_count"] for row in port.rows("contacts")] == [2]
    assert len(port.rows("uploads")) == 5


def test_a_device_that_lost_its_approval_does_not_cost_the_others(port, one_writer):
    for sn in ("T1", "T2", "T3"):
        port.approved(sn)
    parcels = [a_parcel(port, sn, "08:00:00") for sn in ("T1", "T2", "T3")]
    usecases.disable_device(port.db, device_sn="T2")
    store = HotStore(port.db, 10)
    Gate(store, 2)
    assert together(store, parcels) == [True, False, True]
    assert sorted(row["device_sn"] for row in port.rows("punches")) == ["T1", "T3"]


def test_an_upload_the_database_refuses_does_not_cost_the_others(port, one_writer):
    for sn in ("T1", "T2", "T3"):
        port.approved(sn)
    parcels = [a_parcel(port, sn, "08:00:00") for sn in ("T1", "T2", "T3")]
    parcels[1].upload["line_counts"] = 1 << 40
    store = HotStore(port.db, 10)
    Gate(store, 2)
    assert together(store, parcels) == [True, "DATABASE_UNAVAILABLE", True]
    assert sorted(row["device_sn"] for row in port.rows("punches")) == ["T1", "T3"]
    assert together(store, [a_parcel(port, "T2", "08:00:00")]) == [True]


def test_a_large_backlog_takes_nobody_along(port, one_writer, monkeypatch):
    monkeypatch.setattr(hotstore, "MOST_ROWS", 3)
    port.approved("T1")
    store = HotStore(port.db, 10)
    gate = Gate(store, 3)
    parcels = [a_parcel(port, "T1", *[f"08:0{number}:0{second}" for second in range(2)]) for number in range(4)]
    assert together(store, parcels) == [True] * 4
    assert gate.sizes == [1, 1, 1, 1]


def test_connections_that_died_while_idle_are_replaced(port):
    port.approved("T1")
    store = HotStore(port.db, 10)
    assert store.store(a_parcel(port, "T1", "08:00:00"))
    for connection in store._idle:
        connection.close()
    assert store.store(a_parcel(port, "T1", "08:00:01"))


@contextmanager
def held_up(port, store: HotStore, parcel):
    """A statement waits for the contact row of its device; gives the list its outcome will be in."""
    outcome: list = []
    with port.db.transaction() as tx:
        tx.execute(f"SELECT 1 FROM devices.contacts WHERE device_sn = '{parcel.upload['sns']}' FOR UPDATE")
        thread = threading.Thread(target=lambda: outcome.append(store.store(parcel)))
        thread.start()
        eventually(lambda: waiting_for_a_lock(port))
        yield outcome
    thread.join(30)


def waiting_for_a_lock(port) -> int:
    with port.db.engine.connect() as connection:
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        return connection.exec_driver_sql(query).scalar_one()


def test_a_statement_that_is_held_up_does_not_hold_up_the_others(port):
    for sn in ("T1", "T2"):
        port.approved(sn)
    store = HotStore(port.db, 20)
    assert store.store(a_parcel(port, "T1", "08:00:00"))
    with held_up(port, store, a_parcel(port, "T1", "08:00:01")) as outcome:
        assert store.store(a_parcel(port, "T2", "08:00:00"))
        assert outcome == []
    assert outcome == [True]


def test_who_gave_up_waiting_is_not_stored_afterwards_and_the_next_one_is(port, one_writer):
    for sn in ("T1", "T2"):
        port.approved(sn)
    store = HotStore(port.db, 0.2)
    assert store.store(a_parcel(port, "T1", "08:00:00"))
    with held_up(port, store, a_parcel(port, "T1", "08:00:01")):
        with pytest.raises(DeadlineExceeded, match="UPLOAD_TIMEOUT"):
            store.store(a_parcel(port, "T2", "08:00:00"))
    assert store.store(a_parcel(port, "T2", "08:00:01"))
    assert [str(row["local_time"]) for row in port.rows("punches", device_sn="T2")] == ["2026-11-23 08:00:01"]


def test_many_at_once_on_several_writers(port):
    for number in range(4):
        port.approved(f"T{number}")
    store = HotStore(port.db, 20)
    parcels = [a_parcel(port, f"T{number % 4}", f"08:{number:02}:00", "08:59:00") for number in range(40)]
    assert together(store, parcels) == [True] * 40
    assert len(port.rows("punches")) == 44
    assert sum(len(e["data"]["punches"]) for e in port.events("devices.punch.recorded")) == 44
    assert sum(row["stored_count"] for row in port.rows("contacts")) == 44


def test_the_id_of_a_punch_is_the_digest_of_its_identity(port):
    port.approved("T1")
    parcel = a_parcel(port, "T1", "08:00:00", "08:00:00")
    assert HotStore(port.db, 10).store(parcel)
    (row,) = port.rows("punches")
    assert row["punch_id"].hex == sha256(b"T1|1001|2026-11-23 08:00:00|255|15|0").hexdigest()[:32]
    (event,) = port.events("devices.punch.recorded")
    assert [p["punch_id"] for p in event["data"]["punches"]] == [row["punch_id"].hex]
