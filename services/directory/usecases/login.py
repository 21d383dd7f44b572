"""Login with password: one answer for every kind of failure, and a lockout that parallel guesses cannot outrun."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.database import Db
from chassis.errors import Unauthenticated
from services.directory import passwords, queries, tokens
from services.directory.config import DirectoryConfig
from services.directory.domain.accounts import Account, Lockout
from services.directory.orm import accounts


def authenticate(db: Db, config: DirectoryConfig, *, login: str, password: str) -> dict[str, Any]:
    """A token for the account. Raises Unauthenticated INVALID_CREDENTIALS."""
    lockout = Lockout(config.lockout_failures, config.lockout_seconds)
    account_id, stored = _begin(db, lockout, login)
    right = passwords.matches(stored, password)
    if account_id is None or not right:
        _fail(db, lockout, account_id)
        raise Unauthenticated("INVALID_CREDENTIALS", "login or password is wrong, or the account is locked")
    with db.transaction() as tx:
        account = tx.get(Account, account_id, for_update=True)
        account.succeed()
        identity = queries.identity_of(tx, account)
    token, ends = tokens.sign(config.jwt_private_key_file, identity, seconds=config.token_seconds)
    return {"token": token, "expires_at": ends, "account_id": account_id, "staff_id": identity["staff_id"]}


def _fail(db: Db, lockout: Lockout, account_id: str | None) -> None:
    if account_id is not None:
        with db.transaction() as tx:
            tx.get(Account, account_id, for_update=True).fail(tx.now, lockout)


def _begin(db: Db, lockout: Lockout, login: str) -> tuple[str | None, str | None]:
    # A transaction of its own: the try must be counted whatever happens to the rest of the call.
    with db.transaction() as tx:
        query = sa.select(Account).where(accounts.c.login == login.strip().lower()).with_for_update()
        account = tx.session.execute(query).scalar_one_or_none()
        if account is None or not account.may_try(tx.now):
            return None, None
        account.begin_try(tx.now, lockout)
        return account.account_id, account.password_hash
