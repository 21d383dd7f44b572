"""Ports of this machine: which are free, and which one a server gets."""

from __future__ import annotations

import random
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

HOST = "127.0.0.1"

# Below the kernel's ephemeral range (32768 up), so that no outgoing connection takes the port between choice and bind.
_RANGE = range(20000, 32000)


class PortTakenError(Exception):
    """A port that was asked for by name is held by somebody else."""


def is_free(port: int) -> bool:
    """Say whether a server could listen on the loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a loopback port nobody listens on, outside the ephemeral range."""
    while True:
        port = random.choice(_RANGE)  # noqa: S311 - no secret: any free number will do
        if is_free(port):
            return port


def choose(variable: str, default: int, *, env: Mapping[str, str], say: Callable[[str], None], previous: int | None = None) -> int:
    """Return the port for one server: the one `variable` names, else the previous, else the default, else any free one.

    Raises PortTakenError if the named one is no port number or is taken. Another one than the default is told to `say`, as
    `VARIABLE=port`.
    """
    if env.get(variable):
        return _named(variable, env[variable])
    wanted = previous or default
    if is_free(wanted):
        return wanted
    port = free_port()
    say(f"{variable}={port}")
    return port


@contextmanager
def told_together(say: Callable[[str], None]) -> Iterator[Callable[[str], None]]:
    """Give a `say` for `choose` that tells all taken defaults in one line at the end."""
    moved: list[str] = []
    yield moved.append
    if moved:
        say("some default ports are taken by other programs, so: " + " ".join(moved))


def _named(variable: str, text: str) -> int:
    if not (text.isdigit() and 0 < int(text) < 65536):
        raise PortTakenError(f"{variable}: {text!r} is no port number (1 to 65535)")
    if not is_free(int(text)):
        raise PortTakenError(f"{variable}: port {text} is taken by another program")
    return int(text)
