"""How the house's own processes are started for a contest: migrated schema, chassis runner, readiness by /readyz."""

import importlib.util
from collections.abc import Mapping

from bench.arena import ROOT, Arena
from bench.ports import free_port
from bench.processes import Child, python_module

SCHEMAS = ROOT / "bench" / "subjects" / "schemas"
MODULES = {"bench": "bench.subjects.command_service", "bench_reader": "bench.subjects.reader_service"}
# One process of a service relays for all of them; a contestant whose peers have no relay may be one of the others.
RELAY_ASLEEP = {"HALLBUS_RELAY_POLL_MS": "3600000", "HALLBUS_RELAY_IDLE_MS": "3600000"}
RESET = """
truncate {s}.outbox, {s}.event_log, {s}.inbox, {s}.idempotency, {s}.{table};
update {s}.relay_state set seq = 0, published = 0
"""


def lacking(*modules: str) -> str | None:
    """Which part of the house does not exist yet, or None."""
    for module in modules:
        try:
            found = importlib.util.find_spec(module)
        except ModuleNotFoundError:
            found = None
        if found is None:
            return f"{module} does not exist"
    return None


def database_url(arena: Arena) -> str:
    """The arena's database as the house wants it, with the driver named."""
    return arena.dsn.replace("postgresql://", "postgresql+psycopg2://")


def environment(arena: Arena, **extra: str) -> dict[str, str]:
    """What every process of the house is told."""
    return {"AMQP_URI": arena.amqp_uri, "DATABASE_URL": database_url(arena), "HALLBUS_LOG_LEVEL": "WARNING", **extra}


def migrate(arena: Arena, *services: str) -> None:
    """Bring schemas to head, the bench's own two included."""
    from chassis.migrations import runner

    runner.ELSEWHERE.update({name: SCHEMAS / name / "migrations" for name in MODULES})
    runner.upgrade(database_url(arena), list(services))


def prepare(arena: Arena, schema: str, table: str) -> None:
    """The schema of one of the bench's own services, empty."""
    if not arena.fetch("select 1 from information_schema.schemata where schema_name = %s", [schema]):
        migrate(arena, schema)
    arena.execute(RESET.format(s=schema, table=table))


def service(arena: Arena, name: str, *, workers: int = 20, env: Mapping[str, str] | None = None, alias: str = "") -> Child:
    """One service process by the chassis' runner, a further one under an alias; the bench's own two are found by their module."""
    port, prefix = free_port(), f"HALLBUS_{name.upper()}"
    settings = environment(arena, **{f"{prefix}_METRICS_PORT": str(port), f"{prefix}_MAX_WORKERS": str(workers)})
    if name in MODULES:
        settings["HALLBUS_SERVICE_MODULE"] = MODULES[name]
    return process(arena, alias or name, ["chassis.runner", name], port, {**settings, **(env or {})})


def process(arena: Arena, name: str, module: list[str], readiness_port: int, env: Mapping[str, str]) -> Child:
    """Any process of the house that tells its readiness over HTTP."""
    return arena.start(name, python_module(*module), env=env, ready_url=f"http://127.0.0.1:{readiness_port}/readyz")
