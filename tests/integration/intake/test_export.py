"""Cases as CSV: whole, in scope, masked, harmless."""

import csv
import io

import pytest

from chassis.errors import InvalidArgument
from services.intake.queries import export


def exported(intake, **filters) -> str:
    """Every piece, put together as a client does."""
    text, token = "", None
    while token != "":
        piece = intake("export_cases", page_token=token, **filters)
        text, token = text + piece["text"], piece["next_page_token"]
    return text


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.fixture
def cases(intake, monkeypatch):
    monkeypatch.setattr(export, "ROWS", 2)
    zhang = {
        "name": "张三丰",
        "phone": "13812345678",
        "id_kind": "resident_id",
        "id_number": "11010519491231002X",
        "agent": {"name": "李四"},
    }
    made = [intake.accepted(applicant=zhang)["case_no"], *(intake.receipt()["case_no"] for _ in range(3))]
    other = intake.receipt(hall_id="h0002", window_id="w12", item_id="i0009", staff_id="s12")["case_no"]
    return [other, *reversed(made)]


def test_the_file_has_every_case_once_newest_first_in_several_pieces(intake, cases):
    text = exported(intake)
    assert text.startswith("\ufeff办件编号,政务服务大厅,")
    assert text.count("\ufeff") == text.count("办件编号") == 1
    assert [row["办件编号"] for row in rows(text)] == cases
    assert text.count("\r\n") == 6


def test_a_row_says_what_the_list_says_and_masks_the_applicant(intake, cases):
    text = exported(intake, state="accepted")
    (row,) = rows(text)
    seen = [
        row[name]
        for name in ("政务服务大厅", "事项", "申请人", "证件号码", "联系电话", "代理人", "状态", "办件类型", "收件时间", "剩余工作日")
    ]
    assert seen == [
        "市政务服务中心", "食品经营许可", "张**", "110***********002X", "138****5678", "李*", "已受理", "承诺件", "2026-11-23 09:00", "5",
    ]  # fmt: skip
    assert "张三丰" not in text


def test_the_export_stays_in_the_callers_scope(intake, cases):
    assert [row["办件编号"] for row in rows(exported(intake.acting_as("hall:h0002")))] == cases[:1]
    assert rows(exported(intake.acting_as())) == []
    assert rows(exported(intake, applicant_phone="13812345678"))[0]["办件编号"] == cases[-1]


def test_a_token_from_elsewhere_is_refused(intake):
    with pytest.raises(InvalidArgument):
        intake("export_cases", page_token="x")


def test_a_name_that_is_a_formula_does_not_run(intake):
    intake.receipt(applicant={"name": '=HYPERLINK("http://x")很长的名字'})
    assert rows(exported(intake))[0]["申请人"].startswith("'=")
