"""Service processes by fork: loading the libraries costs a start more than a second, and a run of the suite starts hundreds.

One process has loaded the third-party libraries under the runner's own monkey patch and nothing of ours that reads settings. Each child is a fork of it:
a process like any other, with its own environment and log, that runs `python -m chassis.runner <service>` from there. The children die with the test run,
however that ends: their parent sees the end of its input. Starting an interpreter of their own is what the tests of `make run` and of the runner do.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = (
    "alembic", "amqp", "argon2", "cryptography.hazmat.primitives.asymmetric.ed25519", "eventlet.wsgi", "jinja2", "jwt", "kombu", "marshmallow",
    "nameko.containers", "orjson", "prometheus_client", "psycopg2.extras", "sqlalchemy.dialects.postgresql.psycopg2", "sqlalchemy.orm", "yaml",
)  # fmt: skip
_POLL_S = 0.01


class Child:
    """One service process, with the part of `subprocess.Popen` that tests need."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self._nursery, self.pid = nursery, pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        if self.returncode is None:
            self.returncode = self._nursery.ask({"ended": self.pid})
        return self.returncode

    def wait(self, timeout: float) -> int:
        """The exit code. Raises TimeoutExpired."""
        deadline = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(f"service process {self.pid}", timeout)
            time.sleep(_POLL_S)
        return code

    def kill(self) -> None:
        """SIGKILL."""
        self._send(signal.SIGKILL)

    def terminate(self) -> None:
        """SIGTERM."""
        self._send(signal.SIGTERM)

    def _send(self, number: int) -> None:
        # Until it has been asked for, an ended child stays a zombie: the number cannot be somebody else's.
        if self.poll() is None:
            os.kill(self.pid, number)


class Nursery:
    """The parent, started with its first child; ended by `close` or with us."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._parent: subprocess.Popen[str] | None = None

    def start(self, arguments: list[str], *, env: Mapping[str, str], log: Path) -> Child:
        """`python -W ignore -m chassis.runner <arguments>` in a process of its own, its output appended to `log`."""
        return Child(self, self.ask({"start": arguments, "env": dict(env), "log": str(log)}))

    def ask(self, question: dict[str, Any]) -> Any:
        """One question, one answer."""
        with self._lock:
            parent = self._running()
            assert parent.stdin is not None
            assert parent.stdout is not None
            parent.stdin.write(json.dumps(question) + "\n")
            parent.stdin.flush()
            return json.loads(parent.stdout.readline())

    def close(self) -> None:
        """End the parent and all children."""
        if self._parent is not None:
            with self._parent:  # closes its input, and waits
                pass
            self._parent = None

    def _running(self) -> subprocess.Popen[str]:
        if self._parent is None:
            environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}"}
            command = [sys.executable, "-u", "-W", "ignore", "-m", "tests.support.nursery"]
            # A session of its own: Ctrl-C in a terminal is for the test run, which then ends its services in order.
            self._parent = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
            )
        return self._parent


NURSERY = Nursery()
"""That of this test run."""
atexit.register(NURSERY.close)


def _answer(question: dict[str, Any], children: set[int]) -> Any:
    if "ended" in question:
        pid, status = os.waitpid(question["ended"], os.WNOHANG)
        if pid == 0:
            return None
        children.discard(pid)
        return os.waitstatus_to_exitcode(status)
    pid = os.fork()
    if pid == 0:
        _become(question)
    children.add(pid)
    return pid


def _become(order: dict[str, Any]) -> None:
    """The service; does not return."""
    import runpy
    import traceback

    from eventlet import hubs

    code = 1
    try:
        hubs.use_hub()  # one of its own: the patch has made one already, whose epoll descriptor all children would share
        log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for ours, theirs in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(ours, theirs)
        os.environ.clear()
        os.environ.update(order["env"])
        sys.argv = ["chassis.runner", *order["start"]]
        runpy.run_module("chassis.runner", run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001  whatever it is ends this process, and its log says so
        traceback.print_exc()
    os._exit(code)


def _main() -> None:
    import gc
    import importlib

    import chassis._patch  # noqa: F401  as the runner does: before anything that opens a socket or starts a thread

    for name in LIBRARIES:
        importlib.import_module(name)
    gc.freeze()
    children: set[int] = set()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_answer(json.loads(line), children)) + "\n")
        sys.stdout.flush()
    for pid in children:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


if __name__ == "__main__":
    _main()
