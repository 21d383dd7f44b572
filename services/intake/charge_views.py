"""Charges, receipt books and fee violations as the dicts that the answers show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.intake.domain.charges import Charge
from services.intake.domain.fee_violations import FeeViolation
from services.intake.orm.charges import charges, fee_violations, waivers


def charge_view(charge: Charge) -> dict[str, Any]:
    """The charge with its waivers, oldest first."""
    plain = {name: getattr(charge, name) for name in charges.c.keys() if name not in ("day", "issued_identity")}  # noqa: SIM118  columns, not a dict
    shown = sorted(charge.waivers, key=lambda one: one.waiver_id)
    names = [name for name in waivers.c.keys() if name != "requested_identity"]  # noqa: SIM118  columns, not a dict
    return {**plain, "due_fen": charge.due_fen, "waivers": [{name: getattr(one, name) for name in names} for one in shown]}


def violation_view(violation: FeeViolation) -> dict[str, Any]:
    """The violation; how it is recognised stays here."""
    return {name: getattr(violation, name) for name in fee_violations.c.keys() if name not in ("key", "recorded_identity")}  # noqa: SIM118  columns, not a dict


def book_view(row: Mapping[str, Any]) -> dict[str, Any]:
    """A book of receipts and what is left of it."""
    return {**row, "left_count": row["last_no"] - row["next_no"] + 1}
