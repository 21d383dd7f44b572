"""Every floor names a subject that exists, and every comparison says whose side is judged."""

import pytest

from bench import catalogue

COMPARISONS = catalogue.comparisons()


@pytest.mark.parametrize("comparison", COMPARISONS, ids=lambda comparison: comparison.name)
def test_floors_name_peers_and_one_subject_is_ours(comparison):
    roles = {subject.name: subject.role for subject in comparison.subjects}
    assert len(roles) == len(comparison.subjects)
    assert list(roles.values()).count("ours") == 1
    assert {floor.peer for floor in comparison.floors} == {name for name, role in roles.items() if role in ("peer", "limit")}
    assert comparison.floors or comparison.limits


def test_comparisons_are_chosen_by_the_beginning_of_their_names():
    assert [comparison.name for comparison in catalogue.chosen(["upload", "e2e"])] == ["e2e", "upload-1", "upload-50", "upload-500"]
    assert len(catalogue.chosen([])) == len(COMPARISONS)


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"'relya'.*relay"):
        catalogue.chosen(["relya"])
