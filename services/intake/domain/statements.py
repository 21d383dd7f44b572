"""The treasury's statement (财政对账单): a strict reader of its file, and its comparison with the charges.

A file is taken in as a whole or not at all. What does not match is listed, never corrected by itself.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.intake.domain import charges as c

COLUMNS = ("charge_no", "bank_serial", "amount_fen", "paid_at")
MAX_BYTES, MAX_ROWS, MAX_CELL = 2_000_000, 20_000, 64
MAX_FEN = 1_000_000_000_000
UNKNOWN, DIFFERS, TWICE, NOT_RECORDED, NOT_PAID, NOT_IN_STATEMENT = (
    "paid_not_issued", "amount_differs", "paid_twice", "paid_not_recorded", "issued_not_paid", "not_in_statement",
)  # fmt: skip
MISMATCHES = (UNKNOWN, DIFFERS, TWICE, NOT_RECORDED, NOT_PAID, NOT_IN_STATEMENT)
"""Money for a slip that was never issued or is cancelled; another amount than due; the same slip again; money that the bank clerk has not recorded; a slip
of the period that nobody paid; a payment recorded in the period that the treasury does not know."""


@dataclass(frozen=True)
class RowError:
    """What is wrong in which field of which line of the file, the header being line 1."""

    line: int
    field: str
    message: str


@dataclass(frozen=True)
class Entry:
    """One line of the statement: money that arrived."""

    line: int
    charge_no: str
    bank_serial: str
    amount_fen: int
    paid_at: dt.datetime


def read_statement(content: str) -> tuple[list[Entry], list[RowError]]:
    """The entries of a CSV file with exactly the columns above, or everything that is wrong with it."""
    if len(content.encode()) > MAX_BYTES:
        return [], [RowError(1, "content", f"more than {MAX_BYTES} bytes")]
    reader = csv.reader(io.StringIO(content.removeprefix("\ufeff"), newline=""), strict=True)
    entries: list[Entry] = []
    problems: list[RowError] = []
    try:
        header = next(reader, [])
        if tuple(cell.strip() for cell in header) != COLUMNS:
            return [], [RowError(1, "content", f"the header is not {','.join(COLUMNS)}")]
        for cells in reader:
            if len(entries) + len(problems) >= MAX_ROWS:
                return [], [RowError(reader.line_num, "content", f"more than {MAX_ROWS} lines")]
            found = _entry(reader.line_num, cells)
            (problems.extend if isinstance(found, list) else entries.append)(found)  # type: ignore[arg-type]  # each takes its own kind
    except csv.Error as error:
        problems.append(RowError(max(1, reader.line_num), "content", f"not CSV: {error}"))
    problems += _repeated(entries)
    if not entries and not problems:
        problems.append(RowError(1, "content", "no entries"))
    return entries, problems


def _entry(line: int, cells: Sequence[str]) -> Entry | list[RowError]:
    if len(cells) != len(COLUMNS):
        return [RowError(line, "content", f"{len(cells)} cells instead of {len(COLUMNS)}")]
    values = dict(zip(COLUMNS, (cell.strip() for cell in cells), strict=True))
    problems = [
        RowError(line, name, f"1 to {MAX_CELL} characters")
        for name in ("charge_no", "bank_serial")
        if not 1 <= len(values[name]) <= MAX_CELL or not values[name].isprintable()
    ]
    amount, moment = _fen(values["amount_fen"]), _moment(values["paid_at"])
    if amount is None:
        problems.append(RowError(line, "amount_fen", f"{values['amount_fen'][:MAX_CELL]!r} is not an amount in whole fen"))
    if moment is None:
        problems.append(
            RowError(line, "paid_at", f"{values['paid_at'][:MAX_CELL]!r} is not a time with its offset, as 2026-11-23T09:00:00+08:00")
        )
    if problems or amount is None or moment is None:
        return problems
    return Entry(line, values["charge_no"], values["bank_serial"], amount, moment)


def _fen(text: str) -> int | None:
    # isdecimal alone would also take full-width digits, which int() reads without a word.
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(MAX_FEN))):
        return None
    return int(text) if 0 < int(text) <= MAX_FEN else None


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _repeated(entries: Sequence[Entry]) -> Iterator[RowError]:
    seen: dict[str, int] = {}
    for entry in entries:
        if entry.bank_serial in seen:
            yield RowError(entry.line, "bank_serial", f"{entry.bank_serial} stands in line {seen[entry.bank_serial]} already")
        seen.setdefault(entry.bank_serial, entry.line)


@dataclass(frozen=True)
class Known:
    """A charge as the statement meets it; `other_statement` when an earlier one has it already."""

    charge_id: str
    charge_no: str
    state: str
    due_fen: int
    day: dt.date
    paid_on: dt.date | None
    bank_serial: str | None
    other_statement: bool


@dataclass(frozen=True)
class Mismatch:
    """What does not fit: the statement's `line` and amount, the charge and what was expected; None where there is none."""

    kind: str
    charge_no: str
    charge_id: str | None
    line: int | None
    bank_serial: str | None
    expected_fen: int | None
    found_fen: int | None


@dataclass(frozen=True)
class Outcome:
    """Charges that the statement confirms, and everything else."""

    matched: tuple[str, ...]
    mismatches: tuple[Mismatch, ...]


def compare(entries: Sequence[Entry], known: Mapping[str, Known], *, day_from: dt.date, day_to: dt.date) -> Outcome:
    """Match a statement of the days `day_from` to `day_to` with the charges it names and those of the period."""
    matched: list[str] = []
    found: list[Mismatch] = []
    seen: set[str] = set()
    for entry in entries:
        charge = known.get(entry.charge_no)
        kind = _wrong(entry, charge, again=entry.charge_no in seen)
        seen.add(entry.charge_no)
        if kind is None and charge is not None:
            matched.append(charge.charge_id)
        else:
            due = charge.due_fen if charge is not None else None
            found.append(
                Mismatch(
                    kind or UNKNOWN,
                    entry.charge_no,
                    charge.charge_id if charge else None,
                    entry.line,
                    entry.bank_serial,
                    due,
                    entry.amount_fen,
                )
            )
    found += _silent(known, seen, day_from, day_to)
    return Outcome(tuple(matched), tuple(found))


def _wrong(entry: Entry, charge: Known | None, *, again: bool) -> str | None:
    if charge is None or charge.state in (c.CANCELLED, c.WAIVED):
        return UNKNOWN
    if again or charge.other_statement:
        return TWICE
    if entry.amount_fen != charge.due_fen:
        return DIFFERS
    if charge.state == c.ISSUED or charge.bank_serial != entry.bank_serial:
        return NOT_RECORDED
    return None


def _silent(known: Mapping[str, Known], seen: set[str], day_from: dt.date, day_to: dt.date) -> Iterator[Mismatch]:
    """Charges of the period about which the statement says nothing."""
    for charge in sorted(known.values(), key=lambda one: one.charge_no):
        if charge.charge_no in seen or charge.other_statement:
            continue
        if charge.state == c.ISSUED and day_from <= charge.day <= day_to:
            yield Mismatch(NOT_PAID, charge.charge_no, charge.charge_id, None, None, charge.due_fen, None)
        elif charge.paid_on is not None and day_from <= charge.paid_on <= day_to:
            yield Mismatch(NOT_IN_STATEMENT, charge.charge_no, charge.charge_id, None, charge.bank_serial, charge.due_fen, None)
