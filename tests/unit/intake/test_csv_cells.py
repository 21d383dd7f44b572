"""Nothing that comes from outside runs as a formula in a spreadsheet."""

import pytest

from services.intake.domain.csv_cells import text_cell


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "＝1+1", "＠x"])
def test_formulas_are_disarmed(text):
    assert text_cell(text) == "'" + text


@pytest.mark.parametrize("text", ["", "张**", "138****5678", "a=b", "H0001-20261123-000001"])
def test_other_text_stays(text):
    assert text_cell(text) == text


def test_nothing_is_empty():
    assert text_cell(None) == ""
