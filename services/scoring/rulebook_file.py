"""Rulebook files: YAML text to a validated rulebook, its checksum, and the ones that come with the product."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import yaml

from services.scoring.domain.building import build
from services.scoring.domain.reading import Problem, RulebookError
from services.scoring.domain.rulebook import Rulebook

DIRECTORY = Path(__file__).parent / "rulebooks"
LARGEST = 512 * 1024


# The loader in Python: the faster one in C dies of brackets nested deeply enough, and the text comes from outside.
class _Loader(yaml.SafeLoader):
    """Safe YAML in which a key may stand only once: the second of two `points` must not win silently."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, Hashable):
            raise yaml.constructor.ConstructorError(None, None, "a list or mapping stands as a key", key_node.start_mark)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"{key!r} stands twice", key_node.start_mark)
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def parse(text: str, file: str, chosen: Mapping[str, str] | None = None) -> Rulebook:
    """The rulebook in `text` under `chosen` parameters; raises RulebookError naming file, line code and field."""
    return build(_data(text, file), file, chosen)


def checksum(text: str) -> str:
    """SHA-256 of the text without trailing blanks, so that an editor's last newline makes no new rulebook."""
    canonical = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return hashlib.sha256(canonical.encode()).hexdigest()


def bundled() -> dict[str, Path]:
    """The rulebooks that come with the product: "mj.v1" -> file."""
    return {path.stem: path for path in sorted(DIRECTORY.glob("*.yaml"))}


def _data(text: str, file: str) -> object:
    if len(text.encode()) > LARGEST:
        raise RulebookError(file, [Problem("", "(file)", f"is larger than {LARGEST} bytes")])
    try:
        return yaml.load(text, _Loader)  # noqa: S506  a subclass of SafeLoader
    except yaml.YAMLError as error:
        raise RulebookError(file, [Problem("", "(file)", f"is not YAML: {' '.join(str(error).split())}")]) from error
    except RecursionError:
        raise RulebookError(file, [Problem("", "(file)", "is nested too deeply")]) from None
