"""How personal data looks to those who need not see it (个人信息保护)."""

from __future__ import annotations

import re

# Phone, identity-card and bank numbers, also with the separators people type; ends stay readable so that two cases can be told apart.
_NUMBER = re.compile(r"\d(?:[ -]?\d){5,}[Xx]?")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)


def masked_name(name: str) -> str:
    """王小丽 → 王**; empty stays empty."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""


def masked_contact(contact: str) -> str:
    """13812345678 → 138****5678, li@example.cn → l***@example.cn; anything short is hidden whole."""
    if not contact:
        return ""
    if "@" in contact:
        return contact[:1] + "***" + contact[contact.rindex("@") :]
    return contact[:3] + "****" + contact[-4:] if len(contact) >= 10 else "****"


def masked_text(text: str) -> str:
    """Numbers of six digits and more, and e-mail addresses, are hidden in free text."""
    return _MAIL.sub(lambda m: masked_contact(m.group()), _NUMBER.sub(lambda m: m.group()[:1] + "****" + m.group()[-1:], text))
