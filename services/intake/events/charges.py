"""What happens to charges, fee violations and statements → contract payloads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chassis.clock import iso
from chassis.events import Event
from services.intake.domain import charges as c
from services.intake.domain import fee_violations as v


def _of(charge: c.Charge, verb: str, happening: c.Happening, **data: Any) -> Event:
    names = ("charge_id", "charge_no", "case_id", "case_no", "item_id", "item_version", "unit_id", "window_id")
    common = {**{name: getattr(charge, name) for name in names}, "staff_id": charge.issued_by, "due_fen": charge.due_fen}
    return Event(
        f"intake.charge.{verb}", charge.charge_id, happening.version, charge.region, charge.hall_id, happening.at, {**common, **data}
    )


def issued(charge: c.Charge, happening: c.Issued) -> Event:
    """The bank slip."""
    lines = [{name: line[name] for name in ("code", "quantity", "total_fen")} for line in charge.lines]
    return _of(charge, "issued", happening, lines=lines, issued_at=iso(happening.at))


def paid(charge: c.Charge, happening: c.Paid) -> Event:
    """The money is with the bank."""
    assert charge.paid_at is not None
    return _of(charge, "paid", happening, method=charge.method, paid_at=iso(charge.paid_at))


def receipted(charge: c.Charge, happening: c.Receipted) -> Event:
    """The receipt."""
    return _of(charge, "receipted", happening, receipt_no=happening.receipt_no, receipted_at=iso(happening.at))


def receipt_voided(charge: c.Charge, happening: c.ReceiptVoided) -> Event:
    """A spoilt receipt."""
    return _of(charge, "receipt_voided", happening, receipt_no=happening.receipt_no, voided_at=iso(happening.at))


def reduced(charge: c.Charge, happening: c.Reduced) -> Event:
    """A waiver or reduction on the slip; the reason stays here."""
    data = {"standard_fen": charge.standard_fen, "waived_fen": happening.waived_fen, "approved_by": happening.approved_by}
    return _of(charge, "reduced", happening, **data, reduced_at=iso(happening.at))


def cancelled(charge: c.Charge, happening: c.Cancelled) -> Event:
    """The slip is withdrawn; the reason stays here."""
    return _of(charge, "cancelled", happening, cancelled_at=iso(happening.at))


def violation_recorded(violation: v.FeeViolation, recorded: v.Recorded) -> Event:
    """Seen, and not judged yet."""
    return _violation(violation, "recorded", recorded)


def violation_decided(violation: v.FeeViolation, decided: v.Decided) -> Event:
    """A second person's verdict."""
    return _violation(violation, "decided", decided, verified=violation.state == "verified", decided_by=violation.decided_by)


def _violation(violation: v.FeeViolation, verb: str, change: v.Recorded | v.Decided, **more: Any) -> Event:
    names = (
        "violation_id", "kind", "source", "unit_id", "window_id", "staff_id", "case_id", "charge_id", "recorded_by", "asked_fen", "standard_fen",
    )  # fmt: skip
    data = {**{name: getattr(violation, name) for name in names}, "occurred_at": iso(violation.occurred_at), **more}
    subject = violation.violation_id
    return Event(f"intake.fee_violation.{verb}", subject, change.version, violation.region, violation.hall_id, change.at, data)


def statement_reconciled(row: Mapping[str, Any], kinds: Mapping[str, int]) -> Event:
    """A statement of the treasury was compared with the charges."""
    names = ("statement_id", "statement_no", "entry_count", "matched_count", "mismatch_count", "total_fen", "matched_fen")
    data = {
        **{name: row[name] for name in names}, "day_from": row["day_from"].isoformat(), "day_to": row["day_to"].isoformat(),
        "mismatches": [{"kind": kind, "count": kinds[kind]} for kind in sorted(kinds)],
    }  # fmt: skip
    return Event("intake.statement.reconciled", row["statement_id"], 1, row["region"], row["hall_id"], row["imported_at"], data)


MAPPERS: dict[type, Callable[[Any, Any], Event]] = {
    c.Issued: issued,
    c.Paid: paid,
    c.Receipted: receipted,
    c.ReceiptVoided: receipt_voided,
    c.Reduced: reduced,
    c.Cancelled: cancelled,
    v.Recorded: violation_recorded,
    v.Decided: violation_decided,
}
