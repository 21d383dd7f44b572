"""The first administrator: `python -m services.directory.bootstrap`. Safe to repeat.

Makes the account "admin" with the role system_administrator over everything, and an API key: the one in HALLBUS_ADMIN_API_KEY, or a new one that is
printed once when the account has none. A key that was revoked or belongs to somebody else is refused.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import sqlalchemy as sa

from chassis.config import ConfigError, load, setting
from chassis.database import Db, Transaction
from chassis.errors import FailedPrecondition, HallbusError
from chassis.roles import service_dsn
from services.directory import orm
from services.directory.domain.accounts import Account, ApiKey, Grant
from services.directory.service import DirectoryService
from services.directory.usecases.accounts import create_api_key, digest


@dataclass(frozen=True)
class BootstrapConfig:
    """Where the database is, and the key if one is given."""

    database_url: str = setting(env="DATABASE_URL", secret=True, doc="postgresql+psycopg2://…")
    admin_api_key: str | None = setting(None, env="HALLBUS_ADMIN_API_KEY", secret=True)


LOGIN = "admin"
ROLE = "system_administrator"
MIN_KEY = 24


def bootstrap(db: Db, key: str | None) -> str | None:
    """Make what is missing; the new key when one was made up here. Raises FailedPrecondition API_KEY_UNUSABLE."""
    if key is not None and len(key) < MIN_KEY:
        raise FailedPrecondition("API_KEY_UNUSABLE", f"HALLBUS_ADMIN_API_KEY: at least {MIN_KEY} characters")
    with db.transaction() as tx:
        tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('directory.bootstrap', 0))")
        account = _account(tx)
        if key is not None:
            _given_key(tx, db, account, key)
            return None
        live = sa.select(ApiKey).where(orm.api_keys.c.account_id == account.account_id, orm.api_keys.c.revoked_at.is_(None))
        if tx.session.execute(live.limit(1)).scalar_one_or_none() is not None:
            return None
        made: str = create_api_key(db, account_id=account.account_id, name="bootstrap", expires_at=None)["key"]
        return made


def _account(tx: Transaction) -> Account:
    account = tx.session.execute(sa.select(Account).where(orm.accounts.c.login == LOGIN)).scalar_one_or_none()
    if account is None:
        account = Account(tx.new_id(), LOGIN, "系统管理员", None, None, "", None, "active", tx.now, version=1)
        tx.add(account)
        tx.session.flush()
    running = sa.select(Grant).where(
        orm.grants.c.account_id == account.account_id, orm.grants.c.role == ROLE, orm.grants.c.scope == "*", orm.grants.c.valid_to.is_(None)
    )
    if tx.session.execute(running).scalar_one_or_none() is None:
        tx.add(Grant(tx.new_id(), account.account_id, ROLE, "*", "", None, tx.now))
        tx.session.flush()
    return account


def _given_key(tx: Transaction, db: Db, account: Account, key: str) -> None:
    stored = tx.session.execute(sa.select(ApiKey).where(orm.api_keys.c.key_hash == digest(key))).scalar_one_or_none()
    if stored is None:
        create_api_key(db, account_id=account.account_id, name="bootstrap", expires_at=None, key=key)
    elif stored.account_id != account.account_id or stored.revoked_at is not None:
        raise FailedPrecondition("API_KEY_UNUSABLE", "HALLBUS_ADMIN_API_KEY: revoked, or another account's")


def main() -> int:
    """Read the settings, do it, say what was done."""
    try:
        config = load(BootstrapConfig, "HALLBUS_DIRECTORY")
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    declared = DirectoryService.__dict__["db"]
    db = declared.make(service_dsn(config.database_url, "directory"), pool_size=2)
    try:
        made = bootstrap(db, config.admin_api_key or None)
    except HallbusError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        db.close()
    sys.stdout.write(f"account {LOGIN}; API key (shown once): {made}\n" if made else f"account {LOGIN} and its API key are in place\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
