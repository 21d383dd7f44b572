"""Golden snapshots: what each event version promised, and whether today's schema still keeps it.

Within a version only optional additions are allowed. Readers with the old schema meet new events, and readers with the new schema meet old events from the
log; a field that is gone, renamed, newly required or differently typed breaks one of them, so it takes a new version.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from contracts.envelope import Envelope
from contracts.json_schema import object_schema
from contracts.registry import REGISTRY, Contract, Registry

JsonDict = dict[str, Any]

SNAPSHOTS = Path(__file__).resolve().parent / "_snapshots"
ENVELOPE = "envelope"


def snapshot(contract: Contract) -> JsonDict:
    """What is promised to readers of an event: who may read it, and its fields without their descriptions."""
    return {"type": contract.type, "version": contract.version, "audience": contract.audience, "data": object_schema(contract.schema)}


def snapshots(registry: Registry = REGISTRY) -> dict[str, JsonDict]:
    """File stem → snapshot, of the envelope and every event as the code has them now."""
    now: dict[str, JsonDict] = {ENVELOPE: {"type": ENVELOPE, "version": 1, "audience": "public", "data": object_schema(Envelope)}}
    for contract in registry:
        now[f"{contract.type}.v{contract.version}"] = snapshot(contract)
    return now


def stored(folder: Path = SNAPSHOTS) -> dict[str, JsonDict]:
    """The accepted snapshots."""
    return {path.name.removesuffix(".json"): json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def write(name: str, content: JsonDict, folder: Path = SNAPSHOTS) -> None:
    """Accept a snapshot."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def breaks(old: JsonDict, new: JsonDict) -> list[str]:
    """Why `new` may not replace `old` under the same version; empty when it may."""
    problems = []
    if old["audience"] == "public" and new["audience"] != "public":
        problems.append("audience: public readers would lose it")
    problems.extend(_object_breaks("", old["data"], new["data"]))
    return problems


def _object_breaks(path: str, old: JsonDict, new: JsonDict) -> Iterator[str]:
    required = set(old.get("required", ())), set(new.get("required", ()))
    for name, field in old["properties"].items():
        where = f"{path}{name}"
        if name not in new["properties"]:
            yield f"{where}: removed (or renamed)"
            continue
        if (name in required[0]) != (name in required[1]):
            yield f"{where}: {'no longer' if name in required[0] else 'newly'} required"
        yield from _field_breaks(where, field, new["properties"][name])
    for name in new["properties"]:
        if name not in old["properties"] and name in required[1]:
            yield f"{path}{name}: added as required; only optional fields may be added"


def _field_breaks(where: str, old: JsonDict, new: JsonDict) -> Iterator[str]:
    if "properties" in old and "properties" in new:
        yield from _object_breaks(f"{where}.", old, new)
        old, new = _without(old, "properties", "required"), _without(new, "properties", "required")
    if "items" in old and "items" in new:
        yield from _field_breaks(f"{where}[]", old["items"], new["items"])
        old, new = _without(old, "items"), _without(new, "items")
    for keyword in sorted(old.keys() | new.keys()):
        if old.get(keyword) != new.get(keyword):
            yield f"{where}: {keyword} was {old.get(keyword)!r}, is {new.get(keyword)!r}"


def _without(schema: JsonDict, *keywords: str) -> JsonDict:
    return {name: value for name, value in schema.items() if name not in keywords}


def incompatible(now: dict[str, JsonDict], before: dict[str, JsonDict]) -> list[str]:
    """One line for every promise of the accepted snapshots that the code breaks, missing events included."""
    lines = [f"{name}: no longer registered; an event ends by a decision, not by deletion" for name in sorted(before.keys() - now.keys())]
    for name in sorted(before.keys() & now.keys()):
        lines.extend(f"{name}: {problem}" for problem in breaks(before[name], now[name]))
    return lines


def outdated(now: dict[str, JsonDict], before: dict[str, JsonDict]) -> list[str]:
    """Names whose accepted snapshot is missing or differs from the code."""
    return sorted(name for name in now if before.get(name) != now[name])
