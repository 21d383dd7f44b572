"""Points, periods and the order of facts."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.domain.periods import PeriodKind, parse_period, period_of
from services.scoring.domain.values import InvalidInputError, marks, parse_marks


@pytest.mark.parametrize(("points", "text"), [(0, "0.00"), (-50, "-0.50"), (-5, "-0.05"), (10000, "100.00"), (-760, "-7.60")])
def test_points_are_written_with_two_decimals(points: int, text: str) -> None:
    assert marks(points) == text


@given(st.integers(-(10**8) + 1, 10**8 - 1))
def test_points_survive_the_wire(points: int) -> None:
    assert parse_marks(marks(points)) == points


@pytest.mark.parametrize("text", ["", "-", "1.234", "1.", ".5", "1e3", "½", "٣", "1 0", "10000000"])
def test_what_is_no_number_of_points_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        parse_marks(text)


@given(st.dates(min_value=date(1, 1, 1)), st.sampled_from(list(PeriodKind)))
def test_a_day_lies_in_its_period_and_the_code_leads_back(day: date, kind: PeriodKind) -> None:
    period = period_of(kind, day)
    assert day in period
    assert parse_period(period.code) == period


@pytest.mark.parametrize("code", ["", "2026", "2026-13", "2026Q5", "2026-1", "0000-01", "2026q4"])
def test_what_is_no_period_is_refused(code: str) -> None:
    with pytest.raises(InvalidInputError, match="neither a month"):
        parse_period(code)


def test_periods_end_where_the_next_begins() -> None:
    assert parse_period("2026Q4").last == date(2026, 12, 31)
    assert parse_period("2028-02").last == date(2028, 2, 29)
