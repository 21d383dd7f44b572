"""`python -m chassis.sealing new-key [id] | status <service> | rotate <service> [--batch N]`."""

from __future__ import annotations

import argparse
import datetime as dt
import sys

from chassis import config as configuration
from chassis.database import Db
from chassis.dependencies import Database
from chassis.roles import service_dsn
from chassis.sealing.config import SealingConfig
from chassis.sealing.dependency import Sealing
from chassis.sealing.rotation import counts, rotate
from chassis.sealing.vault import Key, Vault

_SECONDS = 60.0


def main(arguments: list[str]) -> int:
    """The exit code: 0, or 2 when it cannot run as things are."""
    parser = argparse.ArgumentParser(prog="python -m chassis.sealing", description="Keys of sealed values")
    commands = parser.add_subparsers(dest="command", required=True)
    fresh = commands.add_parser("new-key", help="print a fresh key")
    fresh.add_argument("id", nargs="?", default="", help="its name; by the day when not given")
    commands.add_parser("status", help="rows by the key they are sealed with").add_argument("service")
    turning = commands.add_parser("rotate", help="bring every row to the current keys; may be interrupted and started again")
    turning.add_argument("service")
    turning.add_argument("--batch", type=int, default=500, help="rows a transaction (default 500)")
    chosen = parser.parse_args(arguments)
    if chosen.command == "new-key":
        sys.stdout.write(Key.generate(chosen.id or f"{dt.datetime.now(dt.UTC):k%Y%m%d}").written() + "\n")
        return 0
    try:
        db, vault, sealing = _opened(chosen.service)
    except (configuration.ConfigError, LookupError, ModuleNotFoundError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for column in sealing.columns:
        name = f"{column.table.name}.{column.column}"
        if chosen.command == "rotate":
            done = 0
            for rows in rotate(db, vault, column, batch=max(1, chosen.batch)):
                done += rows
                sys.stdout.write(f"{name}: {done} rows\n")
        told = ", ".join(f"{key}: {number}" for key, number in sorted(counts(db, column).items()))
        sys.stdout.write(f"{name}: {told or 'no rows'}\n")
    return 0


def _opened(service: str) -> tuple[Db, Vault, Sealing]:
    from chassis.runner import declared_in, load_service

    cls = load_service(service)
    database, sealing = declared_in(cls, Database), declared_in(cls, Sealing)
    if sealing is None:
        raise LookupError(f"{service} seals nothing")
    prefix = f"HALLBUS_{service.upper()}"
    process = configuration.load(configuration.ProcessConfig, prefix)
    dsn = service_dsn(process.database_url, database.schema)
    return database.make(dsn, pool_size=1, seconds=_SECONDS), configuration.load(SealingConfig, prefix).vault, sealing


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
