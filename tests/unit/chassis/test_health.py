"""The pages of every process."""

import orjson
import pytest

from chassis import metrics
from chassis.health import make_app


def get(path, checks):
    answered = {}

    def start_response(status, headers):
        answered.update(status=status, headers=dict(headers))

    body = b"".join(make_app(lambda: checks)({"PATH_INFO": path}, start_response))
    assert int(answered["headers"]["Content-Length"]) == len(body)
    return answered["status"], body


@pytest.mark.parametrize(
    ("checks", "status"),
    [({"database": True, "broker": True}, "200 OK"), ({"database": True, "broker": False}, "503 Service Unavailable"), ({}, "200 OK")],
)
def test_readiness_is_all_of_its_parts_and_names_them(checks, status):
    told, body = get("/readyz", checks)
    assert (told, orjson.loads(body)) == (status, checks)


def test_liveness_asks_nobody():
    def must_not_be_asked():
        raise AssertionError("liveness asked for the parts")

    body = make_app(must_not_be_asked)({"PATH_INFO": "/healthz"}, lambda *_: None)
    assert orjson.loads(body[0]) == {"alive": True}


def test_metrics_are_those_of_our_own_registry():
    status, body = get("/metrics", {})
    assert status == "200 OK"
    assert b"hallbus_events_consumed_total" in body
    assert b"python_info" not in body
    assert body == metrics.exposition()


@pytest.mark.parametrize("path", ["/", "/metrics/", "/readyz/x", ""])
def test_other_pages_are_not_there(path):
    assert get(path, {})[0] == "404 Not Found"
