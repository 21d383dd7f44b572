"""A private PostgreSQL node: own data directory and port, loopback only, trust for the machine's own users."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from deploy.local import processes
from deploy.local.ports import HOST, free_port
from deploy.local.programs import MissingProgramError, postgres_bin

USER = DATABASE = "hallbus"

# sockaddr_un.sun_path holds 108 bytes; the server appends "/.s.PGSQL.<port>" and its lock file's ".lock".
_SOCKET_DIRECTORY_LIMIT = 107 - len("/.s.PGSQL.65535.lock")


class PostgresNode:
    """One PostgreSQL cluster that belongs to the caller; without a port it takes any free one."""

    def __init__(self, directory: Path | str, *, port: int | None = None) -> None:
        self.directory = Path(directory).absolute()
        self.port = port or free_port()
        self.log = self.directory.parent / f"{self.directory.name}.log"

    @property
    def data(self) -> Path:
        """The data directory, behind the link if the server's user could not reach the checkout."""
        return self.directory.resolve()

    def start(self, *, within: float = 180) -> None:
        """Create the cluster if there is none, start it if it does not run, wait until it serves.

        Raises TimeoutError, with the end of the server's log, after `within` seconds.
        """
        if not self.pids():
            self._create()
            self._remove_locks()
            command = self._as_owner([str(postgres_bin() / "postgres"), "-D", str(self.data), *self._settings()])
            processes.start_detached(command, env=_environment(), cwd=self.data, log=self.log)
        self.wait_ready(within=within)

    def wait_ready(self, *, within: float = 60) -> None:
        """Wait until the server accepts connections. Raises TimeoutError with the end of the log."""
        try:
            processes.wait_until(self.is_ready, within=within, what=f"PostgreSQL on port {self.port}")
        except TimeoutError as error:
            raise TimeoutError(f"{error}; its log {self.log} ends:\n{processes.tail(self.log)}") from None

    def is_ready(self) -> bool:
        """Say whether the server accepts connections."""
        command = [str(postgres_bin() / "pg_isready"), "-q", "-t", "2", "-h", HOST, "-p", str(self.port)]
        command += ["-U", USER, "-d", "postgres"]
        return subprocess.run(command, check=False, env=_environment()).returncode == 0

    def stop(self, *, within: float = 20) -> None:
        """Shut down in order (fast: open transactions are rolled back); kill what does not obey in time."""
        processes.thaw_all(self.pids)
        processes.send(self.postmaster(), signal.SIGINT)
        try:
            processes.wait_until(lambda: not self.pids(), within=within, what="PostgreSQL to stop")
        except TimeoutError:
            self.kill()

    def kill(self) -> None:
        """SIGKILL the postmaster and every backend, as a power cut would."""
        processes.kill_all(self.pids)

    def freeze(self) -> None:
        """SIGSTOP the postmaster and every backend: sockets stay open and silent."""
        processes.freeze_all(self.pids)

    def thaw(self) -> None:
        """SIGCONT the postmaster and every backend."""
        processes.thaw_all(self.pids)

    def pids(self) -> list[int]:
        """Return the pids of the postmaster and its backends; empty when it does not run.

        Every PostgreSQL process works in its data directory, and orphans of a killed postmaster still do.
        """
        return processes.working_in(self.data)

    def postmaster(self) -> list[int]:
        """Return the pid of the postmaster as a list; empty when it does not run."""
        return [pid for pid in self.pids() if "-D" in processes.command_line(pid)]

    def sql(self, statement: str, *, database: str = "postgres") -> str:
        """Run one statement as superuser through `psql`, unaligned output. Raises CalledProcessError."""
        command = [str(postgres_bin() / "psql"), "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1"]
        where = ["-h", HOST, "-p", str(self.port), "-U", USER, "-d", database, "-c", statement]
        done = subprocess.run(command + where, env=_environment(), capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def url(self, database: str = DATABASE) -> str:
        """Return the SQLAlchemy URL of one database, as superuser."""
        return f"postgresql+psycopg2://{USER}@{HOST}:{self.port}/{database}"

    def create_database(self, name: str) -> None:
        """Create a database unless it exists."""
        if not self.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):  # noqa: S608 - our own names
            self.sql(f'CREATE DATABASE "{name}"')

    def describe(self) -> dict[str, object]:
        """Return what another process needs to take hold of this node."""
        return {
            "directory": str(self.directory),
            "data": str(self.data),
            "port": self.port,
            "pid": next(iter(self.postmaster()), None),
        }

    def delete(self) -> None:
        """Remove the cluster and the link to it. It must be stopped."""
        data = self.data
        shutil.rmtree(data, ignore_errors=True)
        if self.directory.is_symlink():
            self.directory.unlink()
            data.parent.rmdir()
        self.log.unlink(missing_ok=True)

    def _create(self) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        self._make_directory()
        command = [str(postgres_bin() / "initdb"), "-D", str(self.data), "-U", USER, "-A", "trust"]
        options = ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        done = subprocess.run(self._as_owner(command + options), env=_environment(), cwd="/", capture_output=True, text=True, check=False)
        if done.returncode != 0:
            shutil.rmtree(self.data, ignore_errors=True)
            raise RuntimeError(f"initdb failed in {self.data}:\n{done.stdout}{done.stderr}")

    def _make_directory(self) -> None:
        self.directory.parent.mkdir(parents=True, exist_ok=True)
        owner = _owner()
        if owner is None:
            self.directory.mkdir(exist_ok=True, mode=0o700)
            return
        if not self.directory.exists() and not self._owner_may_enter(self.directory.parent):
            self._link_away()
        self.data.mkdir(exist_ok=True, mode=0o700)
        os.chown(self.data, owner.pw_uid, owner.pw_gid)

    def _owner_may_enter(self, directory: Path) -> bool:
        return subprocess.run(self._as_owner(["test", "-x", str(directory)]), check=False).returncode == 0

    def _link_away(self) -> None:
        """Put the data under /var/tmp: the server's user cannot reach a checkout below, say, /root."""
        mark = hashlib.sha256(str(self.directory).encode()).hexdigest()[:12]
        elsewhere = Path(f"/var/tmp/hallbus-{mark}")  # noqa: S108 - owned, mode 0700, and checked below
        elsewhere.mkdir(mode=0o755, exist_ok=True)
        if elsewhere.is_symlink() or elsewhere.stat().st_uid != os.getuid():
            raise PermissionError(f"{elsewhere} belongs to somebody else: remove it or set HALLBUS_LOCAL_DIR")
        self.directory.unlink(missing_ok=True)
        self.directory.symlink_to(elsewhere / self.directory.name)

    def _remove_locks(self) -> None:
        # No process works in our data directory, so these are a dead server's; its pid may be a zombie or somebody else's.
        for pattern in ("postmaster.pid", ".s.PGSQL.*"):
            for stale in self.data.glob(pattern):
                stale.unlink()

    def _settings(self) -> list[str]:
        short = len(str(self.data)) <= _SOCKET_DIRECTORY_LIMIT
        settings = {
            "port": self.port,
            "listen_addresses": HOST,
            "unix_socket_directories": self.data if short else "",
            "fsync": "on",
            "max_connections": 300,
            "shared_buffers": "256MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _as_owner(self, command: Sequence[str]) -> list[str]:
        owner = _owner()
        if owner is None:
            return list(command)
        return ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--init-groups", "--", *command]


def _owner() -> pwd.struct_passwd | None:
    """Return the user the server runs as if we are root, which PostgreSQL refuses; None if we run it ourselves."""
    if os.geteuid() != 0:
        return None
    name = os.environ.get("HALLBUS_POSTGRES_USER", "postgres")
    try:
        return pwd.getpwnam(name)
    except KeyError:
        raise MissingProgramError(
            f"PostgreSQL refuses to run as root and there is no user {name!r}: set HALLBUS_POSTGRES_USER to one that may"
        ) from None


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "PGCONNECT_TIMEOUT": "5"}
