"""`python -m contracts.docs`: docs/events.md, docs/flow.svg, docs/asyncapi.json and docs/schemas/ from the registry.

python -m contracts.docs            write the documents
python -m contracts.docs --check    change nothing; fail when documents or golden snapshots are not those of the contracts
python -m contracts.docs --accept   record compatible changes in the golden snapshots, then write the documents; refuses incompatible ones
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

from contracts import asyncapi, compatibility, event_pages, picture
from contracts.consumers import UnreadableError, consumers
from contracts.registry import REGISTRY

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


def documents() -> dict[str, str]:
    """Path below docs/ → content, the same for the same contracts and subscriptions."""
    readers = consumers()
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    pages = {
        "events.md": event_pages.page(REGISTRY, readers),
        "flow.svg": picture.page(REGISTRY, readers),
        "asyncapi.json": _json(asyncapi.document(REGISTRY, readers, version=version)),
    }
    for contract in REGISTRY:
        pages[f"schemas/{contract.type}.v{contract.version}.json"] = _json(asyncapi.event_schema(contract))
    return pages


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def drift(folder: Path = DOCS) -> list[str]:
    """Names of documents that are missing, different or left over."""
    wanted = documents()
    different = [
        name for name, text in wanted.items() if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text
    ]
    return sorted([*different, *_left_over(folder, wanted)])


def _left_over(folder: Path, wanted: dict[str, str]) -> list[str]:
    return [f"schemas/{path.name}" for path in (folder / "schemas").glob("*.json") if f"schemas/{path.name}" not in wanted]


def write(folder: Path = DOCS) -> list[str]:
    """Write what differs, delete what is left over; the names touched."""
    changed = drift(folder)
    wanted = documents()
    (folder / "schemas").mkdir(parents=True, exist_ok=True)
    for name in changed:
        if name in wanted:
            (folder / name).write_text(wanted[name], encoding="utf-8")
        else:
            (folder / name).unlink()
    return changed


def check(folder: Path = DOCS, snapshots: Path = compatibility.SNAPSHOTS) -> list[str]:
    """Everything that is not as it should be, each with what mends it; empty when all is well."""
    now, before = compatibility.snapshots(), compatibility.stored(snapshots)
    broken = compatibility.incompatible(now, before)
    if broken:
        return [*broken, "within a version only optional fields may be added: undo this, or register the next version beside it"]
    problems = [f"contracts/_snapshots/{name}.json is not that of the contract" for name in compatibility.outdated(now, before)]
    if problems:
        problems.append("run: python -m contracts.docs --accept")
    stale = drift(folder)
    if stale:
        problems += [f"docs/{name} is not that of the contracts" for name in stale]
        problems.append("run: python -m contracts.docs   (or make docs)")
    return problems


def accept(snapshots: Path = compatibility.SNAPSHOTS) -> tuple[list[str], list[str]]:
    """(names recorded, problems): with a problem nothing is recorded."""
    now, before = compatibility.snapshots(), compatibility.stored(snapshots)
    broken = compatibility.incompatible(now, before)
    if broken:
        return [], broken
    names = compatibility.outdated(now, before)
    for name in names:
        compatibility.write(name, now[name], snapshots)
    return names, []


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 when all is well, 1 with the reasons on standard error."""
    parser = argparse.ArgumentParser(prog="python -m contracts.docs", description="documents of the event contracts")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="fail when documents or snapshots are not those of the contracts")
    mode.add_argument("--accept", action="store_true", help="record compatible changes in the golden snapshots, then write the documents")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.check:
            return _say_problems(check())
        if chosen.accept:
            names, problems = accept()
            if problems:
                return _say_problems([*problems, "not accepted: register the next version beside it"])
            _say(f"snapshot accepted: {name}" for name in names)
        _say(f"written: docs/{name}" for name in write())
    except UnreadableError as error:
        return _say_problems([str(error)])
    return 0


def _say(lines: Any) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _say_problems(problems: list[str]) -> int:
    sys.stderr.writelines(f"contracts.docs: {problem}\n" for problem in problems)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
