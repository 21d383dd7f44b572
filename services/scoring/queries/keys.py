"""Page tokens come from outside: their keys are checked before they meet the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chassis.errors import InvalidArgument, Violation
from chassis.paging import Page


def key_of(page: Page, *converters: Callable[[Any], Any]) -> tuple[Any, ...] | None:
    """The key after which the page begins, converted; raises InvalidArgument (INVALID_REQUEST) naming page_token."""
    if page.after is None:
        return None
    try:
        return tuple(convert(value) for convert, value in zip(converters, page.after, strict=True))
    except (TypeError, ValueError) as error:
        raise InvalidArgument("INVALID_REQUEST", "page_token", violations=[Violation("page_token", "not from this list")]) from error
