"""The newest events of the log in memory, one copy for all live subscribers. Lives on the event loop's thread."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Sequence

from gateway.eventlog.entry import BEGINNING, Entry, Position


class Ring:
    """A bounded, gapless run of entries. `base` is the place before the first of them, None while its event id is not known."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._entries: list[Entry] = []
        self._offsets: list[int] = []
        self._changed: asyncio.Future[None] | None = None
        #: Grows with every change, so that a reader can wait for the next one after what it has seen.
        self.changes = 0
        self.base: Position | None = None
        self.closed = False

    @property
    def end(self) -> Position | None:
        """Behind the newest entry; None as long as nothing is known of the log."""
        return self._entries[-1].position if self._entries else self.base

    def begin_empty(self) -> None:
        """The log has no event at all."""
        self._restart(BEGINNING)

    def forget(self) -> None:
        """The log is not the one that was read before: every position must be checked against it."""
        self._restart(None)

    def extend(self, entries: Sequence[Entry]) -> None:
        """Append what directly follows `end`; the oldest entries fall out beyond the capacity."""
        if not entries:
            return
        if self.base is not None and not self._entries and entries[0].position.offset != self.base.offset + 1:
            # A log taken for empty, because the broker was slow to show it: what came before these entries is not here.
            self.base = None
        self._entries.extend(entries)
        self._offsets.extend(entry.position.offset for entry in entries)
        surplus = len(self._entries) - self._capacity
        # Trimming a list from its head costs its length, so it is done once per half capacity.
        if surplus > self._capacity // 2:
            self.base = self._entries[surplus - 1].position
            del self._entries[:surplus], self._offsets[:surplus]
        self._wake()

    def after(self, position: Position, most: int) -> Sequence[Entry] | None:
        """Up to `most` entries behind a position; None when the ring cannot vouch for it (too old, or of another log)."""
        if position == self.base:
            return self._entries[:most]
        index = bisect_left(self._offsets, position.offset)
        if index < len(self._entries) and self._entries[index].position == position:
            return self._entries[index + 1 : index + 1 + most]
        return None

    def close(self) -> None:
        """The process is stopping: whoever waits is woken and finds `closed`."""
        self.closed = True
        self._wake()

    async def wait(self, seconds: float, seen: int) -> None:
        """Until something changes after the change numbered `seen`, at most `seconds`."""
        if self.changes != seen:
            return
        if self._changed is None:
            self._changed = asyncio.get_running_loop().create_future()
        await asyncio.wait([self._changed], timeout=seconds)

    def _restart(self, base: Position | None) -> None:
        self._entries, self._offsets, self.base = [], [], base
        self._wake()

    def _wake(self) -> None:
        self.changes += 1
        if self._changed is not None and not self._changed.done():
            self._changed.set_result(None)
        self._changed = None
