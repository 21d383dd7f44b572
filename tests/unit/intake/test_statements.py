"""The treasury's file, read strictly, and what it says against the charges."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain import statements as s

HEAD = "charge_no,bank_serial,amount_fen,paid_at\n"
ROW = "H-1,B1,8000,2026-11-23T09:00:00+08:00\n"
DAY = dt.date(2026, 11, 23)


def test_a_file_is_read_line_by_line():
    entries, errors = s.read_statement("\ufeff" + HEAD + ROW + "H-2,B2,1,2026-11-23T01:00:00+00:00\r\n")
    assert errors == []
    assert [(e.line, e.charge_no, e.bank_serial, e.amount_fen) for e in entries] == [(2, "H-1", "B1", 8000), (3, "H-2", "B2", 1)]


@pytest.mark.parametrize(
    ("content", "line", "field"),
    [
        ("", 1, "content"),
        (HEAD, 1, "content"),
        ("charge_no,amount_fen\n" + ROW, 1, "content"),
        (HEAD.replace("\n", ",extra\n") + ROW, 1, "content"),
        (HEAD + ROW + "H-2,B2,80.00,2026-11-23T09:00:00+08:00\n", 3, "amount_fen"),
        (HEAD + ROW + "H-2,B2,-1,2026-11-23T09:00:00+08:00\n", 3, "amount_fen"),
        (HEAD + ROW + "H-2,B2,0,2026-11-23T09:00:00+08:00\n", 3, "amount_fen"),
        (HEAD + ROW + "H-2,B2,８０,2026-11-23T09:00:00+08:00\n", 3, "amount_fen"),
        (HEAD + ROW + f"H-2,B2,{'9' * 5000},2026-11-23T09:00:00+08:00\n", 3, "amount_fen"),
        (HEAD + ROW + "H-2,B2,1,2026-11-23T09:00:00\n", 3, "paid_at"),
        (HEAD + ROW + "H-2,B2,1,yesterday\n", 3, "paid_at"),
        (HEAD + ROW + ",B2,1,2026-11-23T09:00:00+08:00\n", 3, "charge_no"),
        (HEAD + ROW + f"H-2,{'B' * 65},1,2026-11-23T09:00:00+08:00\n", 3, "bank_serial"),
        (HEAD + ROW + "H-2,B\x00,1,2026-11-23T09:00:00+08:00\n", 3, "bank_serial"),
        (HEAD + ROW + "H-2,B2,1\n", 3, "content"),
        (HEAD + ROW + "\n", 3, "content"),
        (HEAD + ROW + ROW, 3, "bank_serial"),
        (HEAD + '"H-1', 2, "content"),
    ],
)
def test_whatever_is_wrong_names_its_line(content, line, field):
    _, errors = s.read_statement(content)
    assert (errors[0].line, errors[0].field) == (line, field)


def test_files_have_a_limit(monkeypatch):
    assert s.read_statement("x" * (s.MAX_BYTES + 1))[1][0].field == "content"
    monkeypatch.setattr(s, "MAX_ROWS", 1)
    assert s.read_statement(HEAD + ROW)[1] == []
    entries, errors = s.read_statement(HEAD + ROW + ROW.replace("B1", "B2"))
    assert (entries, errors[0].line) == ([], 3)


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text):
    entries, errors = s.read_statement(text)
    assert errors or entries
    s.read_statement(HEAD + text)


def entry(line, charge_no="H-1", serial="B1", amount=8000):
    return s.Entry(line, charge_no, serial, amount, dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC))


def known(number="H-1", **over):
    values = {
        "charge_id": f"id-{number}", "charge_no": number, "state": "paid", "due_fen": 8000, "day": DAY, "paid_on": DAY, "bank_serial": "B1",
        "other_statement": False,
    }  # fmt: skip
    return {number: s.Known(**{**values, **over})}


def compared(entries, charges):
    outcome = s.compare(entries, charges, day_from=DAY, day_to=DAY)
    return list(outcome.matched), [(one.kind, one.charge_no, one.line) for one in outcome.mismatches]


@pytest.mark.parametrize(
    ("entries", "charges", "expected"),
    [
        ([entry(2)], known(), (["id-H-1"], [])),
        ([entry(2)], known(state="receipted"), (["id-H-1"], [])),
        ([entry(2)], {}, ([], [("paid_not_issued", "H-1", 2)])),
        ([entry(2)], known(state="cancelled"), ([], [("paid_not_issued", "H-1", 2)])),
        ([entry(2, amount=9000)], known(), ([], [("amount_differs", "H-1", 2)])),
        ([entry(2), entry(3, serial="B2")], known(), (["id-H-1"], [("paid_twice", "H-1", 3)])),
        ([entry(2)], known(other_statement=True), ([], [("paid_twice", "H-1", 2)])),
        ([entry(2)], known(state="issued", paid_on=None, bank_serial=None), ([], [("paid_not_recorded", "H-1", 2)])),
        ([entry(2, serial="B9")], known(), ([], [("paid_not_recorded", "H-1", 2)])),
        ([entry(2)], known() | known("H-2", state="issued", paid_on=None), (["id-H-1"], [("issued_not_paid", "H-2", None)])),
        ([entry(2)], known() | known("H-2", bank_serial="B2"), (["id-H-1"], [("not_in_statement", "H-2", None)])),
        ([entry(2)], known() | known("H-2", state="issued", paid_on=None, day=dt.date(2026, 11, 22)), (["id-H-1"], [])),
        ([entry(2)], known() | known("H-2", other_statement=True), (["id-H-1"], [])),
    ],
)
def test_what_a_statement_says_against_the_charges(entries, charges, expected):
    assert compared(entries, charges) == expected
