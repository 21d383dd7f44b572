"""May this account call this method for this hall? Rows are the services' business; the hall in the request is decided here."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from chassis.caller import Caller
from chassis.errors import HallbusError, PermissionDenied
from chassis.log import get_logger
from gateway.catalogue import Method
from gateway.credentials import Identity

log = get_logger(__name__)

ListHalls = Callable[[], Awaitable[Mapping[str, Any]]]


class HallRegions:
    """Which region a hall lies in, as the directory says: asked again after `fresh_seconds` or for an unknown hall.

    While the directory is away the last answer holds for `stale_seconds`: a hall seldom moves, and the services check every row anyway.
    """

    def __init__(
        self, list_halls: ListHalls, *, fresh_seconds: float = 30.0, stale_seconds: float = 300.0, retry_seconds: float = 1.0
    ) -> None:
        self._list_halls = list_halls
        self._fresh, self._stale, self._retry = fresh_seconds, stale_seconds, retry_seconds
        self._regions: dict[str, str] = {}
        self._asked_at = float("-inf")
        self._lock = asyncio.Lock()

    async def region_of(self, hall_id: str) -> str | None:
        """The region's code, None for no such hall. Raises what the directory's RPC raises when nothing usable is known."""
        if not self._usable(hall_id):
            async with self._lock:
                if not self._usable(hall_id):
                    await self._refresh()
        return self._regions.get(hall_id)

    def _usable(self, hall_id: str) -> bool:
        # Unknown halls ask anew at most once per `retry_seconds`: made-up ids must not become a load on the directory.
        age = time.monotonic() - self._asked_at
        return age < (self._fresh if hall_id in self._regions else self._retry)

    async def _refresh(self) -> None:
        try:
            answer = await self._list_halls()
        except HallbusError as error:
            if time.monotonic() - self._asked_at > self._stale:
                raise
            log.warning("hall_regions_stale", error=error)
            return
        self._regions = {hall["hall_id"]: hall["region"] for hall in answer["halls"]}
        self._asked_at = time.monotonic()


class Access:
    """Turns an identity into the caller a service is told about, or refuses."""

    def __init__(self, regions: HallRegions) -> None:
        self._regions = regions

    async def caller(self, who: Identity, method: Method, request: Mapping[str, Any]) -> Caller:
        """The caller with the scopes that he has for this method's permission. Raises PermissionDenied."""
        caller = permitted(who, method)
        for hall_id in halls(request, method.rule.hall_field):
            if not await self._within(caller, hall_id):
                raise PermissionDenied("OUT_OF_SCOPE", "the hall is outside the caller's scope", hall_id=hall_id)
        return caller

    async def _within(self, caller: Caller, hall_id: str) -> bool:
        if "*" in caller.scopes or f"hall:{hall_id}" in caller.scopes:
            return True
        if not any(scope.startswith("region:") for scope in caller.scopes):
            return False
        region = await self._regions.region_of(hall_id)
        return region is not None and caller.allows(region, hall_id)


def permitted(who: Identity, method: Method) -> Caller:
    """The caller for this method's permission. Raises PermissionDenied PERMISSION_MISSING."""
    permission = method.rule.permission
    scopes = who.scopes(permission)
    if not scopes:
        raise PermissionDenied("PERMISSION_MISSING", f"the permission {permission} is missing", permission=permission)
    return Caller(who.account_id, who.staff_id, scopes)


def halls(request: Any, path: str) -> Iterator[str]:
    """The values at a dotted path of the request; lists on the way are walked through."""
    if not path:
        return
    name, _, rest = path.partition(".")
    values = request.get(name) if isinstance(request, Mapping) else None
    for value in values if isinstance(values, list) else [values]:
        if rest:
            yield from halls(value, rest)
        elif value:
            yield value
