"""What a version of an item says, and what it must not say."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from services.directory.domain import guides
from services.directory.domain.guides import FeeLine, Guide, SampleForm

TIME_CLASSES = ("immediate", "promised")
DAY_KINDS = ("working", "natural")
STAGES = ("accept", "review", "pay", "complete", "issue")


@dataclass(frozen=True)
class Material:
    """One material (申请材料) an applicant hands in."""

    code: str
    name: str
    required: bool


@dataclass(frozen=True)
class ItemContent:
    """What a version says: limits in days of `day_kind`, fee standards, materials, key stages, number of units involved, guide.

    `long_limit_basis` is the law that allows a promise beyond the normal length.
    """

    name: str
    item_type: str
    time_class: str
    legal_days: int
    promised_days: int
    day_kind: str
    materials: tuple[Material, ...]
    key_stages: tuple[str, ...]
    units_involved: int
    legal_basis: str
    fees: tuple[FeeLine, ...] = ()
    long_limit_basis: str = ""
    guide: Guide = field(default_factory=Guide)

    @property
    def immediate(self) -> bool:
        """Finished on the spot or the same day (即办件)."""
        return self.time_class == "immediate"

    def problems(self) -> list[tuple[str, str]]:
        """Every field that breaks a rule, with the reason; empty when all is well."""
        found = []
        if self.immediate and self.promised_days != 0:
            found.append(("promised_days", "an immediate item is done the same day: 0"))
        if not self.immediate and self.promised_days < 1:
            found.append(("promised_days", "at least 1 for a promised item"))
        if self.legal_days < 1:
            found.append(("legal_days", "at least 1"))
        found += guides.promise_problems(self)
        found += guides.fee_problems(self.fees)
        codes = [material.code for material in self.materials]
        doubles = sorted({code for code in codes if codes.count(code) > 1})
        if doubles:
            found.append(("materials", f"code given twice: {', '.join(doubles)}"))
        unknown = [stage for stage in self.key_stages if stage not in STAGES]
        if unknown:
            found.append(("key_stages", f"not one of the five stages: {', '.join(unknown)}"))
        return found


def to_plain(content: ItemContent) -> dict[str, Any]:
    """The content as JSON-ready values."""
    plain = asdict(content)
    for name in ("materials", "key_stages", "fees"):
        plain[name] = list(plain[name])
    plain["guide"] = {**plain["guide"], "procedure": list(content.guide.procedure), "sample_forms": list(plain["guide"]["sample_forms"])}
    return plain


def from_plain(values: dict[str, Any]) -> ItemContent:
    """The content of plain values that a schema has checked."""
    given = {f.name: values[f.name] for f in fields(ItemContent)}
    given["materials"] = tuple(Material(**material) for material in values["materials"])
    given["key_stages"] = tuple(values["key_stages"])
    given["fees"] = tuple(FeeLine(**line) for line in values["fees"])
    guide = dict(values["guide"])
    guide["procedure"] = tuple(guide["procedure"])
    guide["sample_forms"] = tuple(SampleForm(**form) for form in guide["sample_forms"])
    given["guide"] = Guide(**guide)
    return ItemContent(**given)


def fixed_fen(content: dict[str, Any]) -> int:
    """What the fixed standards of a stored content come to, in fen; 0 when the item is free or charged by the unit alone."""
    return sum(line["amount_fen"] for line in content["fees"] if line["kind"] == "fixed")
