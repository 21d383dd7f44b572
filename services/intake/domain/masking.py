"""What of a person may be shown: enough to recognise oneself, too little to find somebody else."""

from __future__ import annotations

import re

_COMPANY = 9
_STARS = ("*", "＊")
# Phone, identity and bank numbers in free text, also with the separators people type.
_NUMBER = re.compile(r"\d(?:[ -]?\d){5,}[Xx]?")


def is_masked(text: str) -> bool:
    """Whether a value was masked by somebody: no name, number or contact has a star of its own."""
    return any(star in text for star in _STARS)


def mask_name(name: str) -> str:
    """The first character ("张*"); organisations keep both ends."""
    if len(name) >= _COMPANY:
        return name[:2] + "***" + name[-2:]
    return name[:1] + "*" * max(1, len(name) - 1)


def mask_number(number: str) -> str:
    """Three characters and the last four ("520***********1234", "138****5678"); short ones keep their last two."""
    if not number:
        return ""
    if len(number) >= 11:
        return number[:3] + "*" * (len(number) - 7) + number[-4:]
    return "*" * max(1, len(number) - 2) + number[-2:] if len(number) > 4 else "*" * len(number)


def mask_contact(contact: str) -> str:
    """As a number; of an address with @ the first character and the domain."""
    if "@" in contact:
        return contact[:1] + "***" + contact[contact.rindex("@") :]
    return mask_number(contact)


def mask_address(address: str) -> str:
    """Of a home no more than its first three characters, however long it is: the street with the number is the person."""
    return address[:3] + "***" if len(address) >= _COMPANY else "***"


def mask_text(text: str) -> str:
    """Numbers of six digits and more are hidden in free text."""
    return _NUMBER.sub(lambda found: mask_number(found.group()), text)
