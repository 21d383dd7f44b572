"""One page of a list: rows by key, the token of the next page, and how many match in all, also beyond the page.

Keys, never offsets: a page stays the same while rows come and go, and page 10,000 costs what page 1 costs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from chassis.database import Transaction
from chassis.errors import InvalidArgument, Violation
from chassis.paging import Page, page_token


@dataclass(frozen=True)
class Slice:
    """`rows` of one page (or aggregates), the token of the next one (empty: there is none), and how many there are in all."""

    rows: Sequence[Any]
    next_page_token: str
    total_size: int

    @property
    def rest(self) -> dict[str, Any]:
        """What the answer of a list method has besides its rows."""
        return {"next_page_token": self.next_page_token, "total_size": self.total_size}

    def answer(self, name: str, view: Callable[[Any], Any] = dict) -> dict[str, Any]:
        """The answer of a list method: each row, as a mapping, or each aggregate as `view` shows it."""
        return {name: [view(row._mapping if isinstance(row, sa.Row) else row) for row in self.rows], **self.rest}


def one_page(tx: Transaction, statement: sa.Select[Any], key: Sequence[Any], page: Page, *, newest_first: bool = False) -> Slice:
    """The rows of `statement` in the order of the columns `key`, which together are unique and among those it selects.

    The statement has every condition, the caller's scope first of all, and neither groups nor drops duplicates. Raises InvalidArgument INVALID_REQUEST for
    a token that is not of this list.
    """
    count = statement.with_only_columns(sa.func.count(), maintain_column_froms=True).order_by(None)
    total = tx.execute(count).scalar_one()
    if page.after is not None:
        here, there = sa.tuple_(*key), sa.tuple_(*_values(key, page.after))
        statement = statement.where(here < there if newest_first else here > there)
    ordered = statement.order_by(*(column.desc() if newest_first else column for column in key)).limit(page.size + 1)
    aggregates = statement.column_descriptions[0].get("entity") is not None
    rows = tx.session.execute(ordered).scalars().all() if aggregates else tx.execute(ordered).all()
    shown = rows[: page.size]
    return Slice(shown, page_token(_key_of(shown[-1], key, aggregates)) if len(rows) > page.size else "", total)


def between(column: sa.ColumnElement[Any], start: Any, end: Any) -> list[sa.ColumnElement[bool]]:
    """From `start` on and before `end`; None leaves a side open."""
    conditions = [] if start is None else [column >= start]
    return conditions if end is None else [*conditions, column < end]


def equal(table: sa.Table, values: dict[str, Any]) -> list[sa.ColumnElement[bool]]:
    """The conditions of optional filters that are named as their columns; None and "" do not filter."""
    return [table.c[name] == value for name, value in values.items() if value not in (None, "")]


def _key_of(row: Any, key: Sequence[Any], aggregates: bool) -> tuple[Any, ...]:
    values = (getattr(row, column.key) if aggregates else row._mapping[column.key] for column in key)
    return tuple(value.isoformat() if isinstance(value, date) else value for value in values)


def _values(key: Sequence[Any], after: tuple[Any, ...]) -> list[sa.ColumnElement[Any]]:
    """The token's values as those of the columns: it comes from outside, and what is no value of its column must not reach the database."""
    try:
        return [sa.literal(_value(column.type, part), column.type) for column, part in zip(key, after, strict=True)]
    except (TypeError, ValueError, ArithmeticError) as error:
        raise InvalidArgument("INVALID_REQUEST", "page_token", violations=[Violation("page_token", "not from this list")]) from error


def _value(kind: Any, part: Any) -> Any:
    if isinstance(kind, sa.DateTime):
        return datetime.fromisoformat(part)
    if isinstance(kind, sa.Date):
        return date.fromisoformat(part)
    if isinstance(kind, sa.Integer):
        return _number(part)
    if isinstance(kind, sa.Numeric):
        return Decimal(part if isinstance(part, str) else _number(part))
    if not isinstance(part, str):
        raise TypeError("not a text")
    return UUID(part) if isinstance(kind, sa.Uuid) else part


def _number(part: Any) -> int:
    if not isinstance(part, int) or not -(2**63) <= part < 2**63:
        raise ValueError("not a number of this list")
    return part
