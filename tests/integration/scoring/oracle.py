"""A second opinion on scores (oracle O7): straight from the rulebook's YAML to SQL, without a line of the product's domain code.

It knows the default choice of every parameter and nothing else.
"""

from datetime import date

import sqlalchemy as sa
import yaml

from services.scoring import rulebook_file

_RULES = """
CREATE TEMP TABLE rules (kind text, line text, type text, points int, precedence int, grp text, part text, min_from int, min_to int,
    serious bool, unlawful bool, fault text, once_per text, by_days bool, cap int, cap_per text) ON COMMIT DROP
"""
_INSERT = """
INSERT INTO rules VALUES (:kind, :line, :type, :points, :precedence, :grp, :part, :min_from, :min_to, :serious, :unlawful, :fault, :once_per,
    :by_days, :cap, :cap_per)
"""
_LINES = """
WITH live AS (
    SELECT *, coalesce(judged_staff_fault, staff_fault) AS fault_in_force FROM scoring.facts
    WHERE retracted_at IS NULL AND coalesce(judged_verified, verified) AND occurred_on BETWEEN :first AND :last
      AND NOT (type IN ('CASE_OVERDUE', 'NO_ONE_TIME_NOTICE') AND coalesce(judged_staff_fault, staff_fault) IS FALSE)
), matched AS (
    SELECT f.{subject} AS subject, f.unit_id, f.person_id, f.fact_id, f.occurred_on, to_char(f.occurred_on, 'YYYY-MM') AS month,
           r.line, r.part, r.once_per, r.cap, r.cap_per, r.points * CASE WHEN r.by_days THEN coalesce(f.days, 0) ELSE 1 END AS points,
           CASE r.once_per WHEN 'case' THEN f.case_id WHEN 'matter' THEN f.matter_id END AS shared,
           row_number() OVER (PARTITION BY f.fact_id, r.grp ORDER BY r.precedence DESC, r.line) AS choice,
           row_number() OVER (ORDER BY f.occurred_on, f.occurred_at, f.half, f.fact_id) AS place
    FROM live f JOIN rules r ON r.type = f.type AND r.kind = :kind
    WHERE f.{subject} IS NOT NULL
      AND (r.min_from IS NULL OR f.minutes >= r.min_from) AND (r.min_to IS NULL OR f.minutes <= r.min_to)
      AND (r.serious IS NULL OR f.serious = r.serious) AND (r.unlawful IS NULL OR f.unlawful = r.unlawful)
      AND (r.fault IS NULL OR (r.fault = 'presumed' AND fault_in_force IS DISTINCT FROM false) OR (r.fault = 'confirmed' AND fault_in_force))
), chosen AS (
    SELECT * FROM matched WHERE choice = 1
), once AS (
    SELECT *, row_number() OVER (PARTITION BY subject, line, coalesce(shared, fact_id) ORDER BY abs(points) DESC, place) AS copy FROM chosen
), repeated AS (
    SELECT *, row_number() OVER (PARTITION BY subject, person_id, line, month ORDER BY place) AS nth FROM once WHERE copy = 1
), doubled AS (
    SELECT *, points * CASE WHEN person_id IS NOT NULL AND points < 0 AND part = ANY(:parts) AND nth >= :threshold THEN 2 ELSE 1 END AS counted
    FROM repeated
), running AS (
    SELECT *, sum(abs(counted)) OVER (PARTITION BY subject, line, CASE cap_per WHEN 'month' THEN month ELSE '' END ORDER BY place) AS used FROM doubled
)
SELECT subject, unit_id, person_id, line,
       CASE WHEN cap IS NULL THEN counted ELSE sign(counted) * greatest(0, least(abs(counted), cap - (used - abs(counted)))) END::int AS points
FROM running
"""


def recomputed(tx, code: str, kind: str, first: date, last: date) -> dict[str, int]:
    """Points (hundredths) of every subject with a line in the period."""
    book = yaml.safe_load(rulebook_file.bundled()[f"{code.lower()}.v1"].read_text())
    tx.execute(sa.text("DROP TABLE IF EXISTS rules"))
    tx.execute(sa.text(_RULES))
    tx.execute(sa.text(_INSERT), [rule for line in book["lines"] if not line.get("indicator") for rule in _rules(line)])
    totals: dict[str, int] = {}
    for row in _lines(tx, book, kind, f"{kind}_id", first, last):
        totals[row.subject] = totals.get(row.subject, 0) + row.points
    if kind == "unit":
        for unit, points in _cascades(tx, book, first, last).items():
            totals[unit] = totals.get(unit, 0) + points
    return totals


def _rules(line):
    when = line.get("when", {})
    minutes, cap = when.get("minutes", {}), line.get("cap", {})
    fixed = {
        "line": line["code"], "points": line["points"], "precedence": line.get("precedence", 0), "grp": line.get("group", "event"),
        "part": line.get("part", ""), "min_from": minutes.get("from"), "min_to": minutes.get("to"), "serious": when.get("serious"),
        "unlawful": when.get("unlawful"), "fault": when.get("staff_fault"), "once_per": line.get("once_per"),
        "by_days": line.get("by_days", False), "cap": cap.get("points"), "cap_per": cap.get("per"),
    }  # fmt: skip
    return [fixed | {"kind": kind, "type": fact} for kind in line["subjects"] for fact in line["facts"]]


def _lines(tx, book, kind, subject, first, last):
    rule = book.get("repetition") or {"parts": [], "threshold": 1}
    values = {"kind": kind, "first": first, "last": last, "parts": rule["parts"], "threshold": rule["threshold"]}
    return tx.execute(sa.text(_LINES.format(subject=subject)), values).all()


def _cascades(tx, book, first, last):
    """MJ-17-2 option a: for each person of the unit floor(loss / 5) x 2."""
    lost: dict[tuple[str, str], int] = {}
    for row in _lines(tx, book, "person", "person_id", first, last):
        if row.points < 0 and row.unit_id:
            lost[row.unit_id, row.subject] = lost.get((row.unit_id, row.subject), 0) - row.points
    totals: dict[str, int] = {}
    for (unit, _), loss in lost.items():
        for cascade in book.get("cascades", []):
            totals[unit] = totals.get(unit, 0) + loss // cascade["per"] * cascade["points"]
    return totals
