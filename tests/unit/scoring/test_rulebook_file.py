"""Rulebook files are checked to the last field before anyone is scored by them."""

import copy
import re
from contextlib import suppress

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring import rulebook_file
from services.scoring.domain.building import build
from services.scoring.domain.reading import RulebookError
from services.scoring.domain.values import InvalidInputError

SMALL = """
code: T
version: 1
name: {zh: 试, en: trial}
source: none
period: month
subjects:
  - {kind: person, base: 10000, floor: 0}
parameters:
  - {code: choice, zh: 选, en: choice, source: none, default: a, options: [{code: a, zh: 甲, en: a}, {code: b, zh: 乙, en: b, set: {T-1: {points: -200}}}]}
lines:
  - code: T-1
    subjects: [person]
    zh: 迟到
    en: late
    source: 第一条
    facts: [LATE]
    when: {minutes: {from: 5, to: 10}}
    points: -100
    unit: per_time
"""


def test_a_small_rulebook_is_read() -> None:
    book = rulebook_file.parse(SMALL, "t.yaml")
    assert (book.code, book.lines[0].points, book.lines[0].condition.minutes_from) == ("T", -100, 5)


def test_an_option_changes_what_it_says() -> None:
    assert rulebook_file.parse(SMALL, "t.yaml", {"choice": "b"}).lines[0].points == -200


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("points: -100", "points: -1.5", "t.yaml: line T-1: points: must be a whole number"),
        ("points: -100", "points: 0", "t.yaml: line T-1: points: must not be 0"),
        ("points: -100", "points: true", "t.yaml: line T-1: points: must be a whole number"),
        ("points: -100", "point: -100", "t.yaml: line T-1: point: is not a field here"),
        ("points: -100", "point: -100", "t.yaml: line T-1: points: is missing"),
        ("facts: [LATE]", "facts: [LATTE]", "t.yaml: line T-1: facts: 'LATTE' is not a type of the neutral register"),
        ("facts: [LATE]", "facts: []", "t.yaml: line T-1: facts: must be a list that is not empty"),
        ("facts: [LATE]", "facts: [[LATE]]", "t.yaml: line T-1: facts: ['LATE'] is not a type of the neutral register"),
        ("subjects: [person]", "subjects: [window]", "t.yaml: line T-1: subjects: the rulebook has no subject window"),
        ("subjects: [person]", "subjects: [city]", "t.yaml: line T-1: subjects: must be of person, window, unit"),
        ("from: 5, to: 10", "from: 11, to: 10", "t.yaml: line T-1: when.minutes: from 11 is after to 10"),
        ("minutes: {from: 5, to: 10}", "minuts: 5", "t.yaml: line T-1: minuts: is not a field here"),
        ("minutes: {from: 5, to: 10}", "serious: often", "t.yaml: line T-1: serious: must be true or false"),
        ("zh: 迟到", "zh: ''", "t.yaml: line T-1: zh: must be a text"),
        ("period: month", "period: week", "t.yaml: period: must be one of month, quarter"),
        ("version: 1", "version: one", "t.yaml: version: must be a whole number"),
        ("    unit: per_time", "    unit: per_time\n    criterion: X", "t.yaml: line T-1: criterion: 'X' is not in the criteria"),
        (
            "    unit: per_time",
            "    unit: per_time\n    cap: {points: 0, per: week}",
            "t.yaml: line T-1: per: must be one of month, period",
        ),
        ("    unit: per_time", "    unit: per_time\n    unit: per_day", "'unit' stands twice"),
        ("default: a", "default: z", "t.yaml: parameter choice: default: 'z' is not one of the options"),
        ("set: {T-1: {points: -200}}", "set: {T-9: {points: -200}}", "parameter choice: options: set: there is no line 'T-9'"),
        ("set: {T-1: {points: -200}}", "set: {T-1: {points: x}}", "parameter choice option b: line T-1: points: must be a whole number"),
        ("code: T\n", "code: [\n", "t.yaml: (file): is not YAML"),
        ("code: T\n", "code: {[1]: 2}\n", "t.yaml: (file): is not YAML"),
        ("code: T\n", f"code: {'[' * 5000}\n", "t.yaml: (file): is nested too deeply"),
    ],
)
def test_what_is_wrong_is_said_with_file_line_code_and_field(old: str, new: str, says: str) -> None:
    assert old in SMALL
    with pytest.raises(RulebookError, match=re.escape(says)) as caught:
        rulebook_file.parse(SMALL.replace(old, new, 1), "t.yaml")
    assert caught.value.reason == "RULEBOOK_INVALID"


@pytest.mark.parametrize("text", ["", "3", "[]", "{1: 2}"])
def test_what_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(RulebookError, match="must be a mapping"):
        rulebook_file.parse(text, "t.yaml")


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(RulebookError) as caught:
        rulebook_file.parse(SMALL.replace("points: -100", "points: x").replace("facts: [LATE]", "facts: [X]"), "t.yaml")
    assert {problem.field for problem in caught.value.problems} == {"points", "facts"}


def test_two_lines_that_would_charge_one_fact_twice_are_refused() -> None:
    second = SMALL[SMALL.index("  - code: T-1") :].replace("T-1", "T-2")
    with pytest.raises(RulebookError, match="line T-2: precedence: fits the same LATE as line T-1"):
        rulebook_file.parse(SMALL + second, "t.yaml")
    rulebook_file.parse(SMALL + second.replace("from: 5, to: 10", "from: 11"), "t.yaml")
    rulebook_file.parse(SMALL + second + "    precedence: 1\n", "t.yaml")
    rulebook_file.parse(SMALL + second + "    group: other\n", "t.yaml")


def test_a_code_stands_once() -> None:
    second = SMALL[SMALL.index("  - code: T-1") :].replace("from: 5, to: 10", "from: 11")
    with pytest.raises(RulebookError, match="line T-1: code: is used twice"):
        rulebook_file.parse(SMALL + second, "t.yaml")


@pytest.mark.parametrize(("chosen", "reason"), [({"other": "a"}, "PARAMETER_UNKNOWN"), ({"choice": "z"}, "OPTION_UNKNOWN")])
def test_a_wrong_choice_is_refused(chosen: dict[str, str], reason: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        rulebook_file.parse(SMALL, "t.yaml", chosen)
    assert caught.value.reason == reason


def test_the_checksum_does_not_depend_on_trailing_blanks() -> None:
    assert rulebook_file.checksum("a: 1  \n\n") == rulebook_file.checksum("a: 1")
    assert rulebook_file.checksum("a: 1") != rulebook_file.checksum("a: 2")


def test_bundled_rulebooks_declare_their_gaps() -> None:
    for path in rulebook_file.bundled().values():
        assert rulebook_file.parse(path.read_text(), path.name).gaps


JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.text(max_size=3), st.just([]), st.just({}), st.just([[1]]), st.just({"a": {"b": 1}})
)


def _places(node: object, path: tuple = ()) -> list[tuple]:
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(place for key, child in children for place in _places(child, (*path, key)))]


@settings(deadline=None)
@given(data=st.data(), junk=JUNK)
def test_junk_anywhere_is_an_error_with_a_reason_or_harmless(data: st.DataObject, junk: object) -> None:
    document = copy.deepcopy({**yaml.safe_load(SMALL), "cascades": None, "repetition": None})
    place = data.draw(st.sampled_from([p for p in _places(document) if p]))
    node = document
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = junk
    with suppress(RulebookError):
        build(document, "t.yaml")
