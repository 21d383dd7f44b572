"""The house's own RabbitMQ and PostgreSQL: `python -m deploy.local.nodes up|down|status|env|with|purge`.

They live under `.local/` (HALLBUS_LOCAL_DIR) on ports of their own, survive the shell that started them, and leave every
server that already runs alone. With AMQP_URI and DATABASE_URL in the environment nothing is started: those servers are used.
What is up is written to `nodes.json`, from which tests and every other process take it (`Nodes.current()`).
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from deploy.local import keys, ports
from deploy.local.postgres import DATABASE, PostgresNode
from deploy.local.rabbit import PASSWORD, PLUGINS, USER, VHOST, RabbitNode

Say = Callable[[str], None]

_RABBIT_PORTS = {
    "amqp": ("HALLBUS_AMQP_PORT", 5673),
    "management": ("HALLBUS_MANAGEMENT_PORT", 15673),
    "mqtt": ("HALLBUS_MQTT_PORT", 1884),
    "prometheus": ("HALLBUS_BROKER_METRICS_PORT", 15693),
    "stream": ("HALLBUS_STREAM_PORT", 5553),
    "dist": ("HALLBUS_DIST_PORT", 25673),
    "epmd": ("HALLBUS_EPMD_PORT", 4370),
}
_POSTGRES_PORT = ("HALLBUS_POSTGRES_PORT", 5433)


class NodesError(Exception):
    """The nodes cannot be used; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class Nodes:
    """The servers that are up: the private ones, or those the environment named (then `rabbit` and `postgres` are None)."""

    amqp_uri: str
    database_url: str
    management_url: str | None
    mqtt_url: str | None = None
    rabbit: RabbitNode | None = None
    postgres: PostgresNode | None = None

    @classmethod
    def current(cls) -> Nodes:
        """Return what `nodes up` left running. Raises NodesError if nothing was started."""
        state = _read_state()
        if external := _external(os.environ, state):
            return external
        if not state:
            raise NodesError(f"no nodes are up ({_state_file()} is missing): run `make nodes`")
        return _load(state)

    def amqp_uri_for(self, vhost: str) -> str:
        """Return the AMQP URI of another virtual host of the same broker."""
        return urlsplit(self.amqp_uri)._replace(path=f"/{vhost}", query="", fragment="").geturl()

    def database_url_for(self, database: str) -> str:
        """Return the SQLAlchemy URL of another database of the same server."""
        return urlsplit(self.database_url)._replace(path=f"/{database}").geturl()

    def environment(self) -> dict[str, str]:
        """Return the variables that point a process at these servers."""
        known = {
            "AMQP_URI": self.amqp_uri,
            "DATABASE_URL": self.database_url,
            "HALLBUS_MANAGEMENT_URL": self.management_url,
            "HALLBUS_MQTT_URL": self.mqtt_url,
        }
        return {name: value for name, value in known.items() if value} | keys.sealing_environment(local_directory() / "keys")


def local_directory() -> Path:
    """Return the folder that holds everything a run leaves on this machine."""
    checkout = Path(__file__).resolve().parents[2]
    return Path(os.environ.get("HALLBUS_LOCAL_DIR") or checkout / ".local").absolute()


def up(*, say: Say, keep: bool = True) -> tuple[Nodes, bool]:
    """Start what is not up yet; return the nodes and whether this call started any.

    Safe to call twice and from two shells at once. `keep=False` marks nodes that the last `with` may end.
    Raises NodesError, MissingProgramError, PortTakenError or TimeoutError.
    """
    with _lock():
        state = _read_state()
        if external := _external(os.environ, state):
            say(f"using the servers of AMQP_URI and DATABASE_URL ({urlsplit(external.amqp_uri).hostname})")
            _write_state(external, keep=True)
            return external, False
        with ports.told_together(say) as say_port:
            rabbit, postgres = _own_nodes(state, say_port)
        running = bool(rabbit.pids()), bool(postgres.pids())
        if not all(running):
            say("starting RabbitMQ and PostgreSQL under " + _short(local_directory()))
        keep = keep or (all(running) and bool(state.get("keep", True)))
        _write_state(_private(rabbit, postgres), keep=keep)  # first, so that `down` finds them if this is interrupted
        began = time.monotonic()
        with ThreadPoolExecutor() as both:
            for started in [both.submit(rabbit.start), both.submit(postgres.start)]:
                started.result()
        postgres.create_database(DATABASE)
        nodes = _private(rabbit, postgres)
        _write_state(nodes, keep=keep)
        verb = "already up" if all(running) else f"up after {time.monotonic() - began:.1f} s"
        say(f"{verb}: RabbitMQ {rabbit.ports.amqp} (management {rabbit.ports.management}), PostgreSQL {postgres.port}")
        return nodes, not all(running)


def down(*, say: Say) -> None:
    """Stop the private nodes of this checkout, and nothing else. Data stays."""
    with _lock():
        state = _read_state()
        if "rabbit" in state:
            nodes = _load(state)
            assert nodes.rabbit is not None
            assert nodes.postgres is not None
            say("stopping RabbitMQ and PostgreSQL")
            with ThreadPoolExecutor() as both:
                for stopped in [both.submit(nodes.rabbit.stop), both.submit(nodes.postgres.stop)]:
                    stopped.result()


def purge(*, say: Say) -> None:
    """Stop the private nodes and delete all they stored."""
    down(say=say)
    state = _read_state()
    if "postgres" in state:
        PostgresNode(state["postgres"]["directory"]).delete()
    if "rabbit" in state:
        shutil.rmtree(state["rabbit"]["directory"], ignore_errors=True)
    _state_file().unlink(missing_ok=True)


@contextmanager
def borrowed(*, say: Say, say_at_end: Say | None = None) -> Iterator[Nodes]:
    """Have the nodes up for a while: those that were started only for borrowers are stopped by the last one to leave."""
    with _users_lock() as users:
        try:
            # Within the try: an interrupted start has left servers behind too.
            yield up(say=say, keep=False)[0]
        finally:
            if _is_last(users) and not _read_state().get("keep", True):
                down(say=say_at_end or say)


def status() -> str:
    """Describe the nodes in a few lines."""
    nodes = Nodes.current()
    if nodes.rabbit is None or nodes.postgres is None:
        return "servers of AMQP_URI and DATABASE_URL; nothing of ours runs"
    rows = [
        ("RabbitMQ", nodes.rabbit.pids(), f"amqp {nodes.rabbit.ports.amqp}  management {nodes.management_url}"),
        ("PostgreSQL", nodes.postgres.pids(), nodes.database_url),
    ]
    return "\n".join(f"{name:<11}{'up' if pids else 'down':<6}{where}" for name, pids, where in rows)


def _own_nodes(state: Mapping[str, Any], say: Say) -> tuple[RabbitNode, PostgresNode]:
    """Return the nodes of the last start if they still run, else with ports that are free now."""
    at = local_directory()
    known = _load(state) if "rabbit" in state else None
    rabbit = known.rabbit if known else None
    postgres = known.postgres if known else None
    if rabbit is None or not rabbit.pids():
        before = state.get("rabbit", {}).get("ports", {})
        rabbit = RabbitNode(at / "rabbitmq", plugins=PLUGINS, **_choose_rabbit_ports(before, say))
    if postgres is None or not postgres.pids():
        variable, default = _POSTGRES_PORT
        previous = state.get("postgres", {}).get("port")
        port = ports.choose(variable, default, env=os.environ, say=say, previous=previous)
        postgres = PostgresNode(at / "postgres", port=port)
    return rabbit, postgres


def _choose_rabbit_ports(before: Mapping[str, int], say: Say) -> dict[str, int]:
    return {
        f"{name}_port": ports.choose(variable, default, env=os.environ, say=say, previous=before.get(name))
        for name, (variable, default) in _RABBIT_PORTS.items()
    }


def _private(rabbit: RabbitNode, postgres: PostgresNode) -> Nodes:
    return Nodes(
        amqp_uri=rabbit.amqp_uri(VHOST),
        database_url=postgres.url(DATABASE),
        management_url=rabbit.management_url,
        mqtt_url=f"mqtt://{USER}:{PASSWORD}@{ports.HOST}:{rabbit.ports.mqtt}",
        rabbit=rabbit,
        postgres=postgres,
    )


def _external(env: Mapping[str, str], state: Mapping[str, Any]) -> Nodes | None:
    """Return the servers the environment names, unless they are our own (`eval "$(… nodes env)"`, children of `with`)."""
    amqp, database = env.get("AMQP_URI"), env.get("DATABASE_URL")
    if not amqp and not database:
        return None
    if not (amqp and database):
        missing = "DATABASE_URL" if amqp else "AMQP_URI"
        raise NodesError(f"{missing} is not set: AMQP_URI and DATABASE_URL must be given together or not at all")
    if "rabbit" in state and _same_server(amqp, state["amqp_uri"]) and _same_server(database, state["database_url"]):
        return None
    return Nodes(
        amqp_uri=amqp,
        database_url=database,
        management_url=env.get("HALLBUS_MANAGEMENT_URL"),
        mqtt_url=env.get("HALLBUS_MQTT_URL"),
    )


def _same_server(one: str, other: str) -> bool:
    return (urlsplit(one).hostname, urlsplit(one).port) == (urlsplit(other).hostname, urlsplit(other).port)


def _load(state: Mapping[str, Any]) -> Nodes:
    if "rabbit" not in state:
        return Nodes(
            amqp_uri=state["amqp_uri"],
            database_url=state["database_url"],
            management_url=state["management_url"],
            mqtt_url=state["mqtt_url"],
        )
    rabbit = RabbitNode(state["rabbit"]["directory"], **state["rabbit"]["ports"])
    return _private(rabbit, PostgresNode(state["postgres"]["directory"], port=state["postgres"]["port"]))


def _write_state(nodes: Nodes, *, keep: bool) -> None:
    state: dict[str, object] = {
        "amqp_uri": nodes.amqp_uri,
        "database_url": nodes.database_url,
        "management_url": nodes.management_url,
        "mqtt_url": nodes.mqtt_url,
        "keep": keep,
    }
    if nodes.rabbit and nodes.postgres:
        state |= {"rabbit": nodes.rabbit.describe(), "postgres": nodes.postgres.describe()}
    new = _state_file().with_suffix(".new")
    new.write_text(json.dumps(state, indent=2) + "\n")
    new.replace(_state_file())


def _read_state() -> dict[str, Any]:
    try:
        return dict(json.loads(_state_file().read_text()))
    except FileNotFoundError:
        return {}


def _state_file() -> Path:
    return local_directory() / "nodes.json"


def _short(path: Path) -> str:
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


@contextmanager
def _lock() -> Iterator[None]:
    local_directory().mkdir(parents=True, exist_ok=True)
    with (local_directory() / "nodes.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _users_lock() -> Iterator[int]:
    local_directory().mkdir(parents=True, exist_ok=True)
    with (local_directory() / "users.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield file.fileno()


def _is_last(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


if __name__ == "__main__":
    from deploy.local.nodes_cli import main

    sys.exit(main(sys.argv[1:]))
