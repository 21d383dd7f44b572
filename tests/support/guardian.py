"""Nodes of a test run that was killed must not live on: a guardian beside the run ends them when the run dies, however that happens.

The nodes are started so that they outlive whoever started them. The guardian is a process that reads from a pipe which only the test run holds open: its end
is the run's end. In a run that ends in order the fixture has stopped the nodes already and there is nothing left to do.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from deploy.local.postgres import PostgresNode
from deploy.local.rabbit import RabbitNode

ROOT = Path(__file__).resolve().parents[2]
Node = TypeVar("Node", RabbitNode, PostgresNode)


@contextmanager
def guarded(node: Node) -> Iterator[Node]:
    """A node that is at work for the length of the block and not after the death of this process; stopping it in order is the caller's."""
    command = [sys.executable, "-m", "tests.support.guardian", type(node).__name__, str(node.directory)]
    # A session of its own: Ctrl-C in a terminal is for the test run, which then stops its nodes in order.
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, start_new_session=True):
        yield node


def _end(kind: str, directory: Path) -> None:
    if kind == RabbitNode.__name__:
        rabbit = RabbitNode(directory)
        rabbit.kill()
        rabbit.stop()  # its epmd, which outlives a kill
        shutil.rmtree(rabbit.directory, ignore_errors=True)
    else:
        postgres = PostgresNode(directory)
        postgres.kill()
        postgres.delete()


if __name__ == "__main__":
    sys.stdin.read()
    _end(sys.argv[1], Path(sys.argv[2]))
