"""Builds a `Rulebook` from the data of its file, under a choice of its parameters, and checks that its parts fit together."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from services.scoring.domain.facts import FACT_TYPES
from services.scoring.domain.fitting import misfits
from services.scoring.domain.periods import PeriodKind
from services.scoring.domain.reading import Problem, Reader, RulebookError
from services.scoring.domain.rulebook import (
    Cap,
    Cascade,
    CascadeOption,
    Condition,
    Criterion,
    Line,
    OncePer,
    Option,
    Parameter,
    Reading,
    Repetition,
    Rulebook,
    Span,
    StaffFault,
    Subject,
    Wording,
)
from services.scoring.domain.values import InvalidInputError, SubjectKind

MOST = 100_000  # hundredths: 1000 points; more is a slip of the pen


def build(data: object, file: str, chosen: Mapping[str, str] | None = None) -> Rulebook:
    """The rulebook under `chosen` parameters (others at their default). `file` only names the source in errors.

    Raises RulebookError (RULEBOOK_INVALID) with every problem, InvalidInputError (PARAMETER_UNKNOWN, OPTION_UNKNOWN) for a wrong choice.
    """
    plain, problems = _read(data)
    if problems:
        raise RulebookError(file, problems)
    for parameter in plain.parameters:
        for option in parameter.options:
            _, problems = _read(_patched(data, option))
            if problems:
                where = f"parameter {parameter.code} option {option.code}"
                raise RulebookError(file, [Problem(f"{where}: {p.where}", p.field, p.why) for p in problems])
    for option in chosen_options(plain, chosen or {}):
        data = _patched(data, option)
    return _read(data)[0]


def chosen_options(rulebook: Rulebook, chosen: Mapping[str, str]) -> list[Option]:
    """The option of each parameter, in the rulebook's order."""
    known = {parameter.code for parameter in rulebook.parameters}
    for code in chosen:
        if code not in known:
            raise InvalidInputError("PARAMETER_UNKNOWN", f"{rulebook.code} has no parameter {code!r}", parameter=code)
    found: list[Option] = []
    for parameter in rulebook.parameters:
        wanted = chosen.get(parameter.code, parameter.default)
        option = next((option for option in parameter.options if option.code == wanted), None)
        if option is None:
            raise InvalidInputError("OPTION_UNKNOWN", f"parameter {parameter.code} has no option {wanted!r}", parameter=parameter.code)
        found.append(option)
    return found


def _patched(data: Any, option: Option) -> Any:
    patched = copy.deepcopy(data)
    for target, changes in option.patch.items():
        if target == "repetition":
            patched["repetition"].update(changes)
            continue
        for entry in [*patched["lines"], *(patched.get("cascades") or [])]:
            if entry["code"] == target:
                entry.update(changes)
    return patched


def _read(data: object) -> tuple[Rulebook, list[Problem]]:
    problems: list[Problem] = []
    top = Reader.of(data, "", problems, "(file)")
    kind = top.word("period", PeriodKind)
    rulebook = Rulebook(
        code=top.code(),
        version=top.number("version", low=1, high=9999) or 0,
        name=top.wording("name"),
        source=top.text("source"),
        period=kind or PeriodKind.MONTH,
        subjects=tuple(_subject(item, problems) for item in top.items("subjects")),
        criteria=tuple(_criterion(item, problems) for item in top.items("criteria", optional=True)),
        lines=tuple(_line(item, n, problems) for n, item in enumerate(top.items("lines"), 1)),
        repetition=_repetition(top.raw("repetition"), problems),
        cascades=tuple(_cascade(item, problems) for item in top.items("cascades", optional=True)),
        parameters=tuple(_parameter(item, problems) for item in top.items("parameters", optional=True)),
        gaps=tuple(Reader.of(item, "gaps", problems).wording() for item in top.items("gaps", optional=True)),
    )
    top.nothing_else()
    if not problems:
        problems += misfits(rulebook)
    return rulebook, problems


def _subject(item: object, problems: list[Problem]) -> Subject:
    reader = Reader.of(item, "subjects", problems)
    kind = reader.word("kind", SubjectKind) or SubjectKind.PERSON
    reader.where = f"subject {kind}"
    subject = Subject(
        kind,
        base=reader.number("base", low=0, high=MOST, optional=True),
        floor=reader.number("floor", low=-MOST, high=MOST, optional=True),
        record=bool(reader.flag("record")),
    )
    reader.nothing_else()
    return subject


def _criterion(item: object, problems: list[Problem]) -> Criterion:
    reader = Reader.of(item, "criteria", problems)
    code = reader.code()
    reader.where = f"criterion {code}"
    criterion = Criterion(code, reader.wording(), reader.text("source"), reader.number("max", low=1, high=MOST) or 0)
    reader.nothing_else()
    return criterion


def _line(item: object, number: int, problems: list[Problem]) -> Line:
    reader = Reader.of(item, f"line no. {number}", problems)
    code = reader.code()
    reader.where = f"line {code or f'no. {number}'}"
    line = Line(
        code=code,
        wording=reader.wording(),
        source=reader.text("source"),
        subjects=tuple(filter(None, (_kind(value, reader) for value in reader.items("subjects")))),
        facts=tuple(_fact_type(value, reader) for value in reader.items("facts")),
        points=reader.number("points", low=-MOST, high=MOST) or 0,
        unit=reader.code("unit"),
        part=str(reader.raw("part", "")),
        condition=_condition(reader),
        group=str(reader.raw("group", "event")),
        precedence=reader.number("precedence", low=0, high=1000, optional=True) or 0,
        once_per=reader.word("once_per", OncePer, optional=True),
        by_days=bool(reader.flag("by_days")),
        cap=_cap(reader),
        criterion=reader.raw("criterion"),
        indicator=bool(reader.flag("indicator")),
    )
    if line.points == 0 and "points" in reader.data and reader.data["points"] == 0:
        reader.problem("points", "must not be 0; a line that only informs is an indicator with its points")
    reader.nothing_else()
    return line


def _kind(value: object, reader: Reader) -> SubjectKind | None:
    try:
        return SubjectKind(value)  # type: ignore[arg-type]  # anything else than a known word raises
    except ValueError:
        reader.problem("subjects", f"must be of {', '.join(SubjectKind)}, not {value!r}")
        return None


def _fact_type(value: object, reader: Reader) -> str:
    if not isinstance(value, str) or value not in FACT_TYPES:
        reader.problem("facts", f"{value!r} is not a type of the neutral register")
    return str(value)


def _condition(line: Reader) -> Condition:
    value = line.raw("when")
    if value is None:
        return Condition()
    reader = Reader.of(value, line.where, line.problems, "when")
    low = high = None
    if (minutes := reader.raw("minutes")) is not None:
        span = Reader.of(minutes, line.where, line.problems, "when.minutes")
        low, high = span.number("from", low=0, high=1440, optional=True), span.number("to", low=0, high=1440, optional=True)
        span.nothing_else()
        if low is not None and high is not None and low > high:
            line.problem("when.minutes", f"from {low} is after to {high}")
    condition = Condition(low, high, reader.flag("serious"), reader.flag("unlawful"), reader.word("staff_fault", StaffFault, optional=True))
    reader.nothing_else()
    return condition


def _cap(line: Reader) -> Cap | None:
    value = line.raw("cap")
    if value is None:
        return None
    reader = Reader.of(value, line.where, line.problems, "cap")
    cap = Cap(reader.number("points", low=1, high=MOST) or 1, reader.word("per", Span) or Span.PERIOD)
    reader.nothing_else()
    return cap


def _repetition(value: object, problems: list[Problem]) -> Repetition | None:
    if value is None:
        return None
    reader = Reader.of(value, "repetition", problems, "repetition")
    repetition = Repetition(
        code=reader.code(),
        wording=reader.wording(),
        source=reader.text("source"),
        parts=tuple(str(part) for part in reader.items("parts", optional=True)),
        threshold=reader.number("threshold", low=2, high=100) or 2,
        multiplier=reader.number("multiplier", low=2, high=10) or 2,
        reading=reader.word("reading", Reading) or Reading.PROSPECTIVE,
    )
    reader.nothing_else()
    return repetition


def _cascade(item: object, problems: list[Problem]) -> Cascade:
    reader = Reader.of(item, "cascades", problems)
    code = reader.code()
    reader.where = f"cascade {code}"
    cascade = Cascade(
        code,
        reader.wording(),
        reader.text("source"),
        per=reader.number("per", low=1, high=MOST) or 1,
        points=reader.number("points", low=-MOST, high=-1) or -1,
        option=reader.word("option", CascadeOption) or CascadeOption.PER_PERSON,
    )
    reader.nothing_else()
    return cascade


def _parameter(item: object, problems: list[Problem]) -> Parameter:
    reader = Reader.of(item, "parameters", problems)
    code = reader.code()
    reader.where = f"parameter {code}"
    options = tuple(_option(value, reader) for value in reader.items("options"))
    parameter = Parameter(code, reader.wording(), reader.text("source"), reader.text("default"), options)
    reader.nothing_else()
    if parameter.default not in {option.code for option in options}:
        reader.problem("default", f"{parameter.default!r} is not one of the options")
    return parameter


def _option(value: object, parameter: Reader) -> Option:
    reader = Reader.of(value, parameter.where, parameter.problems, "options")
    patch = reader.raw("set", {})
    if not isinstance(patch, Mapping) or not all(isinstance(changes, Mapping) for changes in patch.values()):
        parameter.problem("options", "set: must be a mapping of line codes to fields")
        patch = {}
    option = Option(reader.code(), Wording(reader.text("zh"), reader.text("en")), {k: dict(v) for k, v in patch.items()})
    reader.nothing_else()
    return option
