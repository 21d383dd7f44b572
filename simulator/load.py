"""Furnishing the house: reference data, accounts, shifts, devices, rulebooks and recipients, all through the gateway. Safe to repeat."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from simulator.city import CITY, City, Row, rating_sn, receipt_book, terminal_sn
from simulator.gateway import Account, CallError, Gateway
from simulator.patience import until_possible
from simulator.plan.expectation import MJ_BASE
from simulator.timeline import DAY

PENDING_HALL = "h0005"
"""Its terminal is registered and waits for approval until the middle of the morning."""

_AT_ONCE = 8
# The directory's news reaches the other services a moment later.
_NEWS = ("HALL_UNKNOWN", "WINDOW_UNKNOWN", "HALL_NOT_FOUND", "RECIPIENT_NOT_FOUND", "WINDOW_NOT_IN_HALL", "STAFF_NOT_FOUND")
_SHIFT = {"am_start": "08:30", "am_end": "12:00", "pm_start": "13:30", "pm_end": "17:30"}
RULEBOOKS = (("xzk.v1", "XZK", "2026-10-01", ""), ("mj.v1", "MJ", "2026-11-01", MJ_BASE))


class Loader:
    """One loading of the city as its administrator."""

    def __init__(self, city: City, gateway: Gateway, admin: Account) -> None:
        self._city, self._gateway, self._admin = city, gateway, admin
        self._began = time.monotonic()

    async def load(self) -> None:
        """Everything in the order in which one thing needs the other. Raises CallError."""
        city = self._city
        await self._each("regions", "directory", "UpsertRegion", city.regions, at_once=1)
        await self._each("halls", "directory", "UpsertHall", city.halls, at_once=1)
        await self._each("window units", "directory", "UpsertUnit", city.units)
        await self._each("windows", "directory", "UpsertWindow", city.windows)
        await self._each("staff", "directory", "UpsertStaff", city.staff)
        items = {
            "format": "csv",
            "target_status": "in_hall",
            "approval_document": "示例市政务服务事项目录（2026年版）",
            "content": city.items_csv,
        }
        await self._each("item catalogue", "directory", "ImportItems", [items])
        books = [
            {
                "hall_id": hall["hall_id"],
                "book_id": receipt_book(hall["hall_id"]),
                "prefix": hall["hall_id"],
                "first_no": 1,
                "last_no": 99_999,
            }
            for hall in city.halls
        ]
        await self._all(books, self._book)
        await self._each("delegations", "directory", "UpsertDelegation", city.delegations)
        await self._calendar()
        await self._accounts()
        shifts = [{"hall_id": hall["hall_id"], "valid_from": DAY.isoformat(), **_SHIFT} for hall in city.halls]
        await self._each("shifts", "attendance", "DefineShift", shifts)
        await self._devices()
        await self._rulebooks()
        await self._each("recipients", "notifications", "SetRecipient", list(_recipients(city)))

    async def _each(self, what: str, service: str, method: str, rows: list[Row], *, at_once: int = _AT_ONCE) -> None:
        await self._all(rows, lambda row: self._call(service, method, row), at_once=at_once)
        self._say(f"{what}: {len(rows)}")

    async def _all(self, rows: Iterable[Any], work: Callable[[Any], Awaitable[Any]], *, at_once: int = _AT_ONCE) -> None:
        slots = asyncio.Semaphore(at_once)

        async def one(row: Any) -> None:
            async with slots:
                await work(row)

        await asyncio.gather(*(one(row) for row in rows))

    async def _call(self, service: str, method: str, request: Row) -> Row:
        return await until_possible(lambda: self._gateway.call(service, method, request, who=self._admin), _NEWS)

    async def _book(self, row: Row) -> None:
        try:
            await self._call("intake", "RegisterReceiptBook", row)
        except CallError as error:
            if error.reason != "BOOK_OVERLAPS":
                raise

    async def _calendar(self) -> None:
        # Publishing replaces the overrides as a whole and makes a revision: once is enough.
        if not (await self._call("directory", "GetCalendar", {})).get("revision"):
            await self._call("directory", "PublishCalendar", self._city.calendar)
        self._say("working-day calendar")

    async def _accounts(self) -> None:
        # Four at once: a password's hash is made to cost time.
        await self._all(self._city.accounts, self._account, at_once=4)
        self._say(f"accounts: {len(self._city.accounts)}")

    async def _account(self, row: Row) -> None:
        account = {key: value for key, value in row.items() if key != "grants"}
        try:
            account_id = (await self._call("directory", "CreateAccount", account))["account_id"]
        except CallError as error:
            if error.reason != "LOGIN_TAKEN":
                raise
            account_id = (await self._call("directory", "ListAccounts", {"login": row["login"]}))["accounts"][0]["account_id"]
        for grant in row["grants"]:
            await self._call("directory", "GrantRole", {"account_id": account_id, **grant})

    async def _devices(self) -> None:
        terminals = [
            {"device_sn": terminal_sn(hall["hall_id"]), "kind": "terminal", "hall_id": hall["hall_id"]} for hall in self._city.halls
        ]
        pads = [
            {"device_sn": rating_sn(window["window_id"]), "kind": "rating", "hall_id": window["hall_id"], "window_id": window["window_id"]}
            for window in self._city.windows
        ]
        await self._all([*terminals, *pads], self._device)
        self._say(f"devices: {len(terminals)} terminals (one waits for approval), {len(pads)} rating devices")

    async def _device(self, row: Row) -> None:
        await self._call("devices", "RegisterDevice", row)
        if row["kind"] == "rating" or row["hall_id"] != PENDING_HALL:
            await self._call("devices", "ApproveDevice", {"device_sn": row["device_sn"]})

    async def _rulebooks(self) -> None:
        running = await self._gateway.every("scoring", "ListAssignments", "assignments", who=self._admin)
        for bundled, code, valid_from, base in RULEBOOKS:
            version = (await self._call("scoring", "PublishRulebook", {"bundled": bundled}))["version"]
            if any(assignment["rulebook"] == code for assignment in running):
                continue
            request = {"rulebook": code, "version": version, "region": CITY, "valid_from": valid_from, **({"base": base} if base else {})}
            await self._call("scoring", "AssignRulebook", request)
        self._say(f"rulebooks: {', '.join(code for _, code, _, _ in RULEBOOKS)}, assigned to the whole city")

    def _say(self, line: str) -> None:
        print(f"    {time.monotonic() - self._began:5.1f} s  {line}", flush=True)


def _recipients(city: City) -> Iterable[Row]:
    """Whom the house tells: window heads of their windows, hall directors of their halls."""
    duties: dict[str, list[Row]] = {}
    for window in city.windows:
        duty = {"duty": "window_head", "hall_id": window["hall_id"], "window_id": window["window_id"]}
        duties.setdefault(window["head_staff_id"], []).append(duty)
    for account in city.accounts:
        if account["login"].startswith("hall-director."):
            duties.setdefault(account["staff_id"], []).append({"duty": "hall_administrator", "hall_id": account["hall_id"]})
    for staff_id, held in sorted(duties.items()):
        yield {"recipient_id": staff_id, "locale": "zh-CN", "smtp": False, "duties": {"items": held}}


async def rating_tokens(city: City, gateway: Gateway, admin: Account) -> dict[str, str]:
    """A new token for each rating device, as when it is plugged in: a token is told once, so the day asks for its own."""
    found: dict[str, str] = {}

    async def one(window: Row) -> None:
        row = {
            "device_sn": rating_sn(window["window_id"]),
            "kind": "rating",
            "hall_id": window["hall_id"],
            "window_id": window["window_id"],
        }
        answer = await gateway.call("devices", "RegisterDevice", {**row, "renew_token": True}, who=admin)
        found[row["device_sn"]] = answer["token"]

    await asyncio.gather(*(one(window) for window in city.windows))
    return found
