"""Accounts, grants and the lockout after repeated failures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.directory.domain.errors import DomainError, Invalid

MIN_PASSWORD = 10


@dataclass(frozen=True)
class Lockout:
    """After `failures` wrong passwords in a row the account answers nobody for `seconds`."""

    failures: int
    seconds: int


@dataclass
class Account:
    """A login of a person or a program; `region` and `hall_id` are its home, for scope. No password: API keys only."""

    account_id: str
    login: str
    name: str
    password_hash: str | None
    staff_id: str | None
    region: str
    hall_id: str | None
    status: str
    created_at: dt.datetime
    failed_count: int = 0
    locked_until: dt.datetime | None = None
    version: int = 0

    def may_try(self, now: dt.datetime) -> bool:
        """Whether a password may be tried now."""
        return self.status == "active" and self.password_hash is not None and (self.locked_until is None or self.locked_until <= now)

    def begin_try(self, now: dt.datetime, lockout: Lockout) -> None:
        """Count a try before its outcome is known, so that parallel guesses cannot slip past the limit.

        Several people may log in to one account at the same moment: twice the limit may be under way before the account locks by itself.
        """
        if self.locked_until is not None:
            self.failed_count, self.locked_until = 0, None
        self.failed_count += 1
        if self.failed_count >= 2 * lockout.failures:
            self._lock(now, lockout)

    def fail(self, now: dt.datetime, lockout: Lockout) -> None:
        """A wrong password: the limit's one locks the account."""
        if self.failed_count >= lockout.failures:
            self._lock(now, lockout)

    def _lock(self, now: dt.datetime, lockout: Lockout) -> None:
        self.locked_until = now + dt.timedelta(seconds=lockout.seconds)

    def succeed(self) -> None:
        """A right password clears the count."""
        self.failed_count, self.locked_until = 0, None


@dataclass
class Grant:
    """A role within a scope: "*", "region:52.02" or "hall:h0007". `region` and `hall_id` place the grant itself."""

    grant_id: str
    account_id: str
    role: str
    scope: str
    region: str
    hall_id: str | None
    valid_from: dt.datetime
    valid_to: dt.datetime | None = None


@dataclass
class ApiKey:
    """A program's key; only its SHA-256 is stored, `hint` are its first characters."""

    key_id: str
    account_id: str
    region: str
    hall_id: str | None
    name: str
    hint: str
    key_hash: str
    created_at: dt.datetime
    expires_at: dt.datetime | None = None
    revoked_at: dt.datetime | None = None

    def revoke(self, at: dt.datetime) -> None:
        """Stop the key. Raises DomainError API_KEY_REVOKED when it is already."""
        if self.revoked_at is not None:
            raise DomainError("API_KEY_REVOKED", "the key is revoked", key_id=self.key_id)
        self.revoked_at = at


def check_password(password: str, login: str) -> None:
    """Raise Invalid PASSWORD_TOO_WEAK unless it is long enough and not the login."""
    if len(password) < MIN_PASSWORD:
        raise Invalid("PASSWORD_TOO_WEAK", f"password: at least {MIN_PASSWORD} characters", field="password")
    if password.casefold() == login.casefold():
        raise Invalid("PASSWORD_TOO_WEAK", "password: must differ from the login", field="password")


def split_scope(scope: str) -> tuple[str, str]:
    """("region", "52.02"), ("hall", "h0007") or ("*", ""). Raises Invalid SCOPE_INVALID."""
    kind, _, value = scope.partition(":")
    if scope == "*" or (kind in ("region", "hall") and value):
        return kind, value
    raise Invalid("SCOPE_INVALID", f'scope: {scope!r} is not "*", "region:<path>" or "hall:<id>"', field="scope")


def effective_grants(grants: Iterable[Grant], permissions: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """What the caller may: scopes with the same role are told together, roles without permissions are left out."""
    by_role: dict[str, set[str]] = {}
    for grant in grants:
        by_role.setdefault(grant.role, set()).add(grant.scope)
    return [
        {"permissions": list(permissions[role]), "scopes": sorted(scopes)}
        for role, scopes in sorted(by_role.items())
        if permissions.get(role)
    ]
