"""Roles and their permissions, read once from roles.yaml beside this file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Role:
    """A named set of permissions."""

    role: str
    name_zh: str
    name_en: str
    permissions: tuple[str, ...]


@lru_cache(maxsize=1)
def load() -> dict[str, Role]:
    """Every role by name, permissions sorted."""
    raw = yaml.safe_load((Path(__file__).parent / "roles.yaml").read_text(encoding="utf-8"))
    shared = raw["shared"]
    everything = {p for e in raw["roles"].values() for p in e.get("permissions", ())} | {p for group in shared.values() for p in group}
    found = {}
    for name, entry in raw["roles"].items():
        permissions = {p for group in entry.get("include", ()) for p in shared[group]} | set(entry.get("permissions", ()))
        if entry.get("every_permission"):
            permissions = everything
        if entry.get("every_read"):
            permissions |= {p for p in everything if p.endswith(".read")} - set(entry.get("except", ()))
        found[name] = Role(name, entry["name_zh"], entry["name_en"], tuple(sorted(permissions)))
    return found


def permissions() -> dict[str, tuple[str, ...]]:
    """Permissions by role."""
    return {name: role.permissions for name, role in load().items()}
