"""Reads a rulebook from plain data and says everything that is wrong with it, each with line code and field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from services.scoring.domain.rulebook import Wording
from services.scoring.domain.values import InvalidInputError

E = TypeVar("E", bound=StrEnum)

_CODE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where ("line XZK-5D-10", "" for the rulebook itself), which field, why."""

    where: str
    field: str
    why: str

    def __str__(self) -> str:
        return f"{self.where}: {self.field}: {self.why}" if self.where else f"{self.field}: {self.why}"


class RulebookError(InvalidInputError):
    """The data is no rulebook; `problems` lists everything that is wrong at once."""

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        super().__init__("RULEBOOK_INVALID", "\n".join(f"{file}: {problem}" for problem in problems), file=file)
        self.problems = tuple(problems)


@dataclass
class Reader:
    """Takes typed fields out of one mapping and collects problems instead of stopping at the first."""

    data: Mapping[str, Any]
    where: str
    problems: list[Problem]
    taken: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, value: object, where: str, problems: list[Problem], name: str = "") -> Reader:
        """A reader of `value`, which must be a mapping with text keys."""
        if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
            return cls(value, where, problems)
        problems.append(Problem(where, name or "(entry)", "must be a mapping of names to values"))
        return cls({}, where, problems)

    def problem(self, name: str, why: str) -> None:
        """Note that a field is wrong."""
        self.problems.append(Problem(self.where, name, why))

    def raw(self, name: str, default: Any = None) -> Any:
        """The value as it stands."""
        self.taken.add(name)
        return self.data.get(name, default)

    def required(self, name: str) -> Any:
        """The value, which must be there."""
        value = self.raw(name)
        if value is None and self.data:
            self.problem(name, "is missing")
        return value

    def text(self, name: str) -> str:
        """A text that is not empty."""
        value = self.required(name)
        if value is None:
            return ""
        if not isinstance(value, str) or not value.strip():
            self.problem(name, "must be a text that is not empty")
            return ""
        return value.strip()

    def code(self, name: str = "code") -> str:
        """A code: letters, digits, '.', '_', '-'."""
        value = self.text(name)
        if value and not _CODE.match(value):
            self.problem(name, "must be 1 to 64 letters, digits, '.', '_' or '-'")
        return value

    def number(self, name: str, *, low: int, high: int, optional: bool = False) -> int | None:
        """A whole number within bounds."""
        value = self.raw(name) if optional else self.required(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.problem(name, f"must be a whole number from {low} to {high}, not {value!r}")
            return None
        return value

    def flag(self, name: str) -> bool | None:
        """true, false or not there."""
        value = self.raw(name)
        if value is not None and not isinstance(value, bool):
            self.problem(name, f"must be true or false, not {value!r}")
            return None
        return value

    def word(self, name: str, words: type[E], *, optional: bool = False) -> E | None:
        """One of a closed list of words."""
        value = self.raw(name) if optional else self.required(name)
        if value is None:
            return None
        try:
            return words(value)
        except ValueError:
            self.problem(name, f"must be one of {', '.join(words)}, not {value!r}")
            return None

    def items(self, name: str, *, optional: bool = False) -> list[Any]:
        """A list; not empty unless optional."""
        value = self.raw(name) if optional else self.required(name)
        if value is None:
            return []
        if not isinstance(value, list) or (not value and not optional):
            self.problem(name, "must be a list" if optional else "must be a list that is not empty")
            return []
        return value

    def wording(self, name: str = "") -> Wording:
        """Texts `zh` and `en`, in this mapping or in the one under `name`."""
        reader = self if not name else Reader.of(self.required(name), self.where, self.problems, name)
        return Wording(reader.text("zh"), reader.text("en"))

    def nothing_else(self) -> None:
        """Unknown names are mistakes, never ignored: a misspelt condition would silently score everyone."""
        for name in self.data:
            if name not in self.taken:
                self.problem(name, "is not a field here")
