"""The applicant (申请人) and the agent acting for him (代理人): checked when written, masked when shown, unchanged by a mask."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from services.intake.domain.errors import Invalid
from services.intake.domain.identity import id_number, phone_number
from services.intake.domain.masking import is_masked, mask_contact, mask_name, mask_number

Values = Mapping[str, Any]
_MASKS: Mapping[str, Callable[[str], str]] = {
    "name": mask_name,
    "id_kind": str,
    "id_number": mask_number,
    "phone": mask_number,
    "contact": mask_contact,
}


@dataclass(frozen=True)
class Person:
    """Name, paper and ways to reach somebody; empty where it was not given.

    `contact` is any other way than the phone: an address, a mailbox, the name of a contact person.
    """

    name: str
    id_kind: str = ""
    id_number: str = ""
    phone: str = ""
    contact: str = ""

    def masked(self) -> dict[str, str]:
        """What may be shown; empty fields are left out."""
        return {name: mask(getattr(self, name)) for name, mask in _MASKS.items() if getattr(self, name)}


@dataclass(frozen=True)
class Applicant:
    """Who applies, and who acts for him if anybody does."""

    person: Person
    agent: Person | None = None

    @classmethod
    def of(cls, values: Values, *, today: dt.date) -> Applicant:
        """As first written down. Raises Invalid MASKED_VALUE, ID_KIND_REQUIRED, ID_NUMBER_INVALID, PHONE_INVALID naming the field."""
        agent = values.get("agent")
        return cls(
            _checked(values, "applicant", today),
            None if agent is None else _checked(agent, "applicant.agent", today),
        )

    def changed(self, values: Values, *, today: dt.date) -> Applicant:
        """With the given fields changed. A value that equals its own mask means "unchanged"; an empty agent takes the agent away.

        Raises Invalid MASKED_VALUE (any other masked value), NAME_REQUIRED, and those of `of`.
        """
        person = _merged(self.person, values, "applicant", today)
        given = values.get("agent")
        if given is None:
            return Applicant(person, self.agent)
        if not any(given.values()):
            return Applicant(person, None)
        before = self.agent or Person("")
        return Applicant(person, _merged(before, given, "applicant.agent", today))

    def differences(self, other: Applicant) -> list[str]:
        """The fields in which the two differ, "agent.phone" for the agent's."""
        mine, its = _flat(self), _flat(other)
        return sorted(name for name in {*mine, *its} if mine.get(name, "") != its.get(name, ""))

    def masked(self) -> dict[str, Any]:
        """What every answer shows."""
        agent = {} if self.agent is None else {"agent": self.agent.masked()}
        return {**self.person.masked(), **agent}

    def shown(self) -> dict[str, Any]:
        """In plain, empty fields left out."""
        agent = {} if self.agent is None else {"agent": _filled(self.agent)}
        return {**_filled(self.person), **agent}

    def to_plain(self) -> dict[str, Any]:
        """As plain values, to be sealed."""
        return {**asdict(self.person), "agent": None if self.agent is None else asdict(self.agent)}

    @classmethod
    def from_plain(cls, plain: Values) -> Applicant:
        """From what `to_plain` gave."""
        agent = plain["agent"]
        return cls(Person(**{name: plain[name] for name in _MASKS}), None if agent is None else Person(**agent))


def _filled(person: Person) -> dict[str, str]:
    return {name: value for name, value in asdict(person).items() if value}


def _flat(applicant: Applicant) -> dict[str, str]:
    agent = {} if applicant.agent is None else {f"agent.{name}": value for name, value in asdict(applicant.agent).items()}
    return {**asdict(applicant.person), **agent}


def _merged(before: Person, values: Values, path: str, today: dt.date) -> Person:
    changes = {name: value.strip() for name, value in values.items() if name in _MASKS and value is not None}
    shown = before.masked()
    changes = {name: value for name, value in changes.items() if not (is_masked(value) and shown.get(name) == value)}
    return _checked(asdict(replace(before, **changes)), path, today)


def _checked(values: Values, path: str, today: dt.date) -> Person:
    given = {name: (values.get(name) or "").strip() for name in _MASKS}
    for name, value in given.items():
        if is_masked(value):
            raise Invalid("MASKED_VALUE", f"{path}.{name}: masked, not the value itself", field=f"{path}.{name}")
    if not given["name"]:
        raise Invalid("NAME_REQUIRED", f"{path}.name: required", field=f"{path}.name")
    if given["id_number"]:
        if not given["id_kind"]:
            raise Invalid("ID_KIND_REQUIRED", f"{path}.id_kind: required with a number", field=f"{path}.id_kind")
        given["id_number"] = id_number(given["id_kind"], given["id_number"], today=today, field=f"{path}.id_number")
    if given["phone"]:
        given["phone"] = phone_number(given["phone"], field=f"{path}.phone")
    return Person(**given)
