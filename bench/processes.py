"""Processes of the contestants: started, watched and stopped by pid, with the CPU time they used."""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import psutil

READY = "READY"
START_SECONDS = 30.0
STOP_SECONDS = 8.0


class Child:
    """One own process (and what it forks); its output goes to a log file.

    It can be used when it writes READY to standard output or, if `ready_url` is given, when that answers 200.
    """

    def __init__(
        self, name: str, command: Sequence[str], *, env: Mapping[str, str], log: Path, cwd: Path, ready_url: str | None = None
    ) -> None:
        self.name = name
        self.log = log
        self._ready_url = ready_url
        self._stderr = log.open("wb")
        self.process = subprocess.Popen(
            list(command),
            env={**os.environ, **env},
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            # Nobody reads the pipe once READY has come: what logs to standard output must not get one.
            stdout=subprocess.PIPE if ready_url is None else self._stderr,
            stderr=self._stderr,
            start_new_session=True,
        )

    def wait_ready(self, seconds: float = START_SECONDS) -> None:
        """Wait until it can be used; raises RuntimeError with the log's end when that does not come."""
        if self._ready_url is not None:
            self._wait_for_answer(self._ready_url, seconds)
            return
        stdout = self.process.stdout
        assert stdout is not None
        until = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            seen = b""
            while READY.encode() not in seen:
                if not selector.select(max(0.0, until - time.monotonic())):
                    raise RuntimeError(f"{self.name}: not ready after {seconds:.0f} s; {self.tail()}")
                piece = os.read(stdout.fileno(), 65536)
                if not piece:
                    raise RuntimeError(f"{self.name}: ended before it was ready; {self.tail()}")
                seen += piece

    def _wait_for_answer(self, url: str, seconds: float) -> None:
        until = time.monotonic() + seconds
        while True:
            with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
            if not self.alive() or time.monotonic() > until:
                raise RuntimeError(f"{self.name}: not ready within {seconds:.0f} s or ended; {self.tail()}")
            time.sleep(0.05)

    def tail(self, size: int = 1500) -> str:
        """The end of the log, for messages."""
        return f"end of {self.log}:\n{self.log.read_bytes()[-size:].decode(errors='replace')}"

    def alive(self) -> bool:
        """Whether the process still runs."""
        return self.process.poll() is None

    def cpu_seconds(self) -> float:
        """User and system time used so far, children included."""
        return process_cpu_seconds(self.process.pid)

    def stop(self) -> None:
        """SIGTERM, then SIGKILL to the own process group when it does not obey in time."""
        if self.alive():
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(STOP_SECONDS)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self._stderr.close()


def process_cpu_seconds(pid: int) -> float:
    """CPU seconds of a process, its reaped children and its living descendants; 0 when it is gone."""
    total = 0.0
    try:
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                total += sum(process.cpu_times()[:4])
    except psutil.NoSuchProcess:
        return total
    return total


def listening_pid(port: int) -> int | None:
    """The process that listens on a TCP port of this machine, or None when it cannot be seen."""
    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.AccessDenied:
        return None
    return next(
        (c.pid for c in connections if c.status == psutil.CONN_LISTEN and c.laddr and c.laddr.port == port and c.pid),
        None,
    )


class CpuMeter:
    """Difference of CPU seconds between two moments, per named process, as microseconds per operation."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = dict(pids)
        self._before = {name: process_cpu_seconds(pid) for name, pid in self._pids.items()}

    def per_operation(self, operations: int) -> dict[str, float]:
        """Microseconds of CPU per operation since construction, by process name."""
        if operations <= 0:
            return {}
        after = {name: process_cpu_seconds(pid) for name, pid in self._pids.items()}
        return {name: (after[name] - self._before[name]) * 1e6 / operations for name in self._pids}


def python_module(module: str, *arguments: str) -> list[str]:
    """Command line that runs a module with this interpreter."""
    return [sys.executable, "-m", module, *arguments]


@contextlib.contextmanager
def running(children: list[Child]) -> Iterator[list[Child]]:
    """Wait until all are ready; stop all at the end, whatever happened."""
    try:
        for child in children:
            child.wait_ready()
        yield children
    finally:
        for child in reversed(children):
            child.stop()
