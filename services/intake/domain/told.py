"""What is told at an enquiry (M-B3) and before an application (事前告知, M-B22): law basis, conditions, procedure, and the whole list of materials.

For an item the guide of its version in force is told, complete; staff add in their own words only what the guide does not say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.intake.domain.errors import Invalid

_DAYS = {"working": "个工作日", "natural": "个自然日"}


@dataclass(frozen=True)
class ItemGuide:
    """The version of an item that is in force, as far as it is told before an application."""

    item_id: str
    item_version: int
    name: str
    status: str
    immediate: bool
    legal_days: int
    promised_days: int
    day_kind: str
    materials: tuple[dict[str, Any], ...]
    fees: tuple[dict[str, Any], ...]
    legal_basis: str
    conditions: str
    procedure: tuple[str, ...]

    @property
    def offered(self) -> bool:
        """Whether it can be applied for in the hall: nobody is told how to apply for what is cancelled."""
        return self.status == "in_hall"

    def limits(self) -> tuple[str, str]:
        """The legal limit and the promise in words."""
        unit = _DAYS[self.day_kind]
        return f"{self.legal_days}{unit}", "当场或当日办结" if self.immediate else f"{self.promised_days}{unit}"

    def charges(self) -> list[str]:
        """The fee standards in words; none when free."""
        return [
            f"{line['name']}：{line['amount_fen'] // 100}.{line['amount_fen'] % 100:02}元/{line['unit'] or '件'}（{line['basis']}）"
            for line in self.fees
        ]


@dataclass(frozen=True)
class Said:
    """What staff say in their own words; empty where they said nothing."""

    legal_basis: str = ""
    procedure: Sequence[str] = ()
    materials: Sequence[str] = ()


def what_is_told(guide: ItemGuide | None, said: Said) -> dict[str, Any] | None:
    """The record of what was given out; None when nothing was. Raises Invalid MATERIALS_FROM_GUIDE: an item's list is its version's and no other."""
    if guide is None or not guide.offered:
        if not (said.legal_basis or said.procedure or said.materials):
            return None
        materials = [{"code": "", "name": name, "required": True} for name in said.materials]
        return {"legal_basis": said.legal_basis, "conditions": "", "procedure": list(said.procedure), "materials": materials}
    if said.materials:
        raise Invalid("MATERIALS_FROM_GUIDE", "told.materials: the item's own list is told", field="told.materials")
    return {
        "legal_basis": guide.legal_basis or said.legal_basis, "conditions": guide.conditions,
        "procedure": list(guide.procedure or said.procedure), "materials": list(guide.materials),
    }  # fmt: skip
