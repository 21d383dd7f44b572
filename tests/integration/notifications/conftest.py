"""The service on a real database, and real SMTP servers in the test's own process: kind, refusing, silent and dripping ones."""

import asyncio
import contextlib
import email
import email.policy
import ipaddress
import socket
import ssl
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from chassis.testing import a_received, deliver, make_service
from contracts import REGISTRY
from services.notifications.config import NotificationsConfig
from services.notifications.service import NotificationsService
from tests.plugin import free_port

HALL = {
    "hall_id": "h0001", "name": "示例市政务服务中心", "level": "city", "region": "52.02", "zone": "Asia/Shanghai", "parent_id": None,
    "status": "active", "units": [],
    "windows": [{"window_id": "w0001", "code": "A01", "name": "企业登记", "unit_id": "u0001", "kind": "unit"}],
}  # fmt: skip
STAFF = {
    "staff_id": "s0001", "name": "王丽", "hall_id": "h0001", "unit_id": "u0001", "window_id": "w0001", "pin": "1001", "post": "A",
    "status": "active", "valid_from": "2026-01-01", "valid_to": None,
}  # fmt: skip
ITEM = next(iter(REGISTRY.get("directory.item.published").examples))


def an_event(type_, event_id=None, subject="c1", version=7, hall_id="h0001", region="52.02", **over):
    data = REGISTRY.get(type_).examples[0] | over
    return a_received(REGISTRY, type_, data, subject=subject, version=version, hall_id=hall_id, region=region, event_id=event_id)


def due_soon(**over):
    return an_event("intake.case.due_soon", **({"case_id": "c1", "window_id": "w0001", "staff_id": "s0001"} | over))


def hall_changed(version=1, **over):
    return an_event("directory.hall.changed", subject=over.get("hall_id", "h0001"), version=version, **(HALL | over))


def staff_changed(version=1, region="52.02", **over):
    data = STAFF | over
    return a_received(
        REGISTRY, "directory.staff.changed", data, subject=data["staff_id"], version=version, region=region, hall_id=data["hall_id"]
    )


class Postbox:
    """What an SMTP server took, and what it is to answer next ("" means accept)."""

    def __init__(self):
        self.letters = []
        self.answers = []

    async def handle_DATA(self, server, session, envelope):
        answer = self.answers.pop(0) if self.answers else ""
        if answer:
            return answer
        self.letters.append((list(envelope.rcpt_tos), email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return "250 taken"


class _Server(Controller):
    """aiosmtpd stops its loop under connections that are open; their sockets would be left to the garbage collector, in some later test."""

    def __init__(self, *args, **options):
        self.spoken = []
        super().__init__(*args, **options)

    def factory(self):
        self.spoken.append(super().factory())
        return self.spoken[-1]

    async def hang_up(self):
        for protocol in self.spoken:
            for transport in {protocol.transport, protocol._original_transport} - {None}:
                transport.abort()
        for _ in range(5):  # what an abort leads to is done in the next rounds of the loop
            await asyncio.sleep(0)


@contextlib.contextmanager
def smtp_server(box, port, **options):
    controller = _Server(box, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(controller.hang_up(), controller.loop).result(10)
        controller.stop()


@pytest.fixture
def postbox():
    """A running SMTP server; `.port`, `.letters`, `.answers`."""
    box = Postbox()
    box.port = free_port()
    with smtp_server(box, box.port):
        yield box


@dataclass(frozen=True)
class Tls:
    """A server's TLS context, and the file that vouches for it."""

    context: ssl.SSLContext
    ca_file: str


@pytest.fixture
def tls(tmp_path):
    """A certificate for 127.0.0.1 that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now - timedelta(days=1), now + timedelta(days=1)
    )
    certificate = builder.add_extension(address, critical=False).sign(key, hashes.SHA256())
    ca_file, key_file = tmp_path / "ca.pem", tmp_path / "key.pem"
    ca_file.write_bytes(certificate.public_bytes(Encoding.PEM))
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ca_file, key_file)
    return Tls(context, str(ca_file))


def only_wang(_server, _session, _envelope, mechanism, data):
    """An authenticator that knows one account."""
    good = (data.login, data.password) == (b"wang", b"opensesame")
    return AuthResult(success=good, handled=good)


@pytest.fixture
def tiresome():
    """Servers that waste time: `tiresome(b"")` says nothing, `tiresome(b"2")` sends that byte again and again; gives the port."""
    stop, listeners = threading.Event(), []

    def serve(listener, drip):
        peers = []
        with contextlib.suppress(OSError):
            while not stop.is_set():
                peers.append(listener.accept()[0])
                while drip and not stop.wait(0.05):
                    peers[-1].sendall(drip)
        for peer in peers:
            peer.close()

    def start(drip):
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        threading.Thread(target=serve, args=(listener, drip), daemon=True).start()
        return listener.getsockname()[1]

    yield start
    stop.set()
    for listener in listeners:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def db(make_db):
    return make_db("notifications")


@pytest.fixture
def make(db):
    """The service with settings: `make(smtp_host=…)`."""
    return lambda **settings: make_service(NotificationsService, db=db, config=NotificationsConfig(**settings))


@pytest.fixture
def service(make):
    return make()


@pytest.fixture
def city(service):
    """One window with a head (A post), a colleague (B post) and a hall administrator elsewhere."""
    item = an_event("directory.item.published", subject="i0001", **ITEM)
    people = [
        staff_changed(),
        staff_changed(staff_id="s0002", name="李强", post="B"),
        staff_changed(staff_id="s0009", name="赵云", window_id=None),
    ]
    deliver(service, [hall_changed(), item, *people], entry="on_reference")
    return service


@pytest.fixture
def calls():
    """Run as a caller: `with calls(caller): …`."""
    from chassis import context

    return lambda caller: context.use(context.Context(caller=caller))
