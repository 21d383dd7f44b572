"""Who asks (咨询人): may stay unknown; what he leaves for a call back is sealed and shown masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from services.intake.domain.errors import Invalid
from services.intake.domain.identity import phone_number
from services.intake.domain.masking import is_masked, mask_contact, mask_name, mask_number


@dataclass(frozen=True)
class Asker:
    """Empty where nothing was left. `contact` is any other way than the phone."""

    name: str = ""
    phone: str = ""
    contact: str = ""

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Asker:
        """As written down. Raises Invalid MASKED_VALUE, PHONE_INVALID naming the field."""
        given = {name: (values.get(name) or "").strip() for name in ("name", "phone", "contact")}
        for name, value in given.items():
            if is_masked(value):
                raise Invalid("MASKED_VALUE", f"asker.{name}: masked, not the value itself", field=f"asker.{name}")
        if given["phone"]:
            given["phone"] = phone_number(given["phone"], field="asker.phone")
        return cls(**given)

    @property
    def known(self) -> bool:
        """Whether he left anything."""
        return any(asdict(self).values())

    def plain(self) -> dict[str, str]:
        """What he left, empty fields left out."""
        return {name: value for name, value in asdict(self).items() if value}

    def masked(self) -> dict[str, str]:
        """What every answer shows."""
        masks = {"name": mask_name, "phone": mask_number, "contact": mask_contact}
        return {name: masks[name](value) for name, value in self.plain().items()}
