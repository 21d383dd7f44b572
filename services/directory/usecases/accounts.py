"""Accounts, role grants and API keys. Nobody gives away more than he has: every scope is held against the caller's own."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Db, Transaction
from chassis.errors import AlreadyExists, FailedPrecondition, NotFound, PermissionDenied
from services.directory import orm, passwords, roles
from services.directory.domain.accounts import Account, ApiKey, Grant, check_password, split_scope
from services.directory.domain.places import Hall, Region
from services.directory.domain.staff import Staff
from services.directory.views import account_view

KEY_PREFIX = "hbk_"
_HINT = 10


def create_account(db: Db, *, login: str, name: str, password: str | None, staff_id: str | None, **home: str | None) -> dict[str, Any]:
    """Open an account at home in a hall or a region (`hall_id` or `region`)."""
    hall_id = home["hall_id"]
    with db.transaction() as tx:
        region = _home(tx, hall_id, home["region"])
        tx.caller.require(region, hall_id)
        if staff_id is not None:
            person = tx.get(Staff, staff_id)
            tx.caller.require(person.region, person.hall_id)
        account = Account(tx.new_id(), login, name, _hash(password, login), staff_id, region, hall_id, "active", tx.now, version=1)
        columns = {column.name: getattr(account, column.name) for column in orm.accounts.columns}
        written = tx.execute(insert(orm.accounts).values(**columns).on_conflict_do_nothing(index_elements=["login"]))
        if written.rowcount == 0:
            raise AlreadyExists("LOGIN_TAKEN", f"login: {login} exists", login=login)
        return account_view(account)


def _home(tx: Transaction, hall_id: str | None, region: str | None) -> str:
    if hall_id is not None:
        return tx.get(Hall, hall_id).region
    assert region is not None  # the schema asks for exactly one
    return tx.get(Region, region).region


def _hash(password: str | None, login: str) -> str | None:
    if password is None:
        return None
    check_password(password, login)
    return passwords.hashed(password)


def update_account(db: Db, *, account_id: str, name: str, status: str | None) -> dict[str, Any]:
    """Rename, disable or enable an account."""
    with db.transaction() as tx:
        account = _governed(tx, account_id)
        account.name = name or account.name
        account.status = status or account.status
        account.version += 1
        return account_view(account)


def set_password(db: Db, *, account_id: str, password: str) -> dict[str, Any]:
    """Give the account a new password and lift a lockout."""
    with db.transaction() as tx:
        account = _governed(tx, account_id)
        account.password_hash = _hash(password, account.login)
        account.succeed()
        account.version += 1
        return account_view(account)


def _governed(tx: Transaction, account_id: str) -> Account:
    """The account, locked, when the caller may see it and holds every scope that it holds: else he could become it."""
    account = tx.get(Account, account_id, for_update=True)
    tx.caller.require(account.region, account.hall_id)
    running = sa.select(orm.grants).where(orm.grants.c.account_id == account_id, orm.grants.c.valid_to.is_(None))
    for grant in tx.execute(running).mappings():
        _require_scope(tx, grant["scope"], grant["region"], grant["hall_id"])
    return account


def _require_scope(tx: Transaction, scope: str, region: str, hall_id: str | None) -> None:
    if scope != "*":
        tx.caller.require(region, hall_id)
    elif "*" not in tx.caller.scopes:
        raise PermissionDenied("OUT_OF_SCOPE", "the scope reaches beyond the caller's own", scope=scope)


def grant_role(db: Db, *, account_id: str, role: str, scope: str) -> Grant:
    """Give a role within a scope; the running grant is answered when there is one."""
    if role not in roles.load():
        raise NotFound("ROLE_NOT_FOUND", f"role: no role {role}; see ListRoles", role=role)
    kind, value = split_scope(scope)
    with db.transaction() as tx:
        account = tx.get(Account, account_id, for_update=True)
        region, hall_id = _scope_place(tx, kind, value)
        tx.caller.require(account.region, account.hall_id)
        _require_scope(tx, scope, region, hall_id)
        table = orm.grants.c
        same = sa.select(Grant).where(table.account_id == account_id, table.role == role, table.scope == scope, table.valid_to.is_(None))
        found = tx.session.execute(same).scalar_one_or_none()
        if found is None:
            found = Grant(tx.new_id(), account_id, role, scope, region, hall_id, tx.now)
            tx.add(found)
        return found


def _scope_place(tx: Transaction, kind: str, value: str) -> tuple[str, str | None]:
    if kind == "hall":
        hall = tx.get(Hall, value)
        return hall.region, hall.hall_id
    return (tx.get(Region, value).region, None) if kind == "region" else ("", None)


def revoke_role(db: Db, *, grant_id: str) -> Grant:
    """End a grant now."""
    with db.transaction() as tx:
        found = tx.find(Grant, grant_id, for_update=True)
        if found is None:
            raise NotFound("GRANT_NOT_FOUND", f"no grant {grant_id}", grant_id=grant_id)
        _require_scope(tx, found.scope, found.region, found.hall_id)
        if found.valid_to is not None:
            raise FailedPrecondition("GRANT_REVOKED", "the grant has ended", grant_id=grant_id)
        found.valid_to = tx.now
        return found


def create_api_key(db: Db, *, account_id: str, name: str, expires_at: dt.datetime | None, key: str | None = None) -> dict[str, Any]:
    """Make a key for an account: it is in this answer and nowhere else. `key` is given by the bootstrap only."""
    secret = key or KEY_PREFIX + secrets.token_urlsafe(32)
    with db.transaction() as tx:
        account = _governed(tx, account_id)
        made = ApiKey(tx.new_id(), account_id, account.region, account.hall_id, name, secret[:_HINT], digest(secret), tx.now, expires_at)
        tx.add(made)
        return {**made.__dict__, "key": secret}


def revoke_api_key(db: Db, *, key_id: str) -> ApiKey:
    """Stop a key now."""
    with db.transaction() as tx:
        found = tx.get(ApiKey, key_id, for_update=True)
        tx.caller.require(found.region, found.hall_id)
        found.revoke(tx.now)
        return found


def digest(secret: str) -> str:
    """What is stored of an API key. A fast hash is enough: the key has 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()
