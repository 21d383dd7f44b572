"""Pages of the log from any offset, for subscribers that are not live. Plain threads: the stream is read over AMQP."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from chassis.amqp import CONNECTION_ERRORS, Link
from chassis.errors import FailedPrecondition, Unavailable
from chassis.events import STREAM
from gateway import metrics
from gateway.eventlog.entry import BEGINNING, Entry, Position, parse

T = TypeVar("T")

PAGE = 500
READERS = 4
# No message for so long means that there is none: the broker sends from its page cache.
_SILENCE_SECONDS = 1.0
_PAGE_SECONDS = 10.0


class LogPages:
    """Reads pages on a few threads with a connection each; a subscriber holds one only while a page is read."""

    def __init__(self, amqp_uri: str, *, heartbeat: int = 10) -> None:
        self._uri, self._heartbeat = amqp_uri, heartbeat
        self._own = threading.local()
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="log-page")
        self._links: set[Link] = set()

    async def after(self, position: Position, until: Position | None) -> Sequence[Entry]:
        """Up to a page of entries behind a position, reading no further than needed to reach `until`.

        Raises FailedPrecondition CURSOR_UNKNOWN or CURSOR_EXPIRED, and Unavailable BROKER_UNAVAILABLE.
        """
        metrics.log_pages.inc()
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._after, position, until)

    async def before_earliest(self) -> Position:
        """The place just before the oldest event, as the log is now; raises Unavailable BROKER_UNAVAILABLE.

        Its event id is the empty one, which only `after` of the very next page accepts.
        """
        first = await asyncio.get_running_loop().run_in_executor(self._pool, self._edge, "first", 1)
        return Position(first[0].position.offset - 1, "") if first else BEGINNING

    def close(self) -> None:
        """End the threads and their connections."""
        for link in list(self._links):
            link.close()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _after(self, position: Position, until: Position | None) -> Sequence[Entry]:
        if not position.event_id:
            page = self._read(position.offset + 1, PAGE, until)
            if page and page[0].position.offset != position.offset + 1:
                raise _expired()
            return page
        page = self._read(position.offset, PAGE + 1, until)
        if not page:
            self._explain_silence(position)
            return page
        if page[0].position.offset > position.offset:
            raise _expired()
        if page[0].position != position:
            raise _unknown()
        return page[1:]

    def _explain_silence(self, position: Position) -> None:
        # A cursor's event is there as long as the log is the same and has not dropped it. Nothing at its place: another, shorter log.
        newest = self._edge("last", PAGE)
        if not newest or newest[-1].position.offset < position.offset:
            raise _unknown()

    def _edge(self, offset: str, most: int) -> list[Entry]:
        """Entries at the first or last place; empty only if the log is. A broker that has some and sends none is slow: Unavailable."""
        entries = self._read(offset, most, None)
        if not entries and self._guarded(known_to_have_events):
            raise Unavailable("BROKER_UNAVAILABLE", "the event log cannot be read now")
        return entries

    def _read(self, offset: int | str, most: int, until: Position | None) -> list[Entry]:
        return self._guarded(lambda link: _consume(link, offset, most, until))

    def _guarded(self, work: Callable[[Link], T]) -> T:
        reused = getattr(self._own, "link", None) is not None
        try:
            return self._once(work)
        except CONNECTION_ERRORS as error:
            if not reused:
                raise Unavailable("BROKER_UNAVAILABLE", "the event log cannot be read now") from error
        try:  # a connection that had been idle may have died meanwhile
            return self._once(work)
        except CONNECTION_ERRORS as error:
            raise Unavailable("BROKER_UNAVAILABLE", "the event log cannot be read now") from error

    def _once(self, work: Callable[[Link], T]) -> T:
        link = self._link()
        # A frozen broker answers nothing and closes nothing: shutting the socket is what ends the wait.
        watchdog = threading.Timer(_PAGE_SECONDS, link.close)
        watchdog.daemon = True
        watchdog.start()
        try:
            return work(link)
        except BaseException:
            self._drop(link)
            raise
        finally:
            watchdog.cancel()

    def _link(self) -> Link:
        link: Link | None = getattr(self._own, "link", None)
        if link is None:
            link = self._own.link = Link(self._uri, "gateway-log-page", heartbeat=self._heartbeat)
            self._links.add(link)
        return link

    def _drop(self, link: Link) -> None:
        self._own.link = None
        self._links.discard(link)
        link.close()


def _consume(link: Link, offset: int | str, most: int, until: Position | None) -> list[Entry]:
    """Read one page on a channel of its own. Prefetch is the page, so that nothing is sent beyond it and nothing needs an ack."""
    entries: list[Entry] = []

    def on_message(message: Any) -> None:
        body = message.body
        entries.append(parse(message.headers["x-stream-offset"], body if isinstance(body, bytes) else body.encode()))

    channel = link.channel()
    channel.basic_qos(0, most, False)
    tag = channel.basic_consume(STREAM, no_ack=False, callback=on_message, arguments={"x-stream-offset": offset})
    quiet_at = time.monotonic() + _SILENCE_SECONDS
    while len(entries) < most and (until is None or not entries or entries[-1].position.offset < until.offset):
        had = len(entries)
        link.drain(max(quiet_at - time.monotonic(), 0.001))
        if len(entries) > had:
            quiet_at = time.monotonic() + _SILENCE_SECONDS
        elif time.monotonic() >= quiet_at:
            break
    with contextlib.suppress(AttributeError):  # py-amqp: a channel the peer has closed meanwhile
        channel.basic_cancel(tag)
        channel.close()
    return entries


def known_to_have_events(link: Link) -> bool:
    """Whether the broker counts any. Its counter lags by seconds: "none" proves nothing, "some" proves that silence is slowness."""
    channel = link.channel()
    count: int = channel.queue_declare(STREAM, passive=True).message_count
    channel.close()
    return count > 0


def _expired() -> FailedPrecondition:
    return FailedPrecondition("CURSOR_EXPIRED", "the log no longer has the events behind this cursor; start over from START_EARLIEST")


def _unknown() -> FailedPrecondition:
    return FailedPrecondition("CURSOR_UNKNOWN", "the cursor is not of this log (it was made anew); start over from START_EARLIEST")
