"""Fixtures of every layer come from one plugin. Files run side by side are begun in an order that leaves no processor idle at the end."""

from __future__ import annotations

import pytest

pytest_plugins = ["tests.plugin"]

#: Begun first: they take minutes, mostly waiting, while other workers work. xdist gives a worker its next file when two tests are left of the last one, so
#: what would wait behind the three of one or two tests is short.
FIRST = (
    "tests/e2e/test_demo.py",
    "tests/e2e/test_demo_under_kills.py",
    "tests/e2e/test_chaos.py",
    "tests/integration/chassis/test_inbox.py",
    "tests/integration/chassis/test_idempotency.py",
    "tests/integration/chassis/test_parking.py",
    "tests/e2e/test_faults.py",
    "tests/e2e/test_crash_points.py",
    "tests/integration/security/test_matrix.py",
    "tests/integration/deploy/test_nodes.py",
    "tests/integration/gateway/test_outage.py",
    "tests/integration/gateway/test_subscribe.py",
    "tests/integration/chassis/test_consumer.py",
    "tests/integration/chassis/test_known_problems.py",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Only for runs side by side: a run of one after the other keeps to the order of the files."""
    if hasattr(config, "workerinput"):
        items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    file = item.nodeid.partition("::")[0]
    return FIRST.index(file) if file in FIRST else len(FIRST)
