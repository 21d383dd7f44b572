"""Where the servers' own programs are on this machine, and what to do when they are missing."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

INSTALL_HELP = (
    "  as root:      make packages        (apt-get install {packages})\n"
    "  own servers:  set AMQP_URI and DATABASE_URL and run again\n"
    "  containers:   docker compose -f deploy/compose/compose.yaml up"
)


class MissingProgramError(Exception):
    """A server's program is not installed; the message names the package and the other ways."""


def rabbitmq_sbin() -> Path:
    """Return the folder of RabbitMQ's own scripts.

    Debian's `/usr/sbin/rabbitmq-server` is a wrapper that insists on the user rabbitmq and on `/var/lib/rabbitmq`; the
    scripts it wraps run as anybody. `HALLBUS_RABBITMQ_SBIN` names another place. Raises MissingProgramError.
    """
    places = [
        os.environ.get("HALLBUS_RABBITMQ_SBIN", ""),
        *_newest_first(Path("/usr/lib/rabbitmq/lib"), "rabbitmq_server-*/sbin"),
        "/opt/rabbitmq/sbin",
    ]
    return _first(places, "rabbitmq-server", package="rabbitmq-server")


def postgres_bin() -> Path:
    """Return the folder of the newest PostgreSQL server's programs.

    `HALLBUS_POSTGRES_BIN` names another place. Raises MissingProgramError.
    """
    on_path = shutil.which("postgres")
    places = [
        os.environ.get("HALLBUS_POSTGRES_BIN", ""),
        *_newest_first(Path("/usr/lib/postgresql"), "*/bin"),
        str(Path(on_path).resolve().parent) if on_path else "",
    ]
    return _first(places, "initdb", package="postgresql")


def _first(places: list[str], program: str, *, package: str) -> Path:
    for place in filter(None, places):
        if os.access(Path(place, program), os.X_OK):
            return Path(place)
    raise MissingProgramError(f"{program} not found: the Debian package {package} is missing\n{INSTALL_HELP.format(packages=package)}")


def _newest_first(above: Path, pattern: str) -> list[str]:
    return sorted(map(str, above.glob(pattern)), key=lambda path: [int(n) for n in re.findall(r"\d+", path)], reverse=True)
