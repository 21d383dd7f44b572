"""Structured logs."""

import io
import logging

import orjson
import pytest

from chassis import context
from chassis.log import Logger, _JsonFormatter


@pytest.fixture
def told():
    """What a logger has written, as objects."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_JsonFormatter("intake"))
    logger = logging.getLogger("tests.log")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    yield lambda: [orjson.loads(line) for line in stream.getvalue().splitlines()]
    logger.removeHandler(handler)
    logger.propagate = True


log = Logger("tests.log")


def test_a_line_is_one_object_with_its_keys(told):
    log.info("case_accepted", case_id="c1", hall="窗口\n2")
    (line,) = told()
    assert (line["event"], line["level"], line["service"], line["logger"]) == ("case_accepted", "info", "intake", "tests.log")
    assert (line["case_id"], line["hall"]) == ("c1", "窗口\n2")
    assert line["at"].endswith("+00:00")
    assert "correlation_id" not in line


def test_work_has_its_correlation_id(told):
    with context.use(context.Context(correlation_id="c-7")):
        log.warning("slow")
    assert told()[0]["correlation_id"] == "c-7"


def test_an_error_brings_its_trace(told):
    try:
        raise RuntimeError("why")
    except RuntimeError as error:
        log.error("failed", error, attempt=2)
    (line,) = told()
    assert line["level"] == "error"
    assert "RuntimeError: why" in line["exception"]
    assert line["attempt"] == 2


def test_what_is_below_the_level_is_not_written(told):
    log.debug("noise")
    assert told() == []


@pytest.mark.parametrize("value", [10**30, {1: "a"}, object(), "\ud800", {"deep": [10**30]}, b"\xff"])
def test_no_value_makes_a_line_vanish(told, value):
    log.info("odd", value=value)
    (line,) = told()
    assert line["event"] == "odd"
    assert "value" in line
