"""The pages of every process."""

import orjson
import pytest

from chassis import metrics
from chassis.health import make_handler
from chassis.http_message import Line, Request


def asked(path):
    return Request(f"GET {path} HTTP/1.1".encode(), Line(lambda _: b"", lambda _: None))


def get(path, checks):
    answer = make_handler(lambda: checks)(asked(path))
    return answer.status, answer.body


@pytest.mark.parametrize(
    ("checks", "status"),
    [({"database": True, "broker": True}, 200), ({"database": True, "broker": False}, 503), ({}, 200)],
)
def test_readiness_is_all_of_its_parts_and_names_them(checks, status):
    told, body = get("/readyz", checks)
    assert (told, orjson.loads(body)) == (status, checks)


def test_liveness_asks_nobody():
    def must_not_be_asked():
        raise AssertionError("liveness asked for the parts")

    assert orjson.loads(make_handler(must_not_be_asked)(asked("/healthz")).body) == {"alive": True}


def test_metrics_are_those_of_our_own_registry():
    status, body = get("/metrics", {})
    assert status == 200
    assert b"hallbus_events_consumed_total" in body
    assert b"python_info" not in body
    assert body == metrics.exposition()


@pytest.mark.parametrize("path", ["/", "/metrics/", "/readyz/x"])
def test_other_pages_are_not_there(path):
    assert get(path, {})[0] == 404
