"""Waiting until every process says that it is ready."""

from __future__ import annotations

import http.client
import os
import time
from collections import defaultdict
from collections.abc import Callable, Sequence

from deploy.local import processes
from deploy.local.ports import HOST
from deploy.local.supervisor import Instance, Layout, Supervisor

_POLL_S = 0.1
_STARTS_BEFORE_GIVING_UP = 3


class NotReadyError(Exception):
    """A process does not become ready; the message names it and holds the end of its log."""


def wait_ready(wanted: Sequence[Instance], supervised: Supervisor, layout: Layout, *, say: Callable[[str], None]) -> None:
    """Wait until `/readyz` of each process answers 200; `say` hears of each.

    Raises NotReadyError after HALLBUS_READY_SECONDS (120), or as soon as one has died three times or supervisord is gone.
    """
    within = float(os.environ.get("HALLBUS_READY_SECONDS", "120"))
    deadline = time.monotonic() + within
    waiting = {instance.name: instance for instance in wanted}
    starts: dict[str, set[int]] = defaultdict(set)
    while waiting:
        for name, instance in list(waiting.items()):
            status, answer = _ask(instance.metrics_port)
            if status == http.HTTPStatus.OK:
                del waiting[name]
                say(f"{name} is ready ({len(wanted) - len(waiting)}/{len(wanted)})")
            elif time.monotonic() > deadline:
                raise NotReadyError(f"{name} is not ready after {within:g} s ({answer}); {_log_end(layout, name)}")
        _refuse_the_dying(supervised, layout, starts)
        time.sleep(_POLL_S)


def _refuse_the_dying(supervised: Supervisor, layout: Layout, starts: dict[str, set[int]]) -> None:
    if not supervised.is_alive():
        raise NotReadyError(f"supervisord ended; {_log_end(layout, 'supervisord-console')}")
    for name, info in supervised.states().items():
        starts[name].add(info["start"])
        if len(starts[name] - {0}) > _STARTS_BEFORE_GIVING_UP or info["statename"] == "FATAL":
            raise NotReadyError(f"{name} dies at every start ({info['description']}); {_log_end(layout, name)}")


def _log_end(layout: Layout, name: str) -> str:
    log = layout.log_of(name)
    return f"{log} ends:\n{processes.tail(log)}"


def _ask(port: int) -> tuple[int, str]:
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        return response.status, f"/readyz says {response.status} {response.read(500).decode(errors='replace').strip()}"
    except (OSError, http.client.HTTPException) as error:
        return 0, f"port {port}: {error}"
    finally:
        connection.close()
