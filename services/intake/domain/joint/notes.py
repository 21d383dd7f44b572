"""What a joint handling waits for, in the applicant's words and in both languages; it names units and nobody of them (M-B18)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import workdays
from services.intake.domain.joint import handling as j


@dataclass(frozen=True)
class Note:
    """The sentence, and the units that are awaited, by name where it is known."""

    zh: str
    en: str
    awaited: tuple[str, ...] = ()


def note(handling: j.JointHandling, names: Mapping[str, str]) -> Note:
    """What is awaited from whom; `names` are units' names, and a unit without one is counted but not named."""
    if handling.state == j.OPINIONS_DUE:
        return _opinions(handling, names)
    if handling.state == j.SCHEDULED:
        at = min(dt.datetime.fromisoformat(meeting["starts_at"]) for meeting in handling.meetings if meeting["state"] == "planned")
        shown = at.astimezone(workdays.BEIJING).strftime("%Y-%m-%d %H:%M")
        return Note(f"本件由多个部门联合办理，联审会议定于{shown}召开", f"Handled jointly by several units; they meet on {shown}")
    zh, en = _TEXTS[handling.state]
    return Note(f"本件由多个部门联合办理，{zh}", f"Handled jointly by several units; {en}")


_TEXTS = {
    j.PROPOSED: ("牵头窗口正在召集成员单位", "the lead window is convening them"),
    j.MET: ("联审会议已召开，正在整理会议纪要", "they have met and the minutes are being written"),
    j.ALL_IN: ("各成员单位意见已齐，牵头单位正在作出决定", "every unit's opinion is in and the lead is deciding"),
    j.ISSUED: ("已办结", "it is decided"),
    j.RETURNED: ("已办结", "it is decided"),
    j.ENDED: ("现已不再联合办理", "it is handled jointly no more"),
}


def _opinions(handling: j.JointHandling, names: Mapping[str, str]) -> Note:
    awaited = handling.awaited
    known = tuple(names[member.unit_id] for member in awaited if member.unit_id in names)
    others = len(awaited) - len(known)
    zh, en = "、".join(known), ", ".join(known)
    if others:
        zh += f"{'等' if known else ''}{len(awaited)}个部门"
        en += f"{' and ' if known else ''}{others} {'other ' if known else ''}unit{'s' if others > 1 else ''}"
    dues = [member.due for member in awaited if member.due is not None]
    by_zh, by_en = (f"（应于{max(dues)}前提出）", f" (due by {max(dues)})") if len(dues) == len(awaited) else ("", "")
    return Note(
        f"本件由多个部门联合办理，正在等待{zh}的意见{by_zh}",
        f"Handled jointly by several units; awaiting the opinions of {en}{by_en}",
        known,
    )
