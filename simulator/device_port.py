"""HTTP as hardware speaks it: a new connection for every request, no framework, the answer's body as bytes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

_SECONDS = 10.0


class NoAnswerError(Exception):
    """The line is down, or the server gave no whole answer in time."""


@dataclass(frozen=True)
class Answer:
    """Status, body and the server's Date."""

    status: int
    body: bytes
    date: datetime | None


class DevicePort:
    """The device port of the house."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port

    async def exchange(self, method: str, target: str, body: bytes = b"", **headers: str) -> Answer:
        """One request. Raises NoAnswerError."""
        lines = [f"{method} {target} HTTP/1.1", f"Host: {self.host}:{self.port}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if body or method == "POST":
            lines.append(f"Content-Length: {len(body)}")
        request = ("\r\n".join(lines) + "\r\n\r\n").encode() + body
        try:
            async with asyncio.timeout(_SECONDS):
                return _parsed(await self._send(request))
        except (OSError, TimeoutError, ValueError) as error:
            raise NoAnswerError(f"{method} {target}: {error!r}") from error

    async def _send(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(self.host, self.port)
        try:
            writer.write(request)
            await writer.drain()
            return await reader.read()
        finally:
            writer.close()


def _parsed(raw: bytes) -> Answer:
    head, separator, body = raw.partition(b"\r\n\r\n")
    if not separator:
        raise ValueError("the answer was cut off")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if len(body) < int(headers.get("content-length", "0")):
        raise ValueError("the body was cut off")
    date = headers.get("date")
    return Answer(int(status.split()[1]), body, parsedate_to_datetime(date) if date else None)
