"""The load generators count what was really answered: each is held against a real server of its protocol."""

import threading
from collections import Counter
from concurrent import futures
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import grpc
import pytest

from bench.loads.grpc import GrpcLoad, GrpcLoadError, literal
from bench.loads.http import HttpLoad, HttpLoadError


@pytest.fixture
def echo_port():
    """A grpcio server that echoes bytes, and refuses the message `bad`."""
    seen = Counter()

    def echo(request, context):
        seen[request] += 1
        assert ("x-api-key", "secret") in [tuple(pair) for pair in context.invocation_metadata()]
        if request == b"bad":
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "refused")
        return request * 3

    server = grpc.server(futures.ThreadPoolExecutor(8))
    handler = grpc.unary_unary_rpc_method_handler(echo)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("test.Echo", {"Echo": handler}),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield port, seen
    server.stop(0).wait()


def grpc_load(port):
    return GrpcLoad(port, "/test.Echo/Echo", metadata=[("x-api-key", "secret")], in_flight=8, connections=2)


def test_grpc_load_reports_every_call_once(echo_port):
    port, seen = echo_port
    load = grpc_load(port)
    result = load.run(lambda number: b"%d," % number, first=100, seconds=0.3)
    load.close()
    assert {b"%d," % number: 1 for number, _ in result.replies} == dict(seen)
    assert all(body == b"%d," % number * 3 for number, body in result.replies)
    assert len(result.replies) == len(result.latencies) > 8


def test_grpc_load_survives_more_bytes_than_one_flow_control_window(echo_port):
    port, _ = echo_port
    load = grpc_load(port)
    result = load.run(lambda number: b"%08d" % number * 1500, first=0, seconds=0.3)
    load.close()
    assert sum(len(body) // 3 for _, body in result.replies) > 2 * 2 * 65_535
    assert all(len(body) == 36_000 for _, body in result.replies)


def test_grpc_load_tells_an_error_status(echo_port):
    load = grpc_load(echo_port[0])
    with pytest.raises(GrpcLoadError, match="refused"):
        load.run(lambda number: b"bad", first=0, seconds=0.3)
    load.close()


def test_grpc_load_refuses_what_does_not_fit_a_frame(echo_port):
    load = grpc_load(echo_port[0])
    with pytest.raises(ValueError, match="16380 bytes"):
        load.run(lambda number: bytes(16_380), first=0, seconds=0.3)
    load.close()


def test_hpack_literals_of_any_length():
    assert literal(b"abc") == b"\x03abc"
    assert literal(b"a" * 127) == b"\x7f\x00" + b"a" * 127
    assert literal(b"a" * 300) == b"\x7f\xad\x01" + b"a" * 300


@pytest.fixture
def http_port():
    """A keep-alive HTTP server that acknowledges lines."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            lines = self.rfile.read(int(self.headers["Content-Length"])).count(b"\n")
            answer = f"OK: {lines}".encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def post(lines):
    body = b"x\n" * lines
    return b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def test_http_load_counts_answers_and_goes_on_counting_serials(http_port):
    serials = []
    load = HttpLoad(http_port, lambda connection, serial: serials.append((connection, serial)) or post(2), b"OK: 2", connections=3)
    answered = load.run(0.2).answered + load.run(0.2).answered
    load.close()
    assert answered == len(serials) == len(set(serials))


def test_http_load_tells_another_answer(http_port):
    load = HttpLoad(http_port, lambda connection, serial: post(1), b"OK: 2", connections=1)
    with pytest.raises(HttpLoadError, match="OK: 1"):
        load.run(0.2)
    load.close()
