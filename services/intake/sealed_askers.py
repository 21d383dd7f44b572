"""Askers in and out of the vault: one sealed text an enquiry. Nobody is searched by what he left, so there is no hash of it."""

from __future__ import annotations

import orjson

from chassis.sealing import Vault
from services.intake.domain.askers import Asker


def place(enquiry_id: str) -> str:
    """Where an asker is sealed to."""
    return f"intake.enquiry_askers.sealed.{enquiry_id}"


def close(vault: Vault, enquiry_id: str, asker: Asker) -> str:
    """What is stored."""
    return vault.seal(orjson.dumps(asker.plain()).decode(), context=place(enquiry_id))


def open_(vault: Vault, enquiry_id: str, sealed: str) -> Asker:
    """The asker in plain. Raises Internal SEALING_KEY_UNKNOWN, SEAL_BROKEN."""
    return Asker(**orjson.loads(vault.open(sealed, context=place(enquiry_id))))
