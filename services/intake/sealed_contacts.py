"""Contacts of appointments and visits in and out of the vault: one sealed text each, and the keyed hash of the phone."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import sqlalchemy as sa

from chassis.sealing import SealedColumn, Vault
from services.intake.domain.contact import Contact
from services.intake.domain.identity import phone_number, searched_number

_PHONE = "intake.contacts.phone"


def place(table: str) -> Callable[[str], str]:
    """Where the contacts of a table are sealed to, by their key."""
    return lambda key: f"intake.{table}.sealed.{key}"


def close(vault: Vault, table: sa.Table, key: str, contact: Contact) -> dict[str, str | None]:
    """The row of a table of contacts."""
    text = orjson.dumps(vars(contact)).decode()
    (column,) = table.primary_key.columns
    return {column.name: key, "sealed": vault.seal(text, context=place(table.name)(key)), "phone_hash": phone_hash(vault, contact)}


def open_(vault: Vault, table: sa.Table, key: str, sealed: str) -> Contact:
    """The contact in plain. Raises Internal SEALING_KEY_UNKNOWN, SEAL_BROKEN."""
    return Contact(**orjson.loads(vault.open(sealed, context=place(table.name)(key))))


def phone_hash(vault: Vault, contact: Contact) -> str:
    """What the phone is stored by."""
    return vault.fingerprint(contact.phone, context=_PHONE)


def phone_hashes(vault: Vault, phone: str) -> tuple[str, ...]:
    """What to search a phone by. Raises Invalid MASKED_VALUE, PHONE_INVALID."""
    searched_number(phone, field="phone")
    return vault.fingerprints(phone_number(phone, field="phone"), context=_PHONE)


def sealed_column(table: sa.Table) -> SealedColumn:
    """What a rotation of keys has to visit."""
    return SealedColumn(table, "sealed", place(table.name), _hashes, ("phone_hash",))


def _hashes(vault: Vault, text: str) -> dict[str, str | None]:
    return {"phone_hash": phone_hash(vault, Contact(**orjson.loads(text)))}
