"""The whole house on one machine: `python -m deploy.local.run [--demo]` (`make run`, `make demo`).

Nodes → fresh virtual host and database → policies → migrations → every process under supervisord → sample city → its working
day → addresses. It stays up until Ctrl-C and then ends everything it started; `--demo` checks the day and ends by itself.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from deploy.local import house, ports, processes, sandbox, services, supervisor
from deploy.local.broker import BrokerError, apply_policies, create_vhost, delete_vhost, management_url_for
from deploy.local.databases import DatabaseError, recreate_database
from deploy.local.keys import ensure_key_pair
from deploy.local.nodes import Nodes, NodesError, borrowed, local_directory
from deploy.local.programs import MissingProgramError
from deploy.local.readiness import NotReadyError, wait_ready

ADMIN_KEY = "HALLBUS_ADMIN_API_KEY"
"""The first administrator's key: for the simulator and for people, in no service's environment."""

_EXPECTED = (
    BrokerError,
    DatabaseError,
    MissingProgramError,
    NodesError,
    NotReadyError,
    ports.PortTakenError,
    services.ServicesError,
    TimeoutError,
)


class StepFailedError(Exception):
    """A program that the run needed ended with an error; its output says why."""


def main(arguments: list[str]) -> int:
    """Run the house; return 0, 1 (the day did not come out as sent, or a step failed) or 2 (it cannot start as things are)."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.run", description=__doc__)
    parser.add_argument("--demo", action="store_true", help="check the day's totals, stop, exit 0 or 1")
    demo = parser.parse_args(arguments).demo
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, _interrupt)
    try:
        with ExitStack() as ending:
            return _live(ending, demo=demo)
    except KeyboardInterrupt:
        return 1 if demo else 0
    except StepFailedError as error:
        _complain(str(error))
        return 1
    except _EXPECTED as error:
        _complain(str(error))
        return 2


def _live(ending: ExitStack, *, demo: bool) -> int:
    layout = _layout()
    ending.enter_context(_only_run(layout.run))
    ending.callback(_say, "stopped")
    nodes = ending.enter_context(borrowed(say=_say))
    programs = services.load()
    chosen = choose_ports(programs)
    environment = _prepare(nodes, chosen, layout)
    supervised = _start(ending, supervisor.instances(programs, chosen), environment, layout)
    house.write_addresses(environment, programs, chosen)
    ending.callback(house.addresses_file().unlink, missing_ok=True)

    _say("loading the sample city")
    _must(_simulate(ending, ["load-city"], environment), "loading the sample city")
    _say("playing a working day (about a minute)")
    verdict = _simulate(ending, ["play-day", "--check"] if demo else ["play-day"], environment)
    if demo:
        return 1 if verdict or _parked(environment) else 0
    _must(verdict, "playing the day")
    print(house.describe(layout.log), flush=True)
    while supervised.is_alive():
        time.sleep(0.5)
    raise StepFailedError(f"supervisord ended by itself; see {layout.log_of('supervisord')}")


def choose_ports(programs: Sequence[services.Program]) -> dict[str, int]:
    """Return a free port for every port of every program, by variable name. Raises PortTakenError."""
    with ports.told_together(_say) as say_port:
        return {
            program.port_variable(name): ports.choose(program.port_variable(name), number, env=os.environ, say=say_port)
            for program in programs
            for name, number in program.ports.items()
        }


def _prepare(nodes: Nodes, chosen: Mapping[str, int], layout: supervisor.Layout) -> dict[str, str]:
    """Make an empty virtual host and database, and return the environment of every process."""
    name = os.environ.get("HALLBUS_RUN_NAME", "hallbus_run")
    _say(f"making virtual host and database {name} anew")
    management = management_url_for(nodes)
    delete_vhost(management, name)
    create_vhost(management, name)
    apply_policies(management, name)
    recreate_database(nodes.database_url, name)
    (layout.run / "clock").unlink(missing_ok=True)
    private, public = layout.run / "jwt-private.pem", layout.run / "jwt-public.pem"
    ensure_key_pair(private, public)
    environment: dict[str, str] = dict(sandbox.SETTINGS)
    for program in services.load():
        environment |= program.settings
    environment |= os.environ | nodes.environment()
    environment |= {variable: str(port) for variable, port in chosen.items()}
    environment |= {
        "AMQP_URI": nodes.amqp_uri_for(name),
        "DATABASE_URL": nodes.database_url_for(name),
        "HALLBUS_MANAGEMENT_URL": management,
        "HALLBUS_CLOCK_FILE": str(layout.run / "clock"),
        ADMIN_KEY: os.environ.get(ADMIN_KEY) or f"hbk_{secrets.token_urlsafe(32)}",
        "HALLBUS_JWT_PRIVATE_KEY_FILE": str(private),
        "HALLBUS_JWT_PUBLIC_KEY_FILE": str(public),
        "PYTHONPATH": os.pathsep.join([str(supervisor.ROOT), str(supervisor.ROOT / "gen")]),
        "PYTHONUNBUFFERED": "1",
        supervisor.RUN_MARKER: str(layout.run),
    }
    _say("setting the sandbox clock")
    _step("set-clock", ["simulator", "set-clock"], environment, layout)
    _say("migrating every schema")
    _step("migrations", ["chassis.migrations", "upgrade"], environment, layout)
    _say("making the first administrator")
    _step("bootstrap", ["services.directory.bootstrap"], environment, layout)
    return environment


def _step(name: str, module: Sequence[str], environment: Mapping[str, str], layout: supervisor.Layout) -> None:
    log = layout.log_of(name)
    with log.open("wb") as output:
        done = subprocess.run(
            [sys.executable, "-m", *module], env=environment, cwd=supervisor.ROOT, stdout=output, stderr=output, check=False
        )
    if done.returncode != 0:
        raise StepFailedError(f"{name} failed; {log} ends:\n{processes.tail(log)}")


def _start(
    ending: ExitStack, wanted: Sequence[supervisor.Instance], environment: Mapping[str, str], layout: supervisor.Layout
) -> supervisor.Supervisor:
    _say(f"starting {len(wanted)} processes")
    layout.configuration.write_text(supervisor.render(wanted, layout))
    for instance in wanted:
        layout.log_of(instance.name).unlink(missing_ok=True)
    supervised = supervisor.Supervisor(layout)
    ending.callback(supervisor.end_leftovers, layout.run)
    ending.callback(supervised.stop)
    ending.callback(_say, "stopping the services (running work is finished first)")
    supervised.start({name: value for name, value in environment.items() if name != ADMIN_KEY})
    wait_ready(wanted, supervised, layout, say=_say)
    return supervised


def _simulate(ending: ExitStack, arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    command = supervisor.dying_with_us([sys.executable, "-m", "simulator", *arguments])
    # Its own session: on Ctrl-C it is we who end it, quietly.
    child = subprocess.Popen(command, env=dict(environment), cwd=supervisor.ROOT, start_new_session=True)
    ending.callback(_end, child)
    return child.wait()


def _parked(environment: Mapping[str, str]) -> bool:
    """Say whether any message failed for good during the day, and which."""
    # Warnings are for the logs of the services, not for the last lines that a person reads.
    command = [sys.executable, "-W", "ignore", "-m", "chassis.parking", "list"]
    done = subprocess.run(command, env=dict(environment), cwd=supervisor.ROOT, stdout=subprocess.PIPE, text=True, check=False)
    _must(done.returncode, "listing the parked messages")
    found = done.stdout.splitlines()
    _say(f"{len(found)} messages are parked: {'; '.join(found[:5])}" if found else "no message is parked")
    return bool(found)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(timeout=5)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _must(code: int, step: str) -> None:
    if code != 0:
        raise StepFailedError(f"{step} failed (exit code {code}, see above)")


def _layout() -> supervisor.Layout:
    drain = float(os.environ.get("HALLBUS_DRAIN_SECONDS", "10"))
    layout = supervisor.Layout(run=house.run_directory(), log=local_directory() / "log", stop_seconds=int(drain) + 6)
    layout.run.mkdir(parents=True, exist_ok=True)
    layout.log.mkdir(exist_ok=True)
    return layout


@contextmanager
def _only_run(run: Path) -> Iterator[None]:
    """Be the only run of this checkout; end what a killed one left behind. Raises NodesError if another one is up."""
    with (run / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NodesError("the house is running already: use it, or stop that run with Ctrl-C first") from None
        if ended := supervisor.end_leftovers(run):
            _say(f"ended {ended} processes that a killed run had left")
        yield


def _interrupt(_signum: int, _frame: object) -> None:
    # Once is enough: everything that follows is bounded, and a second Ctrl-C would leave processes behind.
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, signal.SIG_IGN)
    print(flush=True)
    raise KeyboardInterrupt


_began = time.monotonic()


def _say(line: str) -> None:
    print(f"==> {time.monotonic() - _began:5.1f} s  {line}", flush=True)


def _complain(message: str) -> None:
    print(f"\nhallbus: {message}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
