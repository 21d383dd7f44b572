"""A client outside the system with a journal of its own: what it asked, what was acknowledged, what stayed unknown."""

from __future__ import annotations

import threading
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Self

from chassis.errors import HallbusError
from chassis.rpc_client import RpcClient
from chassis.testing import PATIENCE

CALL_SECONDS = 3.0


@dataclass
class Journal:
    """Acknowledged values per thing, in the order of asking; and calls that took longer than their deadline allows."""

    acked: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    overdue: list[float] = field(default_factory=list)
    unknown: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def total(self) -> int:
        """Commands acknowledged so far."""
        return sum(map(len, self.acked.values()))


class Load:
    """Writers that set things to growing values, each call repeated with the same request_id until it is acknowledged."""

    def __init__(self, amqp_uri: str, *, writers: int = 4, pause: float = 0.002, prefix: str = "t") -> None:
        self.journal = Journal()
        self._client = RpcClient(amqp_uri, name="load", heartbeat=3)
        self._stopping = threading.Event()
        self._pause = pause
        self._threads = [threading.Thread(target=self._write, args=(f"{prefix}{n}",), daemon=True) for n in range(writers)]

    def __enter__(self) -> Self:
        assert self._client.wait_connected(10 * PATIENCE)
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.finish()

    def wait_for(self, commands: int, within: float = 30.0) -> None:
        """Until so many more commands were acknowledged."""
        within *= PATIENCE
        goal, deadline = self.journal.total + commands, time.monotonic() + within
        while self.journal.total < goal:
            if time.monotonic() > deadline:
                raise AssertionError(f"only {self.journal.total} of {goal} commands acknowledged in {within} s")
            time.sleep(0.02)

    def finish(self, within: float = 60.0) -> None:
        """No new commands; the last ones are repeated until acknowledged."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(within * PATIENCE)
        assert not any(thread.is_alive() for thread in self._threads), "a writer never got its acknowledgement"
        assert self._client.open_calls == 0, "O9: replies are waited for that nobody wants any more"
        self._client.close()

    def _write(self, thing: str) -> None:
        value = 0
        while not self._stopping.is_set():
            value += 1
            self._until_acked({"thing_id": thing, "value": value, "request_id": str(uuid.uuid4())})
            with self.journal.lock:
                self.journal.acked[thing].append(value)
            time.sleep(self._pause)

    def _until_acked(self, request: dict[str, Any]) -> None:
        while True:
            started = time.monotonic()
            try:
                self._client.call("probe", "put_thing", request, timeout=CALL_SECONDS)
            except HallbusError as error:
                if not error.retryable:
                    raise
                with self.journal.lock:
                    self.journal.unknown += 1
                time.sleep(0.05)
            else:
                return
            finally:
                took = time.monotonic() - started
                if took > CALL_SECONDS + 1.5 * PATIENCE:
                    self.journal.overdue.append(took)
