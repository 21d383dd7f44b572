"""Pages by key, never by offset: stable while rows come and go, and as fast on page 10,000 as on page 1."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import orjson

from chassis.errors import InvalidArgument, Violation

DEFAULT_SIZE = 50
MAX_SIZE = 200


@dataclass(frozen=True)
class Page:
    """`size` rows after the row whose key tuple is `after` (None: from the start)."""

    size: int
    after: tuple[Any, ...] | None

    @classmethod
    def of(cls, page_size: int | None = None, page_token: str | None = None, *, keys: int = 1, types: tuple[type, ...] = ()) -> Page:
        """From a request's fields; `keys` is the length of the list's key tuple, or `types` the types in it. Raises InvalidArgument naming the field."""
        size = page_size or DEFAULT_SIZE
        if not 1 <= size <= MAX_SIZE:
            raise InvalidArgument("INVALID_REQUEST", "page_size", violations=[Violation("page_size", f"1 to {MAX_SIZE}")])
        if not page_token:
            return cls(size, None)
        try:
            after = orjson.loads(base64.urlsafe_b64decode(page_token + "=" * (-len(page_token) % 4)))
            if not isinstance(after, list) or len(after) != (len(types) or keys) or not all(map(_is_key, after)):
                raise ValueError("not a key of this list")
            if types and not all(map(isinstance, after, types)):
                raise ValueError("not the types of this list's key")
        except ValueError as error:
            raise InvalidArgument("INVALID_REQUEST", "page_token", violations=[Violation("page_token", "not from this list")]) from error
        return cls(size, tuple(after))


def _is_key(part: Any) -> bool:
    # A token comes from outside: what PostgreSQL cannot take as a value must not become an error of ours.
    return "\0" not in part if isinstance(part, str) else isinstance(part, int | float) and not isinstance(part, bool)


def page_token(key: tuple[Any, ...]) -> str:
    """The token that continues after the row with this key (strings and numbers; times as ISO text)."""
    return base64.urlsafe_b64encode(orjson.dumps(list(key), default=str)).decode().rstrip("=")
