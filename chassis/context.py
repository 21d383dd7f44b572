"""What travels with a piece of work: correlation, cause, caller, deadline. One per greenthread or thread (contextvars)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from chassis.caller import Caller
from chassis.ids import new_id


@dataclass(frozen=True)
class Context:
    """`correlation_id` joins everything one outside cause led to; `causation_id` is the event or request directly before."""

    correlation_id: str = field(default_factory=new_id)
    causation_id: str | None = None
    caller: Caller = field(default_factory=Caller.system)
    deadline: float | None = None  # epoch seconds of the real clock

    def remaining(self, default: float) -> float:
        """Seconds left, at most `default`."""
        return default if self.deadline is None else min(default, self.deadline - time.time())


_current: ContextVar[Context | None] = ContextVar("hallbus_context", default=None)


def current() -> Context:
    """The context of the running work; a fresh one outside any."""
    return _current.get() or Context()


@contextmanager
def use(context: Context) -> Iterator[Context]:
    """Run the block under `context`."""
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)
