"""What each consumer makes of each event that it hears: the mappings that its cases in tests/contract/<consumer>/<producer>/ are fed through.

A case is `<subject>.<verb>.json`: `type`, `version`, `relies_on` (the smallest payload that the consumer can work with) and `becomes` (what it makes of it).
"""

import copy
import importlib
import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson

from chassis.consumer import Subscription
from chassis.events import ReceivedEvent
from services.attendance import events as attendance
from services.devices import events as devices
from services.evaluation import events as evaluation
from services.evaluation.usecases import reference as evaluation_reference
from services.intake.events import reference as intake
from services.notifications import catalog
from services.notifications.domain.facts import NAMES, values
from services.notifications.usecases import reference as notifications_reference
from services.scoring import events as scoring
from services.scoring.usecases import reference as scoring_reference
from services.supervision import reference as supervision_reference

HERE = Path(__file__).parent
HALL, STAFF, ITEM = "directory.hall.changed", "directory.staff.changed", "directory.item.published"
_ZONE = ZoneInfo("Asia/Shanghai")
# Whom a route finds, and the names a text may give, follow from these.
_IDS = (
    "staff_id", "agent_id", "window_id", "unit_id", "item_id", "to_staff_id", "to_window_id", "to_unit_id", "staff_ids", "removed_staff_ids",
    "handler_id", "unit_hall_id", "unit_ids",
)  # fmt: skip


def _together(*mappings):
    return lambda event: [mapping(event) for mapping in mappings]


def _reference(module):
    return {HALL: _together(module.hall_row, module.window_rows), STAFF: module.staff_row, ITEM: getattr(module, "item_row", None)}


def _told(event):
    """The ids that decide who is told, and the words of every template that a route names."""
    book = catalog.load()
    texts = {
        route.template: values(
            set(book.templates[route.template].fields) - set(NAMES), event.data, {}, zone="UTC", locale="zh-CN", words=book.words
        )
        for route in book.routes[event.type]
    }
    return {"ids": {name: event.data.get(name) for name in _IDS if event.data.get(name)}, "texts": texts}


MAPPINGS = {
    "attendance": {
        HALL: attendance.hall_row,
        STAFF: attendance.stationing_row,
        "directory.calendar.changed": attendance.calendar_row,
        "devices.device.approved": attendance.terminal_row,
        "devices.device.disabled": attendance.terminal_row,
        "devices.device.reported": attendance.report_row,
        "devices.punch.recorded": attendance.punch_rows,
    },
    "devices": {HALL: devices.hall_row},
    "evaluation": _reference(evaluation_reference)
    | {"intake.case.decided": evaluation.session_values, "devices.rating.pressed": evaluation.press_values},
    "intake": {
        HALL: intake.hall_row,
        STAFF: intake.stationing_row,
        ITEM: intake.item_row,
        "directory.delegation.changed": intake.delegation_row,
        "directory.calendar.changed": intake.calendar_row,
    },
    "notifications": _reference(notifications_reference) | dict.fromkeys(catalog.load().routes, _told),
    "scoring": dict.fromkeys(scoring.FACT_EVENTS, lambda event: scoring.report(event, _ZONE))
    | dict.fromkeys(scoring.CORRECTING_EVENTS, scoring.corrections)
    | {HALL: _together(scoring_reference.hall_row, scoring_reference.place_rows), STAFF: scoring_reference.person_row},
    "supervision": {name: mapping for name, mapping in _reference(supervision_reference).items() if mapping},
}


def heard():
    """(consumer, type) of every event that a service listens to, from its entrypoints."""
    found = set()
    for path in sorted(Path("services").glob("*/service.py")):
        module = importlib.import_module(f"services.{path.parent.name}.service")
        for cls in vars(module).values():
            for entry in vars(cls).values() if isinstance(cls, type) and cls.__module__ == module.__name__ else ():
                subscription = getattr(entry, "subscription", None)
                if isinstance(subscription, Subscription):
                    found |= {(cls.name, type_, subscription.version) for type_ in subscription.types}
    return found


def cases():
    """(consumer, case) of every file."""
    files = sorted(path for consumer in MAPPINGS for path in (HERE / consumer).glob("*/*.json"))
    return [(path.relative_to(HERE).parts[0], path, json.loads(path.read_text(encoding="utf-8"))) for path in files]


def made_of(consumer, type_, data, *, version=1):
    """What the consumer makes of a payload, as plain JSON; the envelope is always the same."""
    event = ReceivedEvent(
        id="01a204da-0000-7000-8000-000000000001", type=type_, contract=version, source=f"/hallbus/{type_.split('.')[0]}", subject="subject-1",
        version=3, sequence=7, epoch=1, region="52.02", hall_id="h0001", time=datetime(2026, 11, 23, 1, tzinfo=UTC), data=copy.deepcopy(data),
        correlation_id="c-1",
    )  # fmt: skip
    return orjson.loads(orjson.dumps(MAPPINGS[consumer][type_](event), default=str, option=orjson.OPT_NON_STR_KEYS))


def leaves(data, where=()):
    """The path of every value of a payload that can be left out: keys of objects, also of those in lists."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in pairs:
        if isinstance(data, dict):
            yield (*where, key)
        yield from leaves(value, (*where, key))


def without(data, path):
    """The payload without the value at `path`."""
    copied = copy.deepcopy(data)
    inner = copied
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    return copied
