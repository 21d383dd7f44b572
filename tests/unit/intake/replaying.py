"""A case as a reader sees it who knows nothing but the published payloads, in the order of their versions."""

from __future__ import annotations

from typing import Any

STATE_AFTER = {
    "registered": "registered", "supplement_requested": "supplement", "accepted": "accepted", "returned": "returned", "suspended": "suspended",
    "resumed": "in_review", "decided": "decided", "delivered": "delivered",
}  # fmt: skip


def replay(events: list[Any]) -> dict[str, Any]:
    """State, due days, what stands against the case, and its last version."""
    seen: dict[str, Any] = {
        "state": None, "promised_due": None, "legal_due": None, "provisional": False, "told": {}, "extension": 0, "suspensions": 0, "version": 0,
        "staff_id": None, "time_class": None, "routing": None, "kind": None, "decision": None, "off_window": False,
    }  # fmt: skip
    for event in events:
        verb, data = event.type.removeprefix("intake.case."), event.data
        assert event.version == seen["version"] + 1, "a gap in the versions"
        seen["version"] = event.version
        seen["state"] = STATE_AFTER.get(verb, seen["state"])
        seen["staff_id"] = data["staff_id"]
        _APPLY.get(verb, _nothing)(seen, data, event.version)
    return seen


def _nothing(seen, data, version):
    pass


def _stage(seen, data, version):
    if data["stage"] in ("review", "pay"):
        seen["state"] = "in_review"


def _supplied(seen, data, version):
    if data["complete"]:
        seen["state"] = "registered"


def _due_days(seen, data, version):
    seen.update({name: data[name] for name in ("promised_due", "legal_due", "provisional")})


def _suspended(seen, data, version):
    seen["suspensions"] += 1
    seen.update(promised_due=data["promised_due"], legal_due=None, provisional=data["provisional"])


def _extended(seen, data, version):
    seen["extension"] = data["days"]


def _overdue(seen, data, version):
    seen["told"][version] = ["overdue", data["overdue_days"], data["as_of"], None]


def _notice_missed(seen, data, version):
    seen["told"][version] = ["notice_missed", None, None, None]


def _withdrawn(seen, data, version):
    for fact in data["facts"]:
        assert seen["told"].pop(fact["version"])[1:3] == [fact["overdue_days"], fact["as_of"]], "a correction of something never said"


def _judged(seen, data, version):
    for fact in data["facts"]:
        seen["told"][fact["version"]][3] = data["staff_fault"]


def _classed(seen, data, version):
    seen.update({name: data[name] for name in ("time_class", "routing", "kind")})


def _accepted(seen, data, version):
    _due_days(seen, data, version)
    _classed(seen, data, version)


def _decided(seen, data, version):
    seen["decision"] = data["outcome"]


def _delivered(seen, data, version):
    seen["off_window"] = data["off_window"]


_APPLY = {
    "stage_completed": _stage, "supplement_submitted": _supplied, "accepted": _accepted, "deadline_moved": _due_days, "suspended": _suspended,
    "extended": _extended, "overdue": _overdue, "notice_missed": _notice_missed, "overdue_withdrawn": _withdrawn, "breach_judged": _judged,
    "reclassified": _classed, "decided": _decided, "delivered": _delivered,
}  # fmt: skip
