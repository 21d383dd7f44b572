"""OPERLOG as tar.gz (ContentType=tgz): what the archive holds, as one text."""

from __future__ import annotations

import io
import tarfile
import zlib

MOST_BYTES = 32 * 1024 * 1024
"""An archive that unpacks to more than this is a bomb, not a log."""


class NotAnArchive(ValueError):
    """The body cannot be unpacked; the message says why."""


def unpack(body: bytes) -> bytes:
    """The members' contents, one after the other. Raises NotAnArchive."""
    parts: list[bytes] = []
    left = MOST_BYTES
    try:
        with tarfile.open(fileobj=io.BytesIO(_gunzip(body)), mode="r:") as archive:
            for member in archive:
                source = archive.extractfile(member) if member.isfile() else None
                if source is None:
                    continue
                content = source.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise NotAnArchive("unpacks to more than 32 MiB")
                parts.append(content.rstrip(b"\r\n") + b"\n")
    except (tarfile.TarError, zlib.error, EOFError) as error:
        raise NotAnArchive(str(error)) from error
    return b"".join(parts)


def _gunzip(body: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    unpacked = unpacker.decompress(body, MOST_BYTES + 1)
    if len(unpacked) > MOST_BYTES:
        raise NotAnArchive("unpacks to more than 32 MiB")
    return unpacked
