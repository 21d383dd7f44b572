"""Aggregates as the dicts that the answers show; no secrets."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import workdays
from chassis.database import Transaction
from chassis.errors import InvalidArgument, Violation
from services.directory import orm
from services.directory.domain.accounts import Account
from services.directory.domain.contents import fixed_fen
from services.directory.domain.delegations import Delegation
from services.directory.domain.items import Item
from services.directory.domain.places import Hall

_VERSION = (
    "number", "status", "created_by", "published_by", "opinions", "approval_document", "guide_missing", "guide_checked_at", "valid_from",
    "valid_to", "reason",
)  # fmt: skip


def account_view(account: Account) -> dict[str, Any]:
    """The account without its secret."""
    names = ("account_id", "login", "name", "staff_id", "hall_id", "region", "status", "locked_until", "created_at")
    return {**{name: getattr(account, name) for name in names}, "has_password": account.password_hash is not None}


def item_view(item: Item) -> dict[str, Any]:
    """The item with every version as plain values."""
    versions = [
        {
            **version.content, "fee_fen": fixed_fen(version.content), **{name: getattr(version, name) for name in _VERSION},
        }
        for version in sorted(item.versions, key=lambda v: v.number)
    ]  # fmt: skip
    names = ("item_id", "unit_id", "hall_id", "region", "name", "status", "cancelled_on", "leaving", "exclusion", "version")
    return {**{name: getattr(item, name) for name in names}, "versions": versions}


def delegation_view(tx: Transaction, delegation: Delegation) -> dict[str, Any]:
    """The delegation with its status today."""
    columns = {column.name: getattr(delegation, column.name) for column in orm.delegations.columns}
    return {**columns, "status": delegation.status(today_in(tx, delegation.hall_id))}


def today_in(tx: Transaction, hall_id: str) -> dt.date:
    """The day it is in the hall."""
    return tx.now.astimezone(ZoneInfo(tx.get(Hall, hall_id).zone)).date()


def calendar_of(overrides: list[dict[str, Any]], notices: list[dict[str, Any]]) -> workdays.Calendar:
    """The calendar that these entries make; raises InvalidArgument CALENDAR_INVALID naming the entry."""
    try:
        return workdays.Calendar(
            [workdays.Override(entry["date"], entry["is_workday"], entry["reason"], entry["notice_no"]) for entry in overrides],
            [workdays.YearNotice(entry["year"], entry["notice_no"]) for entry in notices],
        )
    except workdays.CalendarError as error:
        raise InvalidArgument("CALENDAR_INVALID", str(error), violations=[Violation(error.field, str(error))]) from error


def calendar_of_row(row: dict[str, Any]) -> workdays.Calendar:
    """The calendar of a stored revision."""
    dated = [{**entry, "date": dt.date.fromisoformat(entry["date"])} for entry in row["overrides"]]
    return calendar_of(dated, row["notices"])
