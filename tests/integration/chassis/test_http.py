"""The server inside a green process: raw bytes through, a taken port fails the start, stop closes once everybody in hand is answered."""

import http.client
import socket
import subprocess
import sys
import textwrap

import pytest

from chassis.testing import eventually
from tests.plugin import ROOT, free_port

PROCESS = textwrap.dedent(
    """
    import chassis._patch
    import sys, types, eventlet, eventlet.tpool
    import chassis.http
    from chassis.http import HttpServer
    from chassis.http_message import Response

    def make_handler(db, settings):
        def answer(request):
            if request.path == "/broken":
                raise ZeroDivisionError
            body, size = request.body(1 << 20)
            return Response(f"{db} {request.method} {request.path} ".encode() + body)
        return answer

    chassis.http.MOST_CONNECTIONS = int(sys.argv[2])
    server = HttpServer(make_handler)
    settings = types.SimpleNamespace(http_host="127.0.0.1", http_port=int(sys.argv[1]))
    server.container = types.SimpleNamespace(config={"settings": settings, "db": "the-db"})
    server.start()
    print("up", flush=True)
    eventlet.tpool.execute(sys.stdin.readline)
    server.stop()
    print("stopped", flush=True)
    eventlet.tpool.execute(sys.stdin.readline)
    """
)


@pytest.fixture
def start():
    started = []

    def run(port, connections=1000):
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", PROCESS, str(port), str(connections)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def ask(port, method, path, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def test_raw_bytes_go_through_and_stop_closes_the_port(start):
    port = free_port()
    process = start(port)
    assert process.stdout.readline() == "up\n"
    status, headers, body = ask(port, "POST", "/iclock/cdata?SN=1", b"\x00\xff" * 5000)
    assert (status, headers["Content-Type"]) == (200, "text/plain")
    assert body == b"the-db POST /iclock/cdata " + b"\x00\xff" * 5000
    process.stdin.write("\n")
    process.stdin.flush()
    assert process.stdout.readline() == "stopped\n"
    eventually(lambda: _refused(port), within=5)


def test_stop_answers_the_request_in_hand_and_hangs_up_on_who_only_waits(start):
    port = free_port()
    process = start(port)
    assert process.stdout.readline() == "up\n"
    with socket.create_connection(("127.0.0.1", port), 10) as busy, socket.create_connection(("127.0.0.1", port), 10) as idle:
        busy.sendall(b"POST /last HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
        assert busy.recv(100).startswith(b"HTTP/1.1 100 ")
        idle.sendall(b"GET /first HTTP/1.1\r\n\r\n")
        assert b"the-db GET /first" in idle.recv(1000)
        process.stdin.write("\n")
        process.stdin.flush()
        assert idle.recv(1000) == b""
        busy.sendall(b"done")
        answer = busy.recv(1000)
        assert answer.endswith(b"the-db POST /last done")
        assert b"Connection: close" in answer
        assert busy.recv(1000) == b""
    assert process.stdout.readline() == "stopped\n"


def test_who_only_holds_a_connection_makes_room_for_who_asks(start):
    port = free_port()
    process = start(port, connections=2)
    assert process.stdout.readline() == "up\n"
    with socket.create_connection(("127.0.0.1", port), 10) as first, socket.create_connection(("127.0.0.1", port), 10) as second:
        first.sendall(b"GET /slow HT")
        second.sendall(b"GET /second HTTP/1.1\r\n\r\n")
        assert b"the-db GET /second" in second.recv(1000)
        assert ask(port, "GET", "/third")[::2] == (200, b"the-db GET /third ")
        assert first.recv(1000) == b""


def test_nonsense_and_faults_of_ours_cost_nobody_else_anything(start):
    port = free_port()
    process = start(port)
    assert process.stdout.readline() == "up\n"
    with socket.create_connection(("127.0.0.1", port), 10) as line:
        line.sendall(b"\x16\x03\x01\r\n\r\n")
        assert line.recv(1000).startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert ask(port, "POST", "/broken", b"unread")[::2] == (500, b"our fault")
    assert ask(port, "HEAD", "/x")[::2] == (200, b"")
    assert ask(port, "GET", "/x")[::2] == (200, b"the-db GET /x ")


def test_a_taken_port_fails_the_start(start):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = start(taken.getsockname()[1])
        assert process.wait(20) == 1
        assert "Address already in use" in process.stderr.read()


def _refused(port):
    try:
        ask(port, "GET", "/")
    except ConnectionRefusedError:
        return True
    return False
