"""What an item's public guide (办事指南) must say, and the fee standards (收费标准) that stand in it.

A guide names item, number, conditions, legal basis, materials, procedure, limits, fee basis and standard, phone, flow chart and sample forms (M-C1); the
conditions are what an applicant is told before he applies (事前告知, M-B22).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from services.directory.domain.contents import ItemContent

FEE_KINDS = ("fixed", "per_unit")
NORMAL_PROMISE = {"working": 20, "natural": 28}
"""The longest promise that needs no legal basis of its own, by day kind: twenty working days, or the four weeks that hold them (S2§5)."""


@dataclass(frozen=True)
class FeeLine:
    """One standard: `amount_fen` for the case as a whole (fixed) or for each `unit` (per_unit), and the document it rests on."""

    code: str
    name: str
    kind: str
    amount_fen: int
    unit: str
    basis: str


@dataclass(frozen=True)
class SampleForm:
    """A filled-in sample (示范文本): its name and where it is kept."""

    name: str
    reference: str


@dataclass(frozen=True)
class Guide:
    """What stands in the guide besides the item's own data; `procedure` are the steps in order, `flow_chart` where the chart is kept."""

    item_no: str = ""
    conditions: str = ""
    procedure: tuple[str, ...] = ()
    phone: str = ""
    flow_chart: str = ""
    sample_forms: tuple[SampleForm, ...] = ()


def missing(content: ItemContent) -> list[str]:
    """Fields without which the guide is not complete. Free items need no fee lines, and an item may ask for no materials."""
    guide = content.guide
    fields = {
        "guide.item_no": guide.item_no, "legal_basis": content.legal_basis, "guide.conditions": guide.conditions,
        "guide.procedure": guide.procedure, "guide.phone": guide.phone, "guide.flow_chart": guide.flow_chart,
        "guide.sample_forms": guide.sample_forms,
    }  # fmt: skip
    return [name for name, value in fields.items() if not value]


def stale(checked_at: dt.datetime | None, now: dt.datetime, *, days: int) -> bool:
    """Whether nobody has confirmed the guide for more than `days` calendar days."""
    return checked_at is not None and now - checked_at > dt.timedelta(days=days)


def fee_problems(fees: Sequence[FeeLine]) -> Iterator[tuple[str, str]]:
    """What is wrong with the standards: every one has its own code, a legal basis, an amount above 0, and a unit when it is charged by the unit."""
    codes = [line.code for line in fees]
    doubles = sorted({code for code in codes if codes.count(code) > 1})
    if doubles:
        yield "fees", f"code given twice: {', '.join(doubles)}"
    for line in fees:
        if line.amount_fen < 1:
            yield "fees", f"{line.code}: a standard is at least 1 fen; a free item has none"
        if not line.basis.strip():
            yield "fees", f"{line.code}: the document that allows this charge is missing"
        if line.kind == "per_unit" and not line.unit.strip():
            yield "fees", f"{line.code}: charged by the unit, and the unit is missing"


def promise_problems(content: ItemContent) -> Iterator[tuple[str, str]]:
    """A promise never exceeds the legal limit, and beyond the normal length it names the law that allows it."""
    if content.promised_days > content.legal_days:
        yield "promised_days", f"longer than the legal limit of {content.legal_days}"
    normal = NORMAL_PROMISE[content.day_kind]
    if content.promised_days > normal and not content.long_limit_basis.strip():
        yield "long_limit_basis", f"a promise of more than {normal} {content.day_kind} days needs its own legal basis"
