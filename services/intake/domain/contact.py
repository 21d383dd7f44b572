"""Whom to reach about an appointment or a visit: name, phone, and for a visit the address. Sealed at rest, masked when shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.intake.domain.errors import Invalid
from services.intake.domain.identity import phone_number
from services.intake.domain.masking import is_masked, mask_address, mask_name, mask_number


@dataclass(frozen=True)
class Contact:
    """A person waiting for the hall; `address` is empty where nobody goes there."""

    name: str
    phone: str
    address: str = ""

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Contact:
        """As first written down. Raises Invalid MASKED_VALUE, PHONE_INVALID naming the field."""
        given = {name: value.strip() for name, value in values.items()}
        for name, value in given.items():
            if is_masked(value):
                raise Invalid("MASKED_VALUE", f"contact.{name}: masked, not the value itself", field=f"contact.{name}")
        return cls(**{**given, "phone": phone_number(given["phone"], field="contact.phone")})

    def masked(self) -> dict[str, str]:
        """What answers show."""
        address = {"address": mask_address(self.address)} if self.address else {}
        return {"name": mask_name(self.name), "phone": mask_number(self.phone), **address}

    def shown(self) -> dict[str, str]:
        """In plain; what is empty is left out."""
        return {name: value for name, value in vars(self).items() if value}
