"""The sample city's files are requests that the directory takes as they are."""

import csv
from collections import Counter
from pathlib import Path

import pytest
import yaml

from chassis.errors import AlreadyExists

CITY = Path(__file__).resolve().parents[3] / "data" / "sample_city"


def entries(name: str) -> list[dict]:
    path = CITY / name
    if path.suffix == ".yaml":
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    with path.open(encoding="utf-8", newline="") as lines:
        return [{key: value for key, value in row.items() if value} for row in csv.DictReader(lines)]


def load(directory) -> None:
    for name, method in (
        ("regions.yaml", "upsert_region"), ("halls.yaml", "upsert_hall"), ("units.yaml", "upsert_unit"),
        ("windows.csv", "upsert_window"), ("staff.csv", "upsert_staff"),
    ):  # fmt: skip
        for entry in entries(name):
            directory(method, **entry)
    directory(
        "import_items",
        format="csv",
        content=(CITY / "items.csv").read_text(encoding="utf-8"),
        target_status="in_hall",
        approval_document="目录",
    )
    for entry in entries("delegations.yaml"):
        directory("upsert_delegation", **entry)
    directory("publish_calendar", **yaml.safe_load((CITY / "calendar.yaml").read_text(encoding="utf-8")))


def test_the_city_loads_and_loading_it_again_says_nothing(directory):
    load(directory)
    counts = {
        name: directory(f"list_{name}")["total_size"] for name in ("regions", "halls", "units", "windows", "staff", "items", "delegations")
    }
    assert counts == {"regions": 6, "halls": 6, "units": 12, "windows": 24, "staff": 60, "items": 40, "delegations": 12}
    items = directory("list_items", page_size=200)["items"]
    assert {i["status"] for i in items} == {"in_hall"}
    classes = Counter(v["time_class"] for i in items for v in directory("get_item", item_id=i["item_id"])["versions"])
    assert classes["immediate"] >= 10
    assert classes["promised"] >= 20
    said = len(directory.events("directory.hall.changed")) + len(directory.events("directory.staff.changed"))
    load(directory)
    assert len(directory.events("directory.hall.changed")) + len(directory.events("directory.staff.changed")) == said
    assert len(directory.events("directory.item.published")) == 40
    assert len(directory.events("directory.calendar.changed")) == 1


def test_every_account_of_the_sandbox_can_log_in(directory):
    load(directory)
    accounts = entries("accounts.yaml")
    for entry in accounts:
        grants = entry.pop("grants")
        made = directory("create_account", **entry)
        for grant in grants:
            directory("grant_role", account_id=made["account_id"], **grant)
    assert directory("authenticate", login=accounts[0]["login"], password=accounts[0]["password"])["token"]
    with pytest.raises(AlreadyExists):
        directory("create_account", **accounts[0])
    roles = {grant["role"] for grant in directory("list_grants", page_size=200)["grants"]}
    assert roles == {role["role"] for role in directory("list_roles")["roles"]}
