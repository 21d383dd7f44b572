"""The command line of `deploy.local.nodes`."""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import subprocess
import sys

from deploy.local import house, nodes
from deploy.local.ports import PortTakenError
from deploy.local.programs import MissingProgramError

_COMMANDS = {
    "up": "start RabbitMQ and PostgreSQL unless they run; they stay up",
    "down": "stop them; data stays",
    "status": "say what runs where",
    "env": "print the variables that point a program at them, for `eval`",
    "with": "run a command with them up; stop them after it if nobody else wanted them",
    "exec": "run a command on the running house (`make run`), else on the nodes, which are started and stay up",
    "purge": "stop them and delete their data",
}


def main(arguments: list[str]) -> int:
    """Run one command; return the exit code (2: cannot be used as things are, with the reason on stderr)."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.nodes", description=nodes.__doc__)
    parser.add_argument("command", choices=_COMMANDS, help="; ".join(f"{k}: {v}" for k, v in _COMMANDS.items()))
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="the command line for `with` and `exec`")
    chosen = parser.parse_args(arguments)
    try:
        return _run(chosen.command, [part for part in chosen.rest if part != "--"])
    except (nodes.NodesError, MissingProgramError, PortTakenError, TimeoutError, RuntimeError) as error:
        print(f"nodes: {error}", file=sys.stderr)
        return 2


def _run(command: str, rest: list[str]) -> int:
    match command:
        case "up":
            nodes.up(say=_say)
        case "down":
            nodes.down(say=_say)
        case "purge":
            nodes.purge(say=_say)
        case "status":
            print(nodes.status())
        case "env":
            for name, value in nodes.Nodes.current().environment().items():
                print(f"export {name}={shlex.quote(value)}")
        case "with":
            return _with(rest)
        case "exec":
            return _exec(rest)
    return 0


def _exec(command: list[str]) -> int:
    if not command:
        raise nodes.NodesError("exec: give the command to run")
    environment = house.running_environment() or nodes.up(say=_say)[0].environment()
    return subprocess.call(command, env=os.environ | environment)


def _with(command: list[str]) -> int:
    if not command:
        raise nodes.NodesError("with: give the command to run, for example `with pytest tests/integration`")
    # The command's own last line is what people and CI look at.
    with nodes.borrowed(say=_say, say_at_end=lambda _line: None) as borrowed:
        child = subprocess.Popen(command, env=os.environ | borrowed.environment())
        # Ctrl-C reaches the whole terminal group: the child decides, and we still tidy up after it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda signum, _frame: child.send_signal(signum))
        return child.wait()


def _say(line: str) -> None:
    print(f"nodes: {line}", file=sys.stderr, flush=True)
