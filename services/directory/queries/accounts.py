"""Accounts, grants, API keys, roles, and who a key belongs to."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.database import Db, Transaction
from chassis.errors import Unauthenticated
from services.directory import orm, roles
from services.directory.domain.accounts import Account, Grant, effective_grants
from services.directory.queries.paged import Listing, equal, one_page
from services.directory.views import account_view


def get_account(db: Db, *, account_id: str) -> dict[str, Any]:
    """One account in scope."""
    with db.read() as tx:
        account = tx.get(Account, account_id)
        tx.caller.require(account.region, account.hall_id)
        return account_view(account)


def list_accounts(db: Db, *, hall_id: str | None, login: str, page_size: int | None, page_token: str | None) -> dict[str, Any]:
    """Accounts in login order, without secrets."""
    table = orm.accounts
    filters = equal(table.c.hall_id, hall_id) + equal(table.c.login, login)
    with db.read() as tx:
        page = one_page(tx, Listing("accounts", table, table.c.login, filters), page_size, page_token)
    page["accounts"] = [account_view(Account(**row)) for row in page["accounts"]]
    return page


def list_grants(db: Db, *, account_id: str | None, role: str | None, page_size: int | None, page_token: str | None) -> dict[str, Any]:
    """Grants in id order, ended ones too."""
    table = orm.grants
    filters = equal(table.c.account_id, account_id) + equal(table.c.role, role)
    with db.read() as tx:
        return one_page(tx, Listing("grants", table, table.c.grant_id, filters), page_size, page_token)


def list_api_keys(db: Db, *, account_id: str | None, page_size: int | None, page_token: str | None) -> dict[str, Any]:
    """Keys in id order, revoked ones too; never the key itself."""
    table = orm.api_keys
    with db.read() as tx:
        return one_page(tx, Listing("keys", table, table.c.key_id, equal(table.c.account_id, account_id)), page_size, page_token)


def list_roles() -> dict[str, Any]:
    """Every role with its permissions."""
    return {"roles": list(roles.load().values())}


def verify_api_key(db: Db, *, key_hash: str) -> dict[str, Any]:
    """Who the key belongs to and what he may. Raises Unauthenticated INVALID_API_KEY when unknown, revoked, expired or disabled."""
    table = orm.api_keys.c
    with db.read() as tx:
        alive = sa.and_(table.revoked_at.is_(None), sa.or_(table.expires_at.is_(None), table.expires_at > tx.now))
        joined = sa.select(Account).join(orm.api_keys, table.account_id == orm.accounts.c.account_id)
        account = tx.session.execute(joined.where(table.key_hash == key_hash, alive)).scalar_one_or_none()
        if account is None or account.status != "active":
            raise Unauthenticated("INVALID_API_KEY", "the key is unknown, revoked or expired")
        return identity_of(tx, account)


def identity_of(tx: Transaction, account: Account) -> dict[str, Any]:
    """Account, person and what he may where."""
    table = orm.grants.c
    running = sa.select(Grant).where(table.account_id == account.account_id, table.valid_to.is_(None))
    granted = tx.session.execute(running).scalars().all()
    return {
        "account_id": account.account_id,
        "staff_id": account.staff_id,
        "grants": effective_grants(granted, roles.permissions()),
    }
