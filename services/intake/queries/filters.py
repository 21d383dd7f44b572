"""What a list of cases may be narrowed by."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chassis.sealing import Vault
from services.intake import sealed
from services.intake.domain.case import OPEN
from services.intake.domain.identity import phone_number, searched_number
from services.intake.orm import applicants, cases

# As the partial index has it. Promised cases become immediate in no other way, so that one taken back is out of the channel and one converted again in it.
_GREEN = sa.and_(
    cases.c.time_class == sa.literal_column("'immediate'"),
    cases.c.reclassifications.op("@>", is_comparison=True)(sa.literal_column("'[{\"green_channel\": true}]'::jsonb")),
)
_EQUAL = ("hall_id", "unit_id", "window_id", "item_id", "staff_id", "state")


def conditions(filters: dict[str, Any], vault: Vault, *, by_due: bool) -> list[sa.ColumnElement[bool]]:
    """The filters that are set, as conditions on `cases`. Raises Invalid MASKED_VALUE, PHONE_INVALID."""
    found: list[sa.ColumnElement[bool]] = [cases.c[name] == filters[name] for name in _EQUAL if filters[name] is not None]
    if filters["due_from"] is not None:
        found.append(cases.c.promised_due >= filters["due_from"])
    if filters["due_to"] is not None:
        found.append(cases.c.promised_due <= filters["due_to"])
    if filters["provisional"] is not None:
        # Bare, as the partial index has it: the planner does not see that "IS TRUE" is the same.
        found.append(cases.c.provisional if filters["provisional"] else sa.not_(cases.c.provisional))
    if filters["green_channel"] is not None:
        found.append(_GREEN if filters["green_channel"] else sa.not_(_GREEN))
    if by_due:
        # Spelled out as the partial index spells it, or the planner would not see that it fits.
        found.append(cases.c.state.in_([sa.literal_column(f"'{state}'") for state in OPEN]))
    if hashes := _hashes(filters, vault):
        person = sa.select(applicants.c.case_id).where(*(column.in_(values) for column, values in hashes.items()))
        found.append(cases.c.case_id.in_(person))
    return found


def _hashes(filters: dict[str, Any], vault: Vault) -> dict[sa.Column[Any], tuple[str, ...]]:
    number, phone = filters["applicant_id_number"], filters["applicant_phone"]
    found: dict[sa.Column[Any], tuple[str, ...]] = {}
    if number:
        found[applicants.c.id_hash] = sealed.id_hashes(vault, searched_number(number, field="applicant_id_number"))
    if phone:
        searched_number(phone, field="applicant_phone")
        found[applicants.c.phone_hash] = sealed.phone_hashes(vault, phone_number(phone, field="applicant_phone"))
    return found
