"""Fixtures of every layer come from one plugin. Files run side by side are begun in an order that leaves no processor idle at the end."""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

pytest_plugins = ["tests.plugin"]

#: Begun first: they take minutes, mostly waiting, while other workers work. xdist gives a worker its next file when two tests are left of the last one, so
#: what would wait behind the three of one or two tests is short.
FIRST = (
    "tests/e2e/test_demo.py",
    "tests/integration/chassis/test_inbox.py",
    "tests/e2e/test_faults.py",
    "tests/integration/chassis/test_idempotency.py",
    "tests/integration/chassis/test_parking.py",
    "tests/integration/security/test_matrix.py",
    "tests/integration/deploy/test_nodes.py",
    "tests/integration/gateway/test_outage.py",
    "tests/integration/gateway/test_subscribe.py",
    "tests/integration/chassis/test_consumer.py",
    "tests/integration/chassis/test_known_problems.py",
)

#: Never at the same time: each is a whole house of nine processes, or servers killed under load, and two of them would starve each other on two processors.
ONE_AFTER_THE_OTHER = {
    "tests/e2e/test_demo.py": "the day",
    "tests/e2e/test_demo_under_kills.py": "the day",
    "tests/e2e/test_chaos.py": "faults",
    "tests/e2e/test_confirms.py": "faults",
    "tests/e2e/test_crash_points.py": "faults",
    "tests/e2e/test_faults.py": "faults",
}


class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # xdist's schedulers are untyped
    """A file's tests stay on one worker, and so do those of all files that may never run at the same time.

    Not xdist's own groups: they are written into the ids of the tests, which pytest 9 no longer lets anybody do, and nothing says so.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return ONE_AFTER_THE_OTHER.get(file, file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """For every `--dist`."""
    return ByFile(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Only for runs side by side: a run of one after the other keeps to the order of the files."""
    if hasattr(config, "workerinput"):
        items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    return FIRST.index(_file(item)) if _file(item) in FIRST else len(FIRST)


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]
