"""Rows and aggregates as answers: what is private is masked here, before any schema sees it."""

from __future__ import annotations

from typing import Any

from services.evaluation.domain.grades import Grade, to_code
from services.evaluation.domain.masking import masked_contact, masked_name, masked_text

_COMPLAINT = (
    "complaint_id", "category", "channel", "unit_id", "window_id", "staff_id", "case_id", "hall_id", "anonymous", "occurred_at",
    "filed_at", "filed_by", "state", "accepted_at", "assigned_to", "assigned_at", "serious", "unlawful", "verified_at", "verified_by",
    "round",
)  # fmt: skip


def complaint_answer(complaint: Any) -> dict[str, Any]:
    """A complaint with its text, name and contact masked; `true` is absent as long as nobody decided."""
    return {name: getattr(complaint, name) for name in _COMPLAINT} | {
        "true": complaint.is_true,
        "refused_reason": complaint.refused_reason or None,
        "complainant_name": masked_name(complaint.complainant_name),
        "contact": masked_contact(complaint.contact),
        "text": masked_text(complaint.text),
    }


def rating_answer(row: Any) -> dict[str, Any]:
    """A session with its rating, if it has one; comment and contact masked. `national_code` is GB/T 39046 table A.8 (1 = best)."""
    answer = {
        name: getattr(row, name)
        for name in (
            "session_id",
            "case_id",
            "case_no",
            "item_id",
            "unit_id",
            "window_id",
            "staff_id",
            "hall_id",
            "state",
            "decided_at",
            "expires_at",
        )
    }
    if row.grade is None:
        return answer
    return answer | {
        "grade": row.grade,
        "national_code": to_code(Grade(row.grade)),
        "channel": row.channel,
        "tags": row.tags,
        "text": masked_text(row.text),
        "contact": masked_contact(row.contact),
        "submitted_at": row.submitted_at,
    }
