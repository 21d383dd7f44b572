"""Who asks, and which halls he may see for the permission in question.

Scopes are `"*"` (everything), `"region:52.02"` (that region and all below) and `"hall:h0007"`. The gateway decides the permission and sends the scopes
that go with it; services enforce them on rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chassis.errors import InvalidArgument, PermissionDenied, Violation

if TYPE_CHECKING:
    import sqlalchemy as sa


@dataclass(frozen=True)
class Caller:
    """`subject` is the account ("system" inside the house), `staff_id` the person behind it if any."""

    subject: str
    staff_id: str | None = None
    scopes: tuple[str, ...] = ()

    @property
    def identity(self) -> str:
        """Who answers for what is done: the person, or the account where nobody stands behind it (a program's key).

        What needs two people needs two identities: several accounts of one person are one, and a program is one, for whomever it says that it speaks.
        """
        return self.staff_id or self.subject

    def acting_as(self, claimed: str | None, field: str) -> str:
        """The person who acts. Only a program may say for whom it speaks; raises InvalidArgument NOT_YOURSELF for anybody else who does."""
        if self.staff_id is None:
            return claimed or self.subject
        if claimed not in (None, self.staff_id):
            raise InvalidArgument("NOT_YOURSELF", f"{field} is you or left out", violations=[Violation(field, "must be yourself")])
        return self.staff_id

    @classmethod
    def system(cls) -> Caller:
        """The house itself: event handlers, schedulers, tests."""
        return cls("system", None, ("*",))

    @classmethod
    def anonymous(cls) -> Caller:
        """A citizen without credentials: sees nothing but what an opaque token opens."""
        return cls("anonymous", None, ())

    def allows(self, region: str, hall_id: str | None) -> bool:
        """Whether a row of this region and hall is in scope."""
        for scope in self.scopes:
            kind, _, value = scope.partition(":")
            if scope == "*" or (kind == "hall" and value == hall_id):
                return True
            if kind == "region" and (region == value or region.startswith(value + ".")):
                return True
        return False

    def require(self, region: str, hall_id: str | None) -> None:
        """Raise PermissionDenied OUT_OF_SCOPE unless `allows`."""
        if not self.allows(region, hall_id):
            raise PermissionDenied("OUT_OF_SCOPE", "outside the caller's scope", region=region, hall_id=hall_id or "")

    def where(self, region: Any, hall_id: Any) -> sa.ColumnElement[bool]:
        """The SQL condition of a list over columns `region` and `hall_id`; no scope sees nothing."""
        import sqlalchemy as sa  # here, because the gateway shares this class and needs no database

        conditions: list[sa.ColumnElement[bool]] = []
        for scope in self.scopes:
            kind, _, value = scope.partition(":")
            if scope == "*":
                return sa.true()
            if kind == "hall":
                conditions.append(hall_id == value)
            elif kind == "region":
                conditions.append(sa.or_(region == value, region.startswith(value + ".", autoescape=True)))
        return sa.or_(sa.false(), *conditions)

    def to_wire(self) -> dict[str, Any]:
        return {"subject": self.subject, "staff_id": self.staff_id, "scopes": list(self.scopes)}

    @classmethod
    def from_wire(cls, body: dict[str, Any] | None) -> Caller:
        """No caller on the wire means a part of the house itself is calling: the bus is not reachable from outside."""
        if body is None:
            return cls.system()
        return cls(body["subject"], body.get("staff_id"), tuple(body.get("scopes", ())))
