"""Drops what a relay published twice, by its place in the source's own sequence."""

from __future__ import annotations

from gateway.eventlog.entry import Entry

# A hole larger than this is not remembered number by number; what comes later from inside it is sent, possibly a second time, never lost.
_LARGEST_HOLE = 10_000


class Repeats:
    """What one subscription has seen of every (source, epoch).

    A relay that crashed publishes again from its last confirmed event: numbers it has sent before come again. A number below the highest
    one is a repeat unless it was skipped then (an event the broker refused at first), so holes are remembered.
    """

    def __init__(self) -> None:
        self._seen: dict[tuple[str, int], _Seen] = {}

    def is_repeat(self, entry: Entry) -> bool:
        """Whether this event was seen before; takes note of it."""
        key = (entry.source, entry.epoch)
        seen = self._seen.get(key)
        if seen is None:
            self._seen[key] = _Seen(entry.sequence)
            return False
        return seen.is_repeat(entry.sequence)


class _Seen:
    __slots__ = ("first", "highest", "holes")

    def __init__(self, first: int) -> None:
        self.first = self.highest = first
        self.holes: set[int] = set()

    def is_repeat(self, number: int) -> bool:
        if number == self.highest + 1:
            self.highest = number
            return False
        if number > self.highest:
            skipped = range(self.highest + 1, number)
            if len(skipped) + len(self.holes) <= _LARGEST_HOLE:
                self.holes.update(skipped)
            else:
                self.holes.clear()
                self.first = number
            self.highest = number
            return False
        if number in self.holes:
            self.holes.discard(number)
            return False
        # Below the first number nothing was sent by this subscription: repeating is allowed there, losing is not.
        return number >= self.first
