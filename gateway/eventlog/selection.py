"""Which events a subscription gets: audience, types, region, scope."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chassis.caller import Caller
from chassis.errors import InvalidArgument, PermissionDenied, Violation
from contracts import REGISTRY
from gateway.credentials import Identity
from gateway.eventlog.entry import Entry

SUBSCRIBE = "events.subscribe"
INTERNAL = "events.internal"

PUBLIC_TYPES = frozenset(contract.wire_type for contract in REGISTRY if contract.audience == "public")
ALL_TYPES = frozenset(contract.wire_type for contract in REGISTRY)

_REGION = re.compile(r"^\d{2}(\.\d{2,3})*$")


class Selection:
    """Decides event by event. Raises InvalidArgument or PermissionDenied when made for a request that the account may not ask."""

    def __init__(self, who: Identity, types: Sequence[str], region: str) -> None:
        self._caller = Caller(who.account_id, who.staff_id, who.scopes(SUBSCRIBE))
        self._insider = Caller(who.account_id, who.staff_id, who.scopes(INTERNAL))
        if not self._caller.scopes:
            raise _missing(SUBSCRIBE)
        self._types = self._asked_types(types)
        self._region = _inside(self._caller, region)

    def wants(self, entry: Entry) -> bool:
        """Whether the subscription gets this event."""
        if self._types is not None and entry.type not in self._types:
            return False
        if self._region and entry.region != self._region and not entry.region.startswith(self._region + "."):
            return False
        if entry.type in PUBLIC_TYPES and self._caller.allows(entry.region, entry.hall_id):
            return True
        # A type this gateway does not know yet (a newer service's) counts as internal.
        return bool(entry.type and self._insider.scopes) and self._insider.allows(entry.region, entry.hall_id)

    def _asked_types(self, types: Sequence[str]) -> frozenset[str] | None:
        if not types:
            return None
        asked: set[str] = set()
        violations = []
        for index, type_ in enumerate(types):
            found = {wire for wire in ALL_TYPES if type_ in (wire, wire.removeprefix("hallbus.").rpartition(".v")[0])}
            if not found:
                violations.append(Violation(f"types[{index}]", f"{type_[:100]!r} is no event type; docs/events.md lists them"))
            asked |= found
        if violations:
            raise InvalidArgument("INVALID_REQUEST", "unknown event types", violations=violations)
        if not asked <= PUBLIC_TYPES and not self._insider.scopes:
            raise _missing(INTERNAL)
        return frozenset(asked)


def _inside(caller: Caller, region: str) -> str:
    if region and not _REGION.match(region):
        violation = Violation("region", 'not a region code such as "52.02.01"')
        raise InvalidArgument("INVALID_REQUEST", "region", violations=[violation])
    if region:
        caller.require(region, None)
    return region


def _missing(permission: str) -> PermissionDenied:
    return PermissionDenied("PERMISSION_MISSING", f"the permission {permission} is missing", permission=permission)
