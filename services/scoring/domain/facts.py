"""The neutral register of facts (domain §3.10): what happened, before any rulebook has an opinion on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from services.scoring.domain.values import SubjectKind

# code -> (zh, en). The list is the house's, the points are each rulebook's.
FACT_TYPES: dict[str, tuple[str, str]] = {
    "LATE": ("迟到", "late"),
    "EARLY": ("早退", "left early"),
    "NO_SIGN_IN": ("未签到", "did not sign in"),
    "OFF_POST": ("离岗", "away from post"),
    "ABSENT_HALF_DAY": ("旷工半天", "absent for half a day"),
    "LEAVE_NO_PROC": ("未办请销假手续", "left without the leave procedure"),
    "WINDOW_EMPTY": ("窗口无人值守", "window not staffed"),
    "SMOKE_EAT": ("吸烟、用餐、吃零食", "smoking or eating"),
    "PLAY_DOZE": ("嬉戏打闹、打瞌睡", "playing or dozing"),
    "GAME": ("玩游戏", "playing games"),
    "CHAT": ("串岗聊天", "wandering and chatting"),
    "ALCOHOL": ("饮酒", "alcohol"),
    "OUTSIDER_IN_AREA": ("带外人进入工作区", "outsider in the work area"),
    "BAD_SOFTWARE": ("违禁或来历不明的软件", "forbidden software"),
    "BADGE_DRESS": ("着装、佩证不合要求", "dress or badge not as required"),
    "UNTIDY": ("窗口不整洁", "untidy window"),
    "COMPLAINT_ATTITUDE_VERIFIED": ("态度类投诉查实", "verified complaint about attitude"),
    "APPROVAL_PROBLEM_VERIFIED": ("审批办理问题投诉查实", "verified complaint about the handling of an approval"),
    "RESULT_DISSATISFIED_STAFF_FAULT": ("对办理结果不满意查实", "verified dissatisfaction with the result"),
    "COMPLAINT_OTHER_VERIFIED": ("其他投诉查实", "other verified complaint"),
    "COMPLAINT_REPLY_OVERDUE": ("投诉逾期未办结答复", "reply to a complaint overdue"),
    "CASE_OVERDUE": ("办件逾期", "case over its promised limit"),
    "TASK_OVERDUE": ("后台办理逾期", "back office over its limit"),
    "NO_ONE_TIME_NOTICE": ("未一次性告知", "no one-time notice"),
    "FIRST_ASKED_FAIL": ("未落实首问责任", "first-asked duty not done"),
    "OFF_HALL_ACCEPT": ("厅外受理", "accepted outside the hall"),
    "OFF_HALL_KEY_STAGE": ("关键环节厅外办理", "key stage handled outside the hall"),
    "OFF_WINDOW_DELIVERY": ("窗口外发放结果", "result given out beside the window"),
    "CANCELLED_ITEM_ACCEPT": ("受理已取消事项", "accepted a cancelled item"),
    "FEE_VIOLATION": ("违规收费", "charging against the rules"),
    "INTERMEDIARY": ("有偿中介活动", "paid intermediary activity"),
    "FALSE_DATA": ("弄虚作假", "false data"),
    "PRAISE_MEDIA_DEPT": ("媒体或部门表扬", "praised by media or a department"),
    "THANKS_WRITTEN": ("书面感谢", "written thanks"),
    "EXEMPLARY": ("为民服务典型事例", "exemplary service"),
    "RED_FLAG": ("流动红旗", "rolling red flag"),
    "PROMISE_TO_IMMEDIATE": ("承诺件改即办件", "promised item made immediate"),
    "SHORTEN_PROMISE": ("压缩承诺时限", "shorter promised limit"),
    "OPTIMISE": ("优化流程", "process optimised"),
    "JOINT_SUPPORT": ("配合联审联办", "joint approval supported"),
    "JOINT_OBSTRUCT": ("未履行联审职责", "joint approval obstructed"),
    "LEADER_VISIT": ("部门领导到窗口指导", "leader's visit to the window"),
    "INFO_ADOPTED": ("信息被采用", "information item adopted"),
    "INFO_NONE": ("当月未报信息", "no information item in the month"),
}

DEADLINE = "deadline"
# Channels whose facts are judged where they are kept, by rules and a second person of their own; nobody judges them here once more.
JUDGED_AT_SOURCE = frozenset({DEADLINE, "inspection", "complaint", "improvement", "charging"})

# Missed limits, of which a person may decide that nobody of staff is at fault (IntakeService.JudgeBreach): then they count against nobody,
# whatever a rulebook's line asks.
EXCUSABLE = frozenset({"CASE_OVERDUE", "NO_ONE_TIME_NOTICE"})


@dataclass(frozen=True)
class Fact:
    """One fact. `days` and `minutes` are quantities; `staff_fault` None = not examined; only `verified` facts score.

    `occurred_on` is the day in the hall's zone and decides the period; `matter_id` joins several reports of one matter.
    """

    fact_id: str
    type: str
    region: str
    hall_id: str | None
    occurred_on: date
    person_id: str | None = None
    window_id: str | None = None
    unit_id: str | None = None
    occurred_at: datetime | None = None
    half: str | None = None
    minutes: int | None = None
    days: int | None = None
    case_id: str | None = None
    matter_id: str | None = None
    serious: bool = False
    unlawful: bool = False
    staff_fault: bool | None = None
    verified: bool = False
    channel: str = "manual"

    def subject(self, kind: SubjectKind) -> str | None:
        """The id of the person, window or unit it concerns."""
        if kind is SubjectKind.PERSON:
            return self.person_id
        return self.window_id if kind is SubjectKind.WINDOW else self.unit_id

    @property
    def excused(self) -> bool:
        """Whether a person has decided that it counts against nobody."""
        return self.staff_fault is False and self.type in EXCUSABLE

    @property
    def order(self) -> tuple[str, str, str]:
        """Time order that does not depend on arrival: day, moment (or half-day), id."""
        return self.occurred_on.isoformat(), self.occurred_at.isoformat() if self.occurred_at else self.half or "", self.fact_id

    def snapshot(self) -> dict[str, Any]:
        """What a ledger line keeps of it, JSON-ready, so that the line can be explained when the fact has changed since."""
        kept = ("fact_id", "type", "occurred_on", "occurred_at", "half", "minutes", "days", "case_id", "serious", "unlawful", "channel")
        values = {name: getattr(self, name) for name in kept}
        return {name: _json(value) for name, value in values.items() if value not in (None, False)}


FACT_FIELDS = tuple(field.name for field in fields(Fact))


def countable(facts: Iterable[Fact]) -> list[Fact]:
    """The verified ones that nobody excused, each id once, in time order: arrival order and duplicates cannot change a score."""
    return sorted({fact.fact_id: fact for fact in facts if fact.verified and not fact.excused}.values(), key=lambda fact: fact.order)


def _json(value: object) -> object:
    return value.isoformat() if isinstance(value, date | datetime) else value
