"""Cases, tasks and charges of intake → facts, and what intake corrects of them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from chassis.events import ReceivedEvent
from services.scoring.domain.facts import DEADLINE
from services.scoring.events.report import Aspect, Correction, Report, fact, refused

JOINT_CONDUCT = {"obstruct": "JOINT_OBSTRUCT", "support": "JOINT_SUPPORT"}


def overdue(event: ReceivedEvent, _zone: ZoneInfo) -> Report:
    """One working day over the promise. Each telling is a fact of its own: a day that was withdrawn and is told again is another one (decision 0014)."""
    data = event.data
    key = _overdue_key(data["case_id"], event.version)
    day = date.fromisoformat(data["as_of"])
    told = fact(event, fact_id=key, type="CASE_OVERDUE", occurred_on=day, days=data["overdue_days"], channel=DEADLINE, verified=True)
    return Report(key, event.version, (told,))


def notice_missed(event: ReceivedEvent, zone: ZoneInfo) -> Report:
    """Silence past the limit of the one-time notice; a case can miss it once."""
    key = _notice_key(event.data["case_id"])
    day = event.time.astimezone(zone).date()
    told = fact(event, fact_id=key, type="NO_ONE_TIME_NOTICE", occurred_on=day, channel=DEADLINE, verified=True)
    return Report(key, event.version, (told,))


def overdue_withdrawn(event: ReceivedEvent) -> tuple[Correction, ...]:
    """Days over that are none: what was told of them does not hold."""
    data = event.data
    keys = [_overdue_key(data["case_id"], told["version"]) for told in data["facts"]]
    return tuple(Correction(key, Aspect.WITHDRAWN, event.version, data["cause"]) for key in keys)


def breach_judged(event: ReceivedEvent) -> tuple[Correction, ...]:
    """Fault of staff or not, for each telling that the decision names."""
    data = event.data
    case_id, fault = data["case_id"], data["staff_fault"]
    keys: list[str] = []  # a breach that is not known here is about no fact of ours
    if data["breach"] == "overdue":
        keys = [_overdue_key(case_id, told["version"]) for told in data["facts"]]
    elif data["breach"] == "notice_missed":
        keys = [_notice_key(case_id)]
    code = "confirmed" if fault else "excused"
    return tuple(Correction(key, Aspect.FAULT, event.version, code, fault, data["decided_by"]) for key in keys)


def _overdue_key(case_id: str, version: int) -> str:
    return f"overdue:{case_id}@{version}"


def _notice_key(case_id: str) -> str:
    return f"notice_missed:{case_id}"


def supplement_requested(event: ReceivedEvent, zone: ZoneInfo) -> Report | None:
    """A second list names what the first should have named."""
    data = event.data
    if not data["repeated"]:
        return None
    key = f"notice_repeated:{data['case_id']}/{data['round']}"
    at = datetime.fromisoformat(data["requested_at"])
    told = fact(
        event,
        fact_id=key,
        type="NO_ONE_TIME_NOTICE",
        occurred_at=at,
        occurred_on=at.astimezone(zone).date(),
        channel="intake",
        verified=True,
    )
    return Report(key, event.version, (told,))


def stage_completed(event: ReceivedEvent, zone: ZoneInfo) -> Report | None:
    """A stage done outside the hall (体外循环): the acceptance, or a key stage of the item; other stages may be done in the department.

    Handing out is told by `delivered`, since one event scores once. The fact is about the person who did it, not the first responsible one.
    """
    data = event.data
    accepted = data["stage"] == "accept"
    if not data.get("off_hall") or data["stage"] == "issue" or not (accepted or data.get("key_stage")):
        return None
    key = f"off_hall:{data['case_id']}/{data['stage']}"
    at = datetime.fromisoformat(data["completed_at"])
    told = fact(
        event,
        fact_id=key,
        type="OFF_HALL_ACCEPT" if accepted else "OFF_HALL_KEY_STAGE",
        occurred_at=at,
        occurred_on=at.astimezone(zone).date(),
        person_id=data["handler_id"],
        matter_id=data["item_id"],  # "per item": whatever its version
        channel="intake",
        verified=True,  # the person himself says so, and the texts leave nothing to weigh
    )
    return Report(key, event.version, (told,))


def delivered(event: ReceivedEvent, zone: ZoneInfo) -> Report | None:
    """A result given out beside the window. It scores once a person has confirmed that nobody had permitted it (擅自, XZK-5A-2).

    Nobody is named: the event does not say who handed it over.
    """
    data = event.data
    if not data["off_window"]:
        return None
    key = f"off_window:{data['case_id']}"
    at = datetime.fromisoformat(data["delivered_at"])
    told = fact(
        event,
        fact_id=key,
        type="OFF_WINDOW_DELIVERY",
        occurred_at=at,
        occurred_on=at.astimezone(zone).date(),
        person_id=None,
        matter_id=data["item_id"],
        channel="intake",
    )
    return Report(key, event.version, (told,))


def receipt_refused(event: ReceivedEvent, zone: ZoneInfo) -> Report | None:
    """A cancelled item that somebody tried to receive (M-A4). It was blocked, perhaps a slip or an old list: it scores once a person has confirmed it."""
    data = event.data
    if data["reason_code"] != "ITEM_CANCELLED":
        return None
    key = f"cancelled_item:{data['attempt_id']}"
    at = datetime.fromisoformat(data["attempted_at"])
    told = fact(
        event,
        fact_id=key,
        type="CANCELLED_ITEM_ACCEPT",
        occurred_at=at,
        occurred_on=at.astimezone(zone).date(),
        matter_id=data["item_id"],
        channel="intake",
    )
    return Report(key, event.version, (told,), evidence=f"系统已拦截 blocked: {data['item_id']} v{data['item_version']}, {data['channel']}")


def task_overdue(event: ReceivedEvent, _zone: ZoneInfo) -> Report:
    """A working day over the limit of a back office (前后衔接): a fact of the unit that was asked, not of the window that waits."""
    data = event.data
    key = f"task_overdue:{data['task_id']}/{data['overdue_days']}"
    told = fact(
        event,
        fact_id=key,
        type="TASK_OVERDUE",
        occurred_on=date.fromisoformat(data["as_of"]),
        person_id=data.get("handler_id"),
        window_id=None,
        days=data["overdue_days"],
        matter_id=data["task_id"],
        channel="back_office",
        verified=True,
    )
    return Report(key, event.version, (told,))


def fee_violation(event: ReceivedEvent, zone: ZoneInfo) -> Report:
    """Charging against the rules: a fact at once, true once a second person has found it so."""
    return _by_two(event, zone, f"fee_violation:{event.data['violation_id']}", "FEE_VIOLATION", "charging")


def first_asked_failure(event: ReceivedEvent, zone: ZoneInfo) -> Report:
    """First-asked duty not done (首问责任): a fact at once, true once a second person has found it so."""
    return _by_two(event, zone, f"first_asked_failure:{event.data['failure_id']}", "FIRST_ASKED_FAIL", "enquiries")


def _by_two(event: ReceivedEvent, zone: ZoneInfo, key: str, type_: str, channel: str) -> Report:
    data = event.data
    if refused(event):
        return Report(key, event.version, ())
    at = datetime.fromisoformat(data["occurred_at"])
    told = fact(
        event,
        fact_id=key,
        type=type_,
        occurred_at=at,
        occurred_on=at.astimezone(zone).date(),
        channel=channel,
        verified=event.type.endswith(".decided"),
    )
    return Report(key, event.version, (told,), recorded_by=data["recorded_by"])


def joint_conduct(event: ReceivedEvent, zone: ZoneInfo) -> Report:
    """Joint handling held up, or supported (M-B20): a fact at once, a score once a second person has verified it."""
    data = event.data
    key = f"joint_conduct:{data['conduct_id']}"
    if refused(event):
        return Report(key, event.version, ())
    at = datetime.fromisoformat(data["occurred_at"])
    told = fact(
        event,
        fact_id=key,
        type=JOINT_CONDUCT[data["kind"]],
        occurred_at=at,
        occurred_on=at.astimezone(zone).date(),
        matter_id=data.get("handling_id") or data["conduct_id"],  # support of one handling is one matter, however many report it
        channel="joint",
        verified=event.type == "intake.joint_conduct.decided",
    )
    return Report(key, event.version, (told,), recorded_by=data["recorded_by"])
