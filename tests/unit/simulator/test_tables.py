"""Tables stay straight with Chinese in them."""

from __future__ import annotations

import pytest

from simulator.tables import cut, padded, table, width, wrapped


@pytest.mark.parametrize(("text", "places"), [("abc", 3), ("大厅", 4), ("大厅 hall", 9), ("", 0), ("（一）", 6), ("é", 1)])
def test_width_counts_places_of_a_terminal(text, places):
    assert width(text) == places


def test_columns_line_up_whatever_is_in_them():
    lines = table(["大厅 hall", "数 n"], [["示例市政务服务中心", 7], ["x", 12345]], right=(1,))

    assert len({width(line) for line in lines}) == 1
    assert lines[2].endswith("    7")


def test_cutting_never_splits_a_wide_character():
    assert cut("政务服务中心", 7) == "政务服…"
    assert cut("政务", 4) == "政务"


def test_wrapping_keeps_every_word_and_no_line_is_too_long():
    text = "XZK-5D-10 (五(四)(十)) late or left early. Facts: 2026-11-23上午 迟到 12分钟（考勤）。计算：-0.50 = -0.50"

    lines = wrapped(text, 40)

    assert all(width(line) <= 40 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_padding_to_the_right():
    assert padded("大", 4) == "大  "
    assert padded("大", 4, right=True) == "  大"
