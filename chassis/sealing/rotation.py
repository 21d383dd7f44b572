"""Bring what is stored under an old key to the current one: small transactions, from wherever the last run stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.sealing.vault import Vault

Hashes = Callable[[Vault, str], Mapping[str, str | None]]


@dataclass(frozen=True)
class SealedColumn:
    """A column of sealed texts in a table with a one-column key.

    `context` gives the place of a row's value by its key. `hashes` gives, from the opened text, the values of the columns of keyed hashes made from it.
    """

    table: sa.Table
    column: str
    context: Callable[[str], str]
    hashes: Hashes | None = None
    hashed: tuple[str, ...] = ()

    @property
    def key(self) -> sa.Column[Any]:
        """The table's primary key."""
        return next(iter(self.table.primary_key.columns))

    def stale(self, vault: Vault) -> sa.ColumnElement[bool]:
        """What the current keys have not made."""
        sealed = self.table.c[self.column]
        conditions = [sa.and_(sealed != "", sa.not_(sa.func.starts_with(sealed, vault.sealed_by)))]
        # A null hash stays null: starts_with of it is null and so never stale.
        conditions += [sa.not_(sa.func.starts_with(self.table.c[name], vault.hashed_by)) for name in self.hashed]
        return sa.or_(*conditions)


def rotate(db: Db, vault: Vault, column: SealedColumn, *, batch: int) -> Iterator[int]:
    """Re-seal and re-hash, `batch` rows a transaction; yields the rows done after each.

    Nothing remembers how far it came: a row under the current keys is passed over, so an interrupted run is simply started again. Rows are locked
    while they are re-sealed; the service goes on meanwhile.
    """
    after = ""
    while True:
        with db.transaction() as tx:
            rows = _stale_rows(tx, vault, column, after, batch)
            if rows:
                _reseal(tx, vault, column, rows)
                after = rows[-1][0]
        if rows:
            yield len(rows)
        if len(rows) < batch:
            return


def _stale_rows(tx: Transaction, vault: Vault, column: SealedColumn, after: str, batch: int) -> list[Any]:
    query = sa.select(column.key, column.table.c[column.column]).where(column.key > after, column.stale(vault))
    return list(tx.execute(query.order_by(column.key).limit(batch).with_for_update()).all())


def _reseal(tx: Transaction, vault: Vault, column: SealedColumn, rows: list[Any]) -> None:
    changed = []
    for key, sealed in rows:
        place = column.context(key)
        text = vault.open(sealed, context=place)
        hashes = column.hashes(vault, text) if column.hashes else {}
        changed.append({"the_key": key, column.column: vault.seal(text, context=place), **hashes})
    statement = sa.update(column.table).where(column.key == sa.bindparam("the_key"))
    tx.execute(statement, changed)


def counts(db: Db, column: SealedColumn) -> dict[str, int]:
    """Rows by the key they are sealed with; a key that no row names may be taken away."""
    sealed = column.table.c[column.column]

    found: dict[str, int] = {}
    with db.read() as tx:
        for names in (sealed, *(column.table.c[hashed] for hashed in column.hashed)):
            name = sa.func.split_part(names, ".", 1).label("name")
            query = sa.select(name, sa.func.count()).where(names != "").group_by(name)
            found |= {f"{names.name} {row[0]}": row[1] for row in tx.execute(query)}
    return found
