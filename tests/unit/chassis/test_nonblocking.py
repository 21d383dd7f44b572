"""Nobody who writes waits for the broker: bytes lie in a bounded queue and leave whole and in order, or the call is refused."""

import asyncio
import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from chassis.nonblocking import MOST_BYTES, LoopPump, Outgoing, ThreadPump
from chassis.testing import eventually

LOCK = threading.RLock


@pytest.fixture
def pair():
    here, there = socket.socketpair()
    here.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
    yield here, there
    here.close()
    there.close()


def everything(sock, count):
    got = bytearray()
    while len(got) < count:
        got += sock.recv(65536)
    return bytes(got)


def numbered(count, size):
    return [bytes([n % 251]) * size for n in range(count)]


def self_signed():
    """A key and a certificate for it, in PEM."""
    key, name, now = ec.generate_private_key(ec.SECP256R1()), x509.Name([]), datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1)).sign(
        key, hashes.SHA256()
    )
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)


def test_what_the_socket_does_not_take_waits_and_leaves_in_order(pair):
    here, there = pair
    outgoing, messages = Outgoing(here), numbered(40, 30_000)
    began = time.monotonic()
    for message in messages:
        outgoing.put(message)
    assert not outgoing.flush()
    assert time.monotonic() - began < 1
    assert 0 < outgoing.bytes < 40 * 30_000
    got = bytearray()
    while not outgoing.flush():
        got += there.recv(65536)
    assert bytes(got) + everything(there, 40 * 30_000 - len(got)) == b"".join(messages)
    assert outgoing.bytes == 0


def test_a_message_whose_time_is_over_is_not_begun_and_one_that_is_begun_is_finished(pair):
    here, there = pair
    outgoing = Outgoing(here)
    soon = time.monotonic() + 0.05
    outgoing.put(b"b" * 300_000, soon)
    assert not outgoing.flush()
    outgoing.put(b"l" * 50_000, soon)
    outgoing.put(b"a" * 10)
    eventually(lambda: time.monotonic() > soon)
    got = bytearray()
    while not outgoing.flush():
        got += there.recv(65536)
    got += everything(there, 300_010 - len(got))
    assert got == b"b" * 300_000 + b"a" * 10
    assert outgoing.bytes == 0


def test_a_peer_that_reads_nothing_fills_it_up_to_its_bound(pair):
    outgoing = Outgoing(pair[0])
    while not outgoing.full:
        outgoing.put(b"x" * 1_000_000)
        outgoing.flush()
    assert MOST_BYTES < outgoing.bytes < MOST_BYTES + 1_000_001


def test_a_thread_sends_what_the_writer_left(pair):
    here, there = pair
    outgoing, lock = Outgoing(here), LOCK()
    pump = ThreadPump(outgoing, lock, here, "test")
    messages = numbered(30, 20_000)
    for message in messages:
        with lock:
            outgoing.put(message)
            pump.written()
    assert outgoing.bytes > 0
    assert everything(there, 600_000) == b"".join(messages)
    eventually(lambda: outgoing.bytes == 0)
    with lock:
        outgoing.put(b"again")
        pump.written()
    assert everything(there, 5) == b"again"
    pump.close()


def test_a_loop_sends_what_one_turn_wrote_together_and_the_rest_when_there_is_room(pair):
    here, there = pair

    async def run():
        outgoing, lock, lost = Outgoing(here), LOCK(), []
        pump = LoopPump(outgoing, lock, here, asyncio.get_running_loop(), lost=lambda: lost.append(1))
        for word in (b"one ", b"two"):
            outgoing.put(word)
            pump.written()
        assert outgoing.bytes == 7
        await asyncio.sleep(0)
        assert (outgoing.bytes, there.recv(100)) == (0, b"one two")
        messages = numbered(30, 20_000)
        for message in messages:
            outgoing.put(message)
            pump.written()
        assert await asyncio.to_thread(everything, there, 600_000) == b"".join(messages)
        assert (outgoing.bytes, lost) == (0, [])
        there.close()
        for _ in range(2):
            outgoing.put(b"x")
            pump.written()
            await asyncio.sleep(0)
        assert lost
        await asyncio.to_thread(pump.close)

    asyncio.run(run())


def test_tls_is_written_by_the_same_path(pair, tmp_path):
    here, there = pair
    chain = tmp_path / "chain.pem"
    chain.write_bytes(self_signed())
    serving, asking = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    serving.load_cert_chain(chain)
    asking.check_hostname, asking.verify_mode = False, ssl.CERT_NONE
    server = []
    accepting = threading.Thread(target=lambda: server.append(serving.wrap_socket(there, server_side=True)))
    accepting.start()
    client = asking.wrap_socket(here)
    accepting.join(10)
    client.settimeout(0)
    outgoing, lock = Outgoing(client), LOCK()
    pump = ThreadPump(outgoing, lock, client, "test")
    messages = numbered(30, 20_000)
    for message in messages:
        with lock:
            outgoing.put(message)
            pump.written()
    assert everything(server[0], 600_000) == b"".join(messages)
    eventually(lambda: outgoing.bytes == 0)
    pump.close()
    client.close()
    server[0].close()
