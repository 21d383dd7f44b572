"""Applicants in and out of the vault: one sealed text a case, and the keyed hashes of identity number and phone; where inspected sites are sealed to."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from chassis.sealing import Vault
from services.intake.domain.applicant import Applicant

_ID, _PHONE = "intake.applicants.id_number", "intake.applicants.phone"


def place(case_id: str) -> str:
    """Where an applicant is sealed to."""
    return f"intake.applicants.sealed.{case_id}"


def inspection_place(inspection_id: str) -> str:
    """Where the site of a joint inspection is sealed to."""
    return f"intake.joint_inspections.place_sealed.{inspection_id}"


def close(vault: Vault, case_id: str, applicant: Applicant) -> dict[str, str | None]:
    """The row of `applicants`."""
    text = orjson.dumps(applicant.to_plain()).decode()
    return {"case_id": case_id, "sealed": vault.seal(text, context=place(case_id)), **_hashes(vault, applicant)}


def open_(vault: Vault, case_id: str, sealed: str) -> Applicant:
    """The applicant in plain. Raises Internal SEALING_KEY_UNKNOWN, SEAL_BROKEN."""
    return Applicant.from_plain(orjson.loads(vault.open(sealed, context=place(case_id))))


def recipient_place(case_id: str) -> str:
    """Where the names of who took the result away are sealed to."""
    return f"intake.recipients.sealed.{case_id}"


def close_recipient(vault: Vault, case_id: str, names: Mapping[str, str]) -> dict[str, str]:
    """The row of `recipients`; `names` are the collector and who signed the courier's receipt, as far as they are known."""
    return {"case_id": case_id, "sealed": vault.seal(orjson.dumps(names).decode(), context=recipient_place(case_id))}


def open_recipient(vault: Vault, case_id: str, sealed: str | None) -> dict[str, str]:
    """The names in plain; none when nothing is sealed."""
    return {} if sealed is None else dict(orjson.loads(vault.open(sealed, context=recipient_place(case_id))))


def hashes_of_text(vault: Vault, text: str) -> dict[str, str | None]:
    """The hash columns for an opened text."""
    return _hashes(vault, Applicant.from_plain(orjson.loads(text)))


def id_hashes(vault: Vault, number: str) -> tuple[str, ...]:
    """What to search an identity number by."""
    return vault.fingerprints(number, context=_ID)


def phone_hashes(vault: Vault, number: str) -> tuple[str, ...]:
    """What to search a phone number by."""
    return vault.fingerprints(number, context=_PHONE)


def _hashes(vault: Vault, applicant: Applicant) -> dict[str, str | None]:
    person = applicant.person
    return {
        "id_hash": vault.fingerprint(person.id_number, context=_ID) if person.id_number else None,
        "phone_hash": vault.fingerprint(person.phone, context=_PHONE) if person.phone else None,
    }
