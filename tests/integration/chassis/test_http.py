"""A WSGI app inside a green process: raw bytes through, a taken port fails the start, stop closes."""

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
    from chassis.http import HttpServer

    def make_app(db, settings):
        def app(environ, start_response):
            body = environ["wsgi.input"].read()
            start_response("200 OK", [("Content-Type", "text/plain"), ("X-Db", db)])
            return [environ["REQUEST_METHOD"].encode(), b" ", environ["PATH_INFO"].encode("latin-1"), b" ", body]
        return app

    server = HttpServer(make_app)
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

    def run(port):
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", PROCESS, str(port)],
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
    assert (status, headers["X-Db"]) == (200, "the-db")
    assert body == b"POST /iclock/cdata " + b"\x00\xff" * 5000
    process.stdin.write("\n")
    process.stdin.flush()
    assert process.stdout.readline() == "stopped\n"
    eventually(lambda: _refused(port), within=5)


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
