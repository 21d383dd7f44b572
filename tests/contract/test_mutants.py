"""The mutation gate's patches still fit the code; `make mutants` runs them."""

import re

import pytest

from tests.mutants.catalogue import MUTANTS, Edit, Mutant
from tests.mutants.workshop import ROOT, DoesNotApply, edited, patched


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_patch_applies_and_its_killers_exist(mutant):
    changed = patched(ROOT, mutant)
    assert all(text != (ROOT / file).read_text() for file, text in changed.items())
    assert mutant.killers
    for killer in mutant.killers:
        file, _, name = killer.partition("::")
        assert not name or re.search(rf"^def {name}\b", (ROOT / file).read_text(), re.MULTILINE), killer


def test_names_are_unique_and_dangers_are_sentences():
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert all(mutant.danger.endswith(".") for mutant in MUTANTS)


@pytest.mark.parametrize("text", ["nothing here", "one two one"])
def test_a_text_that_is_not_there_exactly_once_is_refused(text):
    with pytest.raises(DoesNotApply, match=r"a\.py: the old text occurs [02] times"):
        edited(text, Edit("a.py", "one", "three"))


def test_a_patch_that_leaves_no_python_is_refused(tmp_path):
    (tmp_path / "a.py").write_text("x = 1\n")
    with pytest.raises(DoesNotApply, match="no Python"):
        patched(tmp_path, Mutant("m", "d.", (Edit("a.py", "= 1", "= ("),), ()))
