"""Five words, and the numbers of two interfaces that count in opposite directions (A-33)."""

import pytest

from services.evaluation.domain.grades import CODE_SYSTEMS, Grade, from_code, mean_value, to_code


@pytest.mark.parametrize("system", CODE_SYSTEMS)
@pytest.mark.parametrize("grade", Grade)
def test_codes_round_trip(system, grade):
    assert from_code(to_code(grade, system), system) is grade


def test_national_standard_counts_from_the_best():
    assert [to_code(grade) for grade in Grade] == [1, 2, 3, 4, 5]


def test_provincial_interface_counts_from_the_worst():
    assert from_code(1, "provincial_ascending") is Grade.VERY_DISSATISFIED
    assert from_code(5, "provincial_ascending") is Grade.VERY_SATISFIED


@pytest.mark.parametrize("number", [0, 6, -1])
def test_a_number_outside_the_scale_means_nothing(number):
    assert from_code(number) is None


def test_the_two_lowest_grades_are_bad():
    assert [grade for grade in Grade if grade.bad] == [Grade.DISSATISFIED, Grade.VERY_DISSATISFIED]


def test_average_is_worked_out_over_real_ratings():
    assert mean_value({Grade.VERY_SATISFIED: 2, Grade.DISSATISFIED: 1}) == (12, 3)
    assert mean_value({}) == (0, 0)
