"""Nodes that may be killed: a second pair, apart from those that other tests use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.arena import Arena, Producer, Victims, arena_on, victims_in


@pytest.fixture(scope="session")
def victims(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victims]:
    """One pair for all fault tests of the session."""
    with victims_in(tmp_path_factory.mktemp("victims")) as made:
        yield made


@pytest.fixture
def arena(victims: Victims, tmp_path: Path) -> Iterator[Arena]:
    """A fresh vhost and database on the victims, no process yet."""
    with arena_on(victims, tmp_path) as made:
        yield made


@pytest.fixture
def bus_on_arena(arena: Arena) -> Producer:
    """The producer alone."""
    return arena.bus
