"""Finding and signalling processes by what they are, never by a pid file alone (Linux `/proc`).

A pid file outlives its process and the kernel hands the number to somebody else, so every signal here goes to a process
that was recognised a moment ago by its environment or its working directory.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

Finder = Callable[[], list[int]]

_POLL_S = 0.02


def with_environment(name: str, value: str) -> list[int]:
    """Return the pids of all live processes whose environment holds `name=value`."""
    wanted = f"{name}={value}".encode()
    return [pid for pid in _pids() if wanted in _read(pid, "environ").split(b"\0")]


def working_in(directory: Path) -> list[int]:
    """Return the pids of all live processes whose working directory is `directory`: this very folder, not a deleted one of its name."""
    wanted = _identity(directory)
    return [] if wanted is None else [pid for pid in _pids() if _identity(Path(f"/proc/{pid}/cwd")) == wanted]


def command_line(pid: int) -> list[str]:
    """Return the arguments of a process; empty if it is gone or a zombie."""
    return [part.decode(errors="replace") for part in _read(pid, "cmdline").split(b"\0") if part]


def start_time(pid: int) -> str | None:
    """Return the kernel's start tick of a process, which tells two owners of one pid apart; None if there is none."""
    fields = _stat(pid)
    return fields[19] if len(fields) > 19 else None


def is_alive(pid: int) -> bool:
    """Say whether the pid belongs to a process that still runs (a zombie does not)."""
    fields = _stat(pid)
    return bool(fields) and fields[0] not in ("Z", "X")


def send(pids: Sequence[int], signum: int) -> None:
    """Send a signal to each pid; one that ended meanwhile is no error."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signum)


def kill_all(find: Finder, *, within: float = 10) -> None:
    """SIGKILL everything `find` returns, and what it started meanwhile, until nothing is left.

    Raises TimeoutError after `within` seconds.
    """

    def gone() -> bool:
        pids = find()
        # A stopped parent cannot start a replacement for the child that is killed first.
        send(pids, signal.SIGSTOP)
        send(pids, signal.SIGKILL)
        return not pids

    wait_until(gone, within=within, what="processes to die of SIGKILL")


def freeze_all(find: Finder, *, within: float = 5) -> None:
    """SIGSTOP everything `find` returns, until all of it is stopped. Raises TimeoutError after `within` seconds."""

    def stopped() -> bool:
        pids = find()
        send(pids, signal.SIGSTOP)
        return all((_stat(pid) or ["T"])[0] in ("T", "t", "Z") for pid in pids)

    wait_until(stopped, within=within, what="processes to stop")


def thaw_all(find: Finder) -> None:
    """SIGCONT everything `find` returns."""
    send(find(), signal.SIGCONT)


def wait_until(condition: Callable[[], bool], *, within: float, what: str) -> None:
    """Poll until `condition` holds. Raises TimeoutError naming `what` after `within` seconds."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {within:g} s for {what}")
        time.sleep(_POLL_S)


def start_detached(command: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path) -> None:
    """Start a command in a session of its own, so that it outlives its caller; output is appended to `log`.

    `setsid --fork` lets init adopt it at once: no zombie is left to a long-lived caller such as a test run.
    """
    with log.open("ab") as output:
        subprocess.run(
            ["setsid", "--fork", *command],
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=True,
        )


def tail(path: Path, lines: int = 20) -> str:
    """Return the last lines of a log, indented; a note if there is no such file."""
    if not path.exists():
        return f"    (no {path})"
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - 200 * lines))
        found = log.read().decode(errors="replace").splitlines()[-lines:]
    return "\n".join(f"    {line}" for line in found) or f"    ({path} is empty)"


def _pids() -> list[int]:
    own = os.getpid()
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and int(entry.name) != own]


def _read(pid: int, name: str) -> bytes:
    try:
        return Path("/proc", str(pid), name).read_bytes()
    except OSError:
        return b""


def _identity(folder: Path) -> tuple[int, int] | None:
    # A deleted folder keeps its inode as long as somebody works in it, so no other folder has it meanwhile.
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _stat(pid: int) -> list[str]:
    # The command name is in parentheses and may itself hold spaces and parentheses.
    return _read(pid, "stat").decode(errors="replace").rpartition(")")[2].split()
