"""Service items (事项) and their versions: draft → reviewed → in the hall → superseded, cancelled or exited (四关)."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from services.directory.domain.errors import DomainError, Invalid

TIME_CLASSES = ("immediate", "promised")
DAY_KINDS = ("working", "natural")
STAGES = ("accept", "review", "pay", "complete", "issue")
OPEN = ("draft", "reviewed")


@dataclass(frozen=True)
class Material:
    """One material (申请材料) an applicant hands in."""

    code: str
    name: str
    required: bool


@dataclass(frozen=True)
class ItemContent:
    """What a version says: limits in days of `day_kind`, fee in fen, materials, key stages, number of units involved."""

    name: str
    item_type: str
    time_class: str
    legal_days: int
    promised_days: int
    day_kind: str
    fee_fen: int
    materials: tuple[Material, ...]
    key_stages: tuple[str, ...]
    units_involved: int
    legal_basis: str

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
        if self.promised_days > self.legal_days:
            found.append(("promised_days", f"longer than the legal limit of {self.legal_days}"))
        codes = [material.code for material in self.materials]
        doubles = sorted({code for code in codes if codes.count(code) > 1})
        if doubles:
            found.append(("materials", f"code given twice: {', '.join(doubles)}"))
        unknown = [stage for stage in self.key_stages if stage not in STAGES]
        if unknown:
            found.append(("key_stages", f"not one of the five stages: {', '.join(unknown)}"))
        return found


@dataclass
class ItemVersion:
    """One version with its status and the time it was in force."""

    item_id: str
    number: int
    region: str
    hall_id: str
    status: str
    content: dict[str, Any]
    created_at: dt.datetime
    reviewed_by: str | None = None
    valid_from: dt.datetime | None = None
    valid_to: dt.datetime | None = None
    reason: str | None = None


@dataclass(frozen=True)
class ItemPublished:
    """A version entered the hall, or left it."""

    version: int
    at: dt.datetime
    number: int
    status: str
    content: dict[str, Any]


@dataclass
class Item:
    """An item of one unit in one hall; `name` is that of the newest version, for lists."""

    item_id: str
    unit_id: str
    region: str
    hall_id: str
    name: str
    status: str
    versions: list[ItemVersion] = field(default_factory=list)
    version: int = 0
    pending_events: list[Any] = field(default_factory=list)

    def revise(self, content: ItemContent, *, at: dt.datetime) -> bool:
        """Write a draft: changes the open one or starts the next version. False when nothing differs.

        Raises Invalid ITEM_CONTENT_INVALID naming the first wrong field.
        """
        wrong = content.problems()
        if wrong:
            name, text = wrong[0]
            raise Invalid("ITEM_CONTENT_INVALID", f"{name}: {text}", field=name)
        stored = to_plain(content)
        newest = self.newest()
        if newest is not None and newest.content == stored and newest.status in (*OPEN, "in_hall"):
            return False
        if newest is not None and newest.status in OPEN:
            newest.content, newest.status, newest.reviewed_by = stored, "draft", None
        else:
            number = 1 if newest is None else newest.number + 1
            self.versions.append(ItemVersion(self.item_id, number, self.region, self.hall_id, "draft", stored, at))
        self.name = content.name
        if self.status != "in_hall":
            self.status = "draft"
        return True

    def review(self, *, by: str) -> None:
        """A draft passes review. Raises DomainError ITEM_NOT_DRAFT."""
        newest = self.newest()
        if newest is None or newest.status != "draft":
            raise DomainError("ITEM_NOT_DRAFT", "there is no draft to review", item_id=self.item_id)
        newest.status, newest.reviewed_by = "reviewed", by
        if self.status == "draft":
            self.status = "reviewed"

    def publish(self, *, at: dt.datetime) -> None:
        """The reviewed version enters the hall; the one in force before stays for running cases. Raises ITEM_NOT_REVIEWED."""
        newest = self.newest()
        if newest is None or newest.status != "reviewed":
            raise DomainError("ITEM_NOT_REVIEWED", "only a reviewed version enters the hall", item_id=self.item_id)
        for old in self.versions:
            if old.status == "in_hall":
                old.status, old.valid_to = "superseded", at
        newest.status, newest.valid_from = "in_hall", at
        self.status = "in_hall"
        self._announce(newest, at)

    def leave(self, outcome: str, *, reason: str, at: dt.datetime) -> None:
        """The item is cancelled or exits the hall: no new receipts. Raises DomainError ITEM_NOT_IN_HALL."""
        current = next((v for v in self.versions if v.status == "in_hall"), None)
        if current is None:
            raise DomainError("ITEM_NOT_IN_HALL", "the item is not in the hall", item_id=self.item_id)
        current.status, current.valid_to, current.reason = outcome, at, reason
        self.status = outcome
        self._announce(current, at)

    def newest(self) -> ItemVersion | None:
        """The version with the highest number."""
        return max(self.versions, key=lambda v: v.number, default=None)

    def _announce(self, of: ItemVersion, at: dt.datetime) -> None:
        self.version += 1
        self.pending_events.append(ItemPublished(self.version, at, of.number, of.status, dict(of.content)))


def to_plain(content: ItemContent) -> dict[str, Any]:
    """The content as JSON-ready values."""
    plain = asdict(content)
    plain["materials"] = [asdict(material) for material in content.materials]
    plain["key_stages"] = list(content.key_stages)
    return plain


def from_plain(values: dict[str, Any]) -> ItemContent:
    """The content of plain values that a schema has checked."""
    given = {f.name: values[f.name] for f in fields(ItemContent)}
    given["materials"] = tuple(Material(**material) for material in values["materials"])
    given["key_stages"] = tuple(values["key_stages"])
    return ItemContent(**given)
