"""A pytest plugin for the mutants' runs: writes what failed, in which phase and with which kind of error, to the file HALLBUS_VERDICT names."""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

_found: list[dict[str, str]] = []


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, None]:
    """Remember every failure."""
    yield
    if call.excinfo is not None and not call.excinfo.errisinstance(pytest.skip.Exception):
        text = (str(call.excinfo.value).splitlines() or [""])[0]
        _found.append({"test": item.nodeid, "phase": call.when, "error": call.excinfo.typename, "text": text})


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Hand over."""
    Path(os.environ["HALLBUS_VERDICT"]).write_text(json.dumps({"exit": int(exitstatus), "ran": session.testscollected, "failures": _found}))
