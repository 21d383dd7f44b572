"""A private RabbitMQ node: own directory, ports, cookie and epmd; loopback only; nothing shared with a system broker."""

from __future__ import annotations

import http.client
import os
import secrets
import signal
import socket
import subprocess
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.local import processes
from deploy.local.ports import HOST, free_port
from deploy.local.programs import rabbitmq_sbin

USER = VHOST = "hallbus"
PASSWORD = "hallbus"  # noqa: S105 - no secret: the node listens on loopback for whoever is on this machine

_MARKER = "HALLBUS_RABBIT_NODE"
PLUGINS = ("rabbitmq_management", "rabbitmq_prometheus", "rabbitmq_stream", "rabbitmq_mqtt")


@dataclass(frozen=True, kw_only=True)
class RabbitPorts:
    """The loopback ports one node listens on."""

    amqp: int
    management: int
    mqtt: int
    prometheus: int
    stream: int
    dist: int
    epmd: int


class RabbitNode:
    """One RabbitMQ node that belongs to the caller; a port that is not given is any free one.

    A second object with the same directory and ports is the same node. A node without `rabbitmq_mqtt` boots about five
    seconds sooner the first time: that plugin waits for cluster members. `rabbitmq_management` must stay.
    """

    def __init__(self, directory: Path | str, *, plugins: Sequence[str] = PLUGINS, **ports: int) -> None:
        self.directory = Path(directory).resolve()
        self.plugins = plugins
        self.ports = RabbitPorts(**_given(ports))
        self.name = f"hallbus-{self.ports.amqp}@localhost"

    def start(self, *, within: float = 180) -> None:
        """Start the node if it does not run, and wait until it serves.

        Raises TimeoutError, with the end of the node's log, after `within` seconds.
        """
        if not self.pids():
            self._write_files()
            env = self._environment() | {_MARKER: str(self.directory), "RUNNING_UNDER_SYSTEMD": "yes"}
            self._start_epmd(env)
            processes.start_detached([str(rabbitmq_sbin() / "rabbitmq-server")], env=env, cwd=self.directory, log=self._boot_log)
        self.wait_ready(within=within)

    def wait_ready(self, *, within: float = 60) -> None:
        """Wait until AMQP and the management API answer. Raises TimeoutError with the end of the log."""
        try:
            processes.wait_until(self.is_ready, within=within, what=f"RabbitMQ on port {self.ports.amqp}")
        except TimeoutError as error:
            raise TimeoutError(f"{error}; its log {self.log} ends:\n{processes.tail(self.log)}") from None

    def is_ready(self) -> bool:
        """Say whether the node greets an AMQP client and its management API answers."""
        return self._greets() and self._manages()

    def stop(self, *, within: float = 30) -> None:
        """Shut down in order (as `rabbitmqctl stop`), kill what does not obey in time, and end the node's epmd."""
        processes.thaw_all(self.pids)
        processes.send(self._beams(), signal.SIGTERM)
        try:
            processes.wait_until(lambda: not self.pids(), within=within, what="RabbitMQ to stop")
        except TimeoutError:
            self.kill()
        processes.kill_all(self._all_pids)

    def kill(self) -> None:
        """SIGKILL the node and its port programs; epmd stays, as after a real crash. Nothing is written back."""
        processes.kill_all(self.pids)

    def freeze(self) -> None:
        """SIGSTOP the node: sockets stay open and silent."""
        processes.freeze_all(self.pids)

    def thaw(self) -> None:
        """SIGCONT the node."""
        processes.thaw_all(self.pids)

    def wait_recorded(self, queue: str, *, vhost: str = VHOST, within: float = 10) -> None:
        """Wait until a quorum queue's membership is on disk. Raises TimeoutError.

        RabbitMQ answers `queue.declare` up to a second before that; a kill in between loses the queue with all it
        confirmed. Real installations declare long before they crash; a fault test must wait.
        """
        known = self.directory / "data" / self.name / "quorum" / self.name / "names.dets"
        member = f"{vhost}_{queue}".encode()
        processes.wait_until(lambda: known.exists() and member in known.read_bytes(), within=within, what=f"queue {queue} to be on disk")

    def wait_streams_recorded(self, *, within: float = 10) -> None:
        """Wait until the coordinator of the node's streams is on disk: the same trap for the first stream of a node. Raises TimeoutError."""
        known = self.directory / "data" / self.name / "coordination" / self.name / "names.dets"
        processes.wait_until(
            lambda: known.exists() and b"rabbit_stream_coordinator" in known.read_bytes(),
            within=within,
            what="the streams' coordinator to be on disk",
        )

    def pids(self) -> list[int]:
        """Return the pids of the node and its port programs, without epmd; empty when it does not run."""
        return [pid for pid in self._all_pids() if not _is_epmd(pid)]

    def ctl(self, *arguments: str, within: float = 60) -> str:
        """Run `rabbitmqctl` against this node and return its output. Raises CalledProcessError, TimeoutExpired."""
        done = subprocess.run(
            [str(rabbitmq_sbin() / "rabbitmqctl"), "-n", self.name, *arguments],
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=within,
            check=True,
        )
        return done.stdout

    def amqp_uri(self, vhost: str = VHOST) -> str:
        """Return the AMQP URI of one virtual host."""
        return f"pyamqp://{USER}:{PASSWORD}@{HOST}:{self.ports.amqp}/{vhost}"

    @property
    def management_url(self) -> str:
        """The management API with its credentials."""
        return f"http://{USER}:{PASSWORD}@{HOST}:{self.ports.management}"

    @property
    def log(self) -> Path:
        """The node's own log; the console log while there is none yet."""
        own = self.directory / "log" / f"{self.name}.log"
        return own if own.exists() else self._boot_log

    def describe(self) -> dict[str, object]:
        """Return what another process needs to take hold of this node."""
        return {"directory": str(self.directory), "node": self.name, "ports": asdict(self.ports), "pids": self.pids()}

    @property
    def _boot_log(self) -> Path:
        return self.directory / "console.log"

    def _all_pids(self) -> list[int]:
        return processes.with_environment(_MARKER, str(self.directory))

    def _beams(self) -> list[int]:
        return [pid for pid in self.pids() if "beam" in (processes.command_line(pid) or [""])[0]]

    def _environment(self) -> dict[str, str]:
        at = self.directory
        return {
            "PATH": os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": str(at),  # the cookie is read from there
            "ERL_EPMD_PORT": str(self.ports.epmd),
            "ERL_EPMD_ADDRESS": HOST,
            "ERL_CRASH_DUMP_SECONDS": "0",
            "RABBITMQ_NODENAME": self.name,
            "RABBITMQ_DIST_PORT": str(self.ports.dist),
            "RABBITMQ_CONF_ENV_FILE": str(at / "rabbitmq-env.conf"),
            "RABBITMQ_CONFIG_FILE": str(at / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(at / "advanced.config"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(at / "config"),
            "RABBITMQ_SCHEMA_DIR": str(at / "schema"),
            "RABBITMQ_MNESIA_BASE": str(at / "data"),
            "RABBITMQ_LOG_BASE": str(at / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(at / "enabled_plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }

    def _write_files(self) -> None:
        for name in ("data", "log", "config", "schema"):
            (self.directory / name).mkdir(parents=True, exist_ok=True)
        cookie = self.directory / ".erlang.cookie"
        if not cookie.exists():
            cookie.touch(mode=0o600)
            cookie.write_text(secrets.token_hex(20))
            cookie.chmod(0o400)
        (self.directory / "rabbitmq-env.conf").write_text("")
        (self.directory / "enabled_plugins").write_text(f"[{','.join(self.plugins)}].\n")
        (self.directory / "rabbitmq.conf").write_text(_configuration(self.ports, self.plugins))

    def _start_epmd(self, env: dict[str, str]) -> None:
        if any(_is_epmd(pid) for pid in self._all_pids()):
            return
        processes.start_detached(["epmd", "-port", str(self.ports.epmd), "-address", HOST], env=env, cwd=self.directory, log=self._boot_log)

    def _greets(self) -> bool:
        try:
            with socket.create_connection((HOST, self.ports.amqp), timeout=2) as connection:
                connection.sendall(b"AMQP\x00\x00\x09\x01")
                return connection.recv(1) == b"\x01"  # a method frame: connection.start
        except OSError:
            return False

    def _manages(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.ports.management, timeout=5)
        try:
            credentials = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
            connection.request("GET", "/api/whoami", headers={"Authorization": f"Basic {credentials}"})
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _given(ports: dict[str, int]) -> dict[str, int]:
    """Turn `amqp_port=…` into `amqp=…` and fill the rest with free ports."""
    chosen = {name.removesuffix("_port"): port for name, port in ports.items()}
    return {name: chosen.pop(name, 0) or free_port() for name in RabbitPorts.__annotations__} | chosen


def _is_epmd(pid: int) -> bool:
    command = processes.command_line(pid)
    return not command or Path(command[0]).name == "epmd"


def _configuration(ports: RabbitPorts, plugins: Sequence[str]) -> str:
    # A setting of a plugin that is off is an unknown setting, and RabbitMQ refuses to start on one.
    return _COMMON.format(HOST=HOST, USER=USER, PASSWORD=PASSWORD, VHOST=VHOST, ports=ports) + "".join(
        text.format(HOST=HOST, VHOST=VHOST, ports=ports) for plugin, text in _OF_PLUGIN.items() if plugin in plugins
    )


_OF_PLUGIN = {
    "rabbitmq_prometheus": """\
prometheus.tcp.ip = {HOST}
prometheus.tcp.port = {ports.prometheus}
""",
    "rabbitmq_stream": """\
stream.listeners.tcp.1 = {HOST}:{ports.stream}
""",
    "rabbitmq_mqtt": """\
mqtt.listeners.tcp.1 = {HOST}:{ports.mqtt}
mqtt.vhost = {VHOST}
mqtt.exchange = amq.topic
mqtt.allow_anonymous = false
""",
}
_COMMON = """\
listeners.tcp.1 = {HOST}:{ports.amqp}
management.tcp.ip = {HOST}
management.tcp.port = {ports.management}
default_vhost = {VHOST}
default_user = {USER}
default_pass = {PASSWORD}
default_user_tags.administrator = true
default_permissions.configure = .*
default_permissions.read = .*
default_permissions.write = .*
# one developer's machine: leave room for everything else on it
vm_memory_high_watermark.relative = 0.25
disk_free_limit.absolute = 200MB
raft.wal_max_size_bytes = 134217728
# queue lengths in the management API are at most this old (milliseconds)
collect_statistics_interval = 1000
log.file.level = info
log.console = false
"""
