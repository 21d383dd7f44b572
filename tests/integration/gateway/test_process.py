"""The gateway as a process: start, health, reflection, TLS, stop."""

import datetime
import socket
import subprocess
import sys
import threading

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from chassis.testing import eventually
from tests.integration.gateway.conftest import EchoClient
from tests.integration.gateway.harness import GatewayProcess, refused
from tests.plugin import ROOT, free_port


@pytest.fixture
def start(amqp_uri, keys, echo_path, tmp_path):
    """`start(env={…})`: one more gateway, ended with the test."""
    started = []

    def begin(*, env=None, uri=None, ready=True):
        process = GatewayProcess(uri or amqp_uri, keys, tmp_path, env=env or {}, extra_path=str(echo_path))
        started.append(process)
        return process.start(ready=ready)

    yield begin
    for process in started:
        process.close()


def test_health_is_served_over_grpc_and_http(gateway):
    with gateway.channel() as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        for service in ("", "hallbus.v1.EchoService", "hallbus.v1.EventService"):
            answer = stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=5)
            assert answer.status == health_pb2.HealthCheckResponse.SERVING
    assert gateway.get("/healthz") == (200, '{"event_loop": true}')
    assert gateway.get("/readyz")[0] == 200
    assert gateway.get("/elsewhere")[0] == 404


def test_reflection_lists_the_services_and_gives_their_files(gateway):
    with gateway.channel() as channel:
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)
        asked = [
            reflection_pb2.ServerReflectionRequest(list_services=""),
            reflection_pb2.ServerReflectionRequest(file_containing_symbol="hallbus.v1.EventService"),
        ]
        listed, file = stub.ServerReflectionInfo(iter(asked), timeout=5)
    names = {service.name for service in listed.list_services_response.service}
    assert {"hallbus.v1.EventService", "hallbus.v1.EchoService", "grpc.health.v1.Health"} <= names
    files = [FileDescriptorProto.FromString(body).name for body in file.file_descriptor_response.file_descriptor_proto]
    assert "hallbus/v1/events.proto" in files


def _certificate(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = folder / "tls.crt", folder / "tls.key"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


def test_with_a_certificate_only_tls_is_spoken(start, tmp_path):
    certificate, key = _certificate(tmp_path)
    process = start(env={"HALLBUS_GATEWAY_TLS_CERT_FILE": str(certificate), "HALLBUS_GATEWAY_TLS_KEY_FILE": str(key)})
    check = health_pb2.HealthCheckRequest()
    with grpc.secure_channel(f"localhost:{process.port}", grpc.ssl_channel_credentials(certificate.read_bytes())) as channel:
        assert health_pb2_grpc.HealthStub(channel).Check(check, timeout=5).status == health_pb2.HealthCheckResponse.SERVING
    with process.channel() as plain, pytest.raises(grpc.RpcError) as caught:
        health_pb2_grpc.HealthStub(plain).Check(check, timeout=5)
    assert caught.value.code() == grpc.StatusCode.UNAVAILABLE


def _fails_to_start(env, extra_path=""):
    done = subprocess.run(
        [sys.executable, "-m", "gateway"], cwd=ROOT, env={"PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}:{extra_path}", **env},
        capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert done.returncode == 2, done
    return done.stderr


def test_all_wrong_settings_are_told_together():
    told = _fails_to_start({"HALLBUS_GATEWAY_PORT": "many", "HALLBUS_GATEWAY_DRAIN_SECONDS": "x", "HALLBUS_DRAIN_SECONDS": "soon"})
    for name in ("AMQP_URI", "HALLBUS_JWT_PUBLIC_KEY", "HALLBUS_GATEWAY_PORT", "HALLBUS_DRAIN_SECONDS"):
        assert name in told


def test_a_certificate_without_its_key_is_refused(tmp_path, keys, amqp_uri):
    certificate, _ = _certificate(tmp_path)
    settings = {
        "AMQP_URI": amqp_uri,
        "HALLBUS_JWT_PUBLIC_KEY_FILE": str(keys.public_file),
        "HALLBUS_GATEWAY_TLS_CERT_FILE": str(certificate),
    }
    assert "HALLBUS_GATEWAY_TLS_KEY_FILE" in _fails_to_start(settings)


def test_a_key_file_without_an_ed25519_key_is_refused(tmp_path, amqp_uri):
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("no key")
    assert "no Ed25519 public key" in _fails_to_start({"AMQP_URI": amqp_uri, "HALLBUS_JWT_PUBLIC_KEY_FILE": str(wrong)})


@pytest.mark.parametrize("port", ["HALLBUS_GATEWAY_PORT", "HALLBUS_GATEWAY_METRICS_PORT"])
def test_a_port_that_is_taken_is_told(keys, amqp_uri, port):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = {"HALLBUS_GATEWAY_PORT": str(free_port()), "HALLBUS_GATEWAY_METRICS_PORT": str(free_port())}
        settings = {"AMQP_URI": amqp_uri, "HALLBUS_JWT_PUBLIC_KEY_FILE": str(keys.public_file)}
        told = _fails_to_start(settings | free | {port: str(taken.getsockname()[1])})
    assert "cannot listen" in told or "in use" in told


def test_protos_that_cannot_be_served_are_all_named(tmp_path, keys, amqp_uri, monkeypatch):
    proto = tmp_path / "proto" / "hallbus" / "v1"
    proto.mkdir(parents=True)
    (proto / "broken.proto").write_text(
        'syntax = "proto3"; package hallbus.v1; import "hallbus/v1/options.proto";\n'
        "message BrokenRequest { string name = 1; }\n"
        "service BrokenService {\n"
        "  rpc NoRule(BrokenRequest) returns (BrokenRequest);\n"
        "  rpc NoPermission(BrokenRequest) returns (BrokenRequest) { option (hallbus.v1.rule) = {}; }\n"
        '  rpc NoRequestId(BrokenRequest) returns (BrokenRequest) { option (hallbus.v1.rule) = {permission: "x", mutating: true}; }\n'
        '  rpc NoHall(BrokenRequest) returns (BrokenRequest) { option (hallbus.v1.rule) = {permission: "x", hall_field: "hall"}; }\n'
        '  rpc Streams(stream BrokenRequest) returns (BrokenRequest) { option (hallbus.v1.rule) = {permission: "x"}; }\n'
        "}\n"
    )
    from gateway import protogen

    protogen.generate(tmp_path, proto=tmp_path / "proto")
    settings = {"AMQP_URI": amqp_uri, "HALLBUS_JWT_PUBLIC_KEY_FILE": str(keys.public_file)}
    told = _fails_to_start(settings, str(tmp_path))
    for method, problem in {
        "NoRule": "has no rule",
        "NoPermission": "names no permission",
        "NoRequestId": "no string request_id",
        "NoHall": "hall_field 'hall'",
        "Streams": "streams",
    }.items():
        assert any(f"BrokenService/{method}: " in line and problem in line for line in told.splitlines()), told


def test_sigterm_lets_running_calls_finish_and_takes_no_new_ones(start, run_services, messages, keys):
    run_services("echo", env={"HALLBUS_SERVICE_MODULE": "tests.integration.gateway.echo"})
    process = start()
    with process.channel() as channel:
        client = EchoClient(channel, messages, keys)
        ended = []
        running = threading.Thread(target=lambda: ended.append(client.Wait(seconds=1.5, within=10).subject))
        running.start()
        eventually(lambda: process.metric("hallbus_gateway_requests_in_flight") == 1)
        assert process.stop() == 0
        running.join(10)
    assert ended == ["a0001"]
    assert '"event":"gateway_draining"' in process.log()


def test_calls_longer_than_the_drain_are_cut_off_with_exit_code_1(start, run_services, messages, keys):
    run_services("echo", env={"HALLBUS_SERVICE_MODULE": "tests.integration.gateway.echo"})
    process = start(env={"HALLBUS_DRAIN_SECONDS": "0.5"})
    with process.channel() as channel:
        client = EchoClient(channel, messages, keys)
        ended = []
        running = threading.Thread(target=lambda: ended.append(refused(client.Wait, seconds=20, within=30)))
        running.start()
        eventually(lambda: process.metric("hallbus_gateway_requests_in_flight") == 1)
        assert process.stop(within=8) == 1
        running.join(10)
    assert ended[0].code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)


def test_it_refuses_to_run_monkey_patched(keys, amqp_uri):
    code = "import eventlet; eventlet.monkey_patch()\nimport runpy; runpy.run_module('gateway', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}", "AMQP_URI": amqp_uri, "HALLBUS_JWT_PUBLIC_KEY_FILE": str(keys.public_file)},
    )  # fmt: skip
    assert done.returncode != 0
    assert "monkey patch" in done.stderr
