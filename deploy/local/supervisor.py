"""supervisord for one run: its configuration from the list of programs, and the handle that starts and ends it."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import xmlrpc.client
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from deploy.local import processes
from deploy.local.services import Program

ROOT = Path(__file__).resolve().parents[2]
RUN_MARKER = "HALLBUS_RUN_DIRECTORY"

# A second and further process of a service shows its metrics this much higher.
PORT_STRIDE = 100


@dataclass(frozen=True, kw_only=True)
class Instance:
    """One process of a program: its name under supervisord and the port that tells its health."""

    name: str
    program: Program
    metrics_port: int
    environment: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where one run keeps its files, and how long a process may take to finish its work when it is stopped."""

    run: Path
    log: Path
    stop_seconds: int

    @property
    def configuration(self) -> Path:
        """The rendered configuration."""
        return self.run / "supervisord.conf"

    @property
    def socket(self) -> Path:
        """The control socket; elsewhere if the path would be too long for one (107 bytes, with supervisord's suffix)."""
        near = self.run / "supervisor.sock"
        if len(str(near)) < 90:
            return near
        return Path(f"/tmp/hallbus-{hashlib.sha256(str(near).encode()).hexdigest()[:16]}.sock")  # noqa: S108 - mode 0700

    def log_of(self, name: str) -> Path:
        """The log of one process."""
        return self.log / f"{name}.log"


def instances(programs: Sequence[Program], ports: Mapping[str, int]) -> list[Instance]:
    """Return every process to start; `ports` holds the chosen number by variable name."""
    found = []
    for program in programs:
        variable = program.port_variable("metrics")
        for index in range(program.processes):
            port = ports[variable] + index * PORT_STRIDE
            name = program.name if index == 0 else f"{program.name}-{index + 1}"
            found.append(Instance(name=name, program=program, metrics_port=port, environment={variable: str(port)}))
    return found


def render(processes_: Sequence[Instance], layout: Layout) -> str:
    """Return supervisord's configuration: restart whatever dies, and give it time to drain."""
    parts = [_GENERAL.format(socket=_quoted(layout.socket), run=_quoted(layout.run), log=_quoted(layout.log))]
    for instance in processes_:
        environment = ",".join(f'{name}="{_quoted(value)}"' for name, value in instance.environment.items())
        parts.append(
            _PROGRAM.format(
                name=instance.name,
                command=_quoted(" ".join(f'"{part}"' for part in (sys.executable, *instance.program.arguments))),
                root=_quoted(ROOT),
                environment=environment,
                stop_seconds=layout.stop_seconds,
                log=_quoted(layout.log_of(instance.name)),
            )
        )
    return "\n".join(parts)


class Supervisor:
    """A supervisord of ours. It is told to end when its parent dies, however that happens."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._child: subprocess.Popen[bytes] | None = None

    def start(self, environment: Mapping[str, str]) -> None:
        """Start it and, through it, every program."""
        with self._layout.log_of("supervisord-console").open("ab") as console:
            self._child = subprocess.Popen(
                dying_with_us([sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(self._layout.configuration)]),
                env=dict(environment),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                start_new_session=True,  # Ctrl-C is for us; the programs are stopped in order
            )

    def is_alive(self) -> bool:
        """Say whether it still runs."""
        return self._child is not None and self._child.poll() is None

    def states(self) -> dict[str, dict[str, Any]]:
        """Return what supervisord knows of each process, by name; empty while it cannot be asked."""
        transport = SupervisorTransport(None, None, f"unix://{self._layout.socket}")
        try:
            listed: Any = xmlrpc.client.ServerProxy("http://local", transport=transport).supervisor.getAllProcessInfo()
        except (OSError, xmlrpc.client.Error):
            return {}
        finally:
            transport.close()
        return {info["name"]: info for info in listed}

    def stop(self) -> None:
        """Stop every program, each within its time, then supervisord."""
        if self._child is None:
            return
        self._child.terminate()
        try:
            self._child.wait(timeout=self._layout.stop_seconds + 15)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._child = None


def end_leftovers(run: Path, *, within: float = 20) -> int:
    """End whatever a killed earlier run left behind; return how many processes there were."""

    def find() -> list[int]:
        return processes.with_environment(RUN_MARKER, str(run))

    found = find()
    processes.send(found, 15)
    try:
        processes.wait_until(lambda: not find(), within=within if found else 0, what="the last run to end")
    except TimeoutError:
        processes.kill_all(find)
    return len(found)


def dying_with_us(command: Sequence[str]) -> list[str]:
    """Prefix a command so that the kernel sends it SIGTERM when this process dies, even of SIGKILL."""
    return ["setpriv", "--pdeathsig", "TERM", "--", *command]


def _quoted(value: object) -> str:
    # supervisord expands %(name)s everywhere
    return str(value).replace("%", "%%")


_GENERAL = """\
[unix_http_server]
file = {socket}
chmod = 0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl = unix://{socket}

[supervisord]
nodaemon = true
logfile = {log}/supervisord.log
logfile_maxbytes = 5MB
logfile_backups = 1
pidfile = {run}/supervisord.pid
childlogdir = {log}
"""

_PROGRAM = """\
[program:{name}]
command = {command}
directory = {root}
environment = {environment}
autostart = true
autorestart = true
# a start takes seconds: what ends within these has not been up
startsecs = 5
# with its growing pauses about three minutes: longer than a broker needs to come back
startretries = 20
stopsignal = TERM
stopwaitsecs = {stop_seconds}
killasgroup = true
redirect_stderr = true
stdout_logfile = {log}
stdout_logfile_maxbytes = 10MB
stdout_logfile_backups = 2
"""
