"""`python -m chassis.migrations upgrade|check [service …]` on DATABASE_URL; `downgrade <service> <revision>`."""

from __future__ import annotations

import os
import sys

from chassis.migrations.runner import check, downgrade, services_with_migrations, upgrade


def main(arguments: list[str]) -> int:
    """Exit code 0 when done, 1 when `check` finds a difference, 2 for a wrong call."""
    url = os.environ.get("DATABASE_URL")
    if not arguments or not url:
        sys.stderr.write("usage: DATABASE_URL=… python -m chassis.migrations upgrade|check [service …] | downgrade <service> <revision>\n")
        return 2
    command, *names = arguments
    if command == "upgrade":
        for name in names or services_with_migrations():
            upgrade(url, [name])
            sys.stdout.write(f"migrated {name}\n")
        return 0
    if command == "downgrade" and len(names) == 2:
        downgrade(url, names[0], names[1])
        return 0
    if command == "check":
        found = {name: check(url, name) for name in names or services_with_migrations()}
        for name, differences in found.items():
            sys.stdout.write(f"{name}: {differences or 'in step'}\n")
        return 1 if any(found.values()) else 0
    sys.stderr.write(f"unknown command {command!r}\n")
    return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
