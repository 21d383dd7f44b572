"""Rows → answers of the API, ready to dump."""

from __future__ import annotations

from typing import Any

from services.scoring import orm
from services.scoring.domain.explain import explain, fact_phrase, rule_of, why_reversed
from services.scoring.domain.rulebook import Rulebook
from services.scoring.domain.values import marks

Answer = dict[str, Any]


def fact_answer(row: Any) -> Answer:
    """A fact with its judgement; `verified` and `staff_fault` are the ones in force."""
    fact = orm.as_fact(row)
    phrase = fact_phrase(fact.snapshot() | {"type": fact.type, "channel": fact.channel, "occurred_on": fact.occurred_on.isoformat()})
    same = (
        "fact_id",
        "type",
        "region",
        "hall_id",
        "occurred_on",
        "occurred_at",
        "person_id",
        "window_id",
        "unit_id",
        "half",
        "minutes",
        "days",
    )
    more = ("case_id", "matter_id", "serious", "unlawful", "staff_fault", "verified", "channel")
    stored = ("evidence", "recorded_by", "recorded_at", "judged_by", "judged_at", "judgement_note", "retracted_at")
    answer = {name: getattr(fact, name) for name in (*same, *more)} | {name: getattr(row, name) for name in stored}
    return answer | {"text_zh": phrase.zh, "text_en": phrase.en}


def rulebook_answer(row: Any, book: Rulebook) -> Answer:
    """A published rulebook without its text."""
    return {
        "rulebook": row.code,
        "version": row.version,
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "source": book.source,
        "period": row.period,
        "checksum": row.checksum,
        "published_by": row.published_by,
        "published_at": row.published_at,
        "line_count": len(book.lines),
        "subjects": [
            {
                "kind": str(s.kind),
                "base": None if s.base is None else marks(s.base),
                "floor": None if s.floor is None else marks(s.floor),
                "record": s.record,
            }
            for s in book.subjects
        ],
        "parameters": [
            {
                "code": p.code,
                "zh": p.wording.zh,
                "en": p.wording.en,
                "source": p.source,
                "default": p.default,
                "options": [{"code": o.code, "zh": o.wording.zh, "en": o.wording.en} for o in p.options],
            }
            for p in book.parameters
        ],
        "gaps": gaps_answer(book),
    }


def gaps_answer(book: Rulebook) -> list[Answer]:
    """What the text does not say; shown, never filled in."""
    return [{"zh": gap.zh, "en": gap.en} for gap in book.gaps]


def assignment_answer(row: Any) -> Answer:
    """An assignment."""
    return {
        "assignment_id": row.assignment_id,
        "rulebook": row.rulebook,
        "version": row.rulebook_version,
        "region": row.region,
        "hall_id": row.hall_id,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "base": None if row.base is None else marks(row.base),
        "parameters": [{"code": code, "option": option} for code, option in sorted(row.parameters.items())],
        "assigned_by": row.assigned_by,
        "assigned_at": row.assigned_at,
    }


def line_answer(book: Rulebook, row: Any, undoing: Any = None) -> Answer:
    """A ledger line with its explanation. A reversal says why, and so does a line that was reversed: `undoing` is the reversal of this one, if any."""
    rule, source = rule_of(book, row.line)
    text = explain(book, row.line, -row.points if row.reverses else row.points, row.detail)
    answer: Answer = {}
    reversal = row if row.reverses else undoing
    if reversal is not None:
        causes = reversal.detail.get("because", [])
        why = why_reversed(causes)
        answer = {"reversed_because_zh": why.zh, "reversed_because_en": why.en, "causes": causes}
    zh, en = (f"冲销：{text.zh}。原因：{why.zh}", f"Reversal of: {text.en}. Reason: {why.en}") if row.reverses else (text.zh, text.en)
    return answer | {
        "entry_id": row.entry_id,
        "number": row.number,
        "line": row.line,
        "person_id": row.person_id,
        "occurred_on": row.occurred_on,
        "points": marks(row.points),
        "fact_ids": row.fact_ids,
        "rule_zh": rule.zh,
        "rule_en": rule.en,
        "source": source,
        "explanation_zh": zh,
        "explanation_en": en,
        "reverses": row.reverses,
        "reversed_by": None if undoing is None else undoing.entry_id,
        "posted_at": row.posted_at,
    }
