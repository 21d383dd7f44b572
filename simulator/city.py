"""The sample city's files, read as they are (`data/sample_city/README.md`)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from simulator.gateway import Account, texts

Row = dict[str, Any]

CITY = "52.02"


@dataclass(frozen=True)
class City:
    """One entry is one request of the gateway without its request_id."""

    regions: list[Row]
    halls: list[Row]
    units: list[Row]
    windows: list[Row]
    staff: list[Row]
    delegations: list[Row]
    calendar: Row
    accounts: list[Row]
    items_csv: str

    @property
    def items(self) -> dict[str, Row]:
        """The item catalogue by item_id."""
        return {row["item_id"]: row for row in csv.DictReader(self.items_csv.splitlines())}

    def account(self, login: str) -> Account:
        """The credentials of a login. Raises StopIteration for an unknown one."""
        return next(Account(login=row["login"], password=row["password"]) for row in self.accounts if row["login"] == login)

    def of_hall(self, role: str, hall_id: str) -> Account:
        """The account of a role in a hall, for example ("window-staff", "h0001")."""
        return self.account(f"{role}.{hall_id}")

    def delegate(self, item_id: str) -> str:
        """The chief representative who decides on an item. Raises StopIteration when its unit has delegated nobody."""
        unit_id = self.items[item_id]["unit_id"]
        return str(next(row["staff_id"] for row in self.delegations if row["unit_id"] == unit_id))

    def fees(self, item_id: str) -> dict[str, int]:
        """What an item's fixed standards cost, in fen by code; empty when it is free."""
        listed = (entry.split(":") for entry in self.items[item_id]["fees"].split(";") if entry)
        return {code: int(fen) for code, _, kind, fen, _, _ in listed if kind == "fixed"}

    def required_materials(self, item_id: str) -> list[str]:
        """Codes of the materials without which an item is not accepted."""
        listed = (entry.split(":") for entry in self.items[item_id]["materials"].split(";"))
        return [code for code, _, need in listed if need == "required"]


def read(folder: Path) -> City:
    """The city of a folder. Raises FileNotFoundError naming what is missing."""

    def entries(name: str) -> Any:
        return yaml.safe_load((folder / name).read_text())

    def rows(name: str) -> list[Row]:
        with (folder / name).open(newline="") as file:
            return [texts(row) for row in csv.DictReader(file)]

    return City(
        regions=entries("regions.yaml"),
        halls=entries("halls.yaml"),
        units=entries("units.yaml"),
        windows=rows("windows.csv"),
        staff=rows("staff.csv"),
        delegations=entries("delegations.yaml"),
        calendar=entries("calendar.yaml"),
        accounts=entries("accounts.yaml"),
        items_csv=(folder / "items.csv").read_text(),
    )


def terminal_sn(hall_id: str) -> str:
    """The serial number of a hall's clock-in terminal."""
    return f"HBT{int(hall_id.removeprefix('h')):09}"


def receipt_book(hall_id: str) -> str:
    """The book of fee receipts in a hall."""
    return f"book-{hall_id}"


def rating_sn(window_id: str) -> str:
    """The serial number of a window's rating device."""
    return f"RATE-{window_id.removeprefix('w')}"
