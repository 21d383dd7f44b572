"""What an inspector can find: neutral event types of domain §3.10, each with what it must name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A type of finding (中文, English). `of_person`: it is about somebody; otherwise about the window. `with_minutes`: how long it lasted."""

    zh: str
    en: str
    of_person: bool = True
    with_minutes: bool = False


KINDS: dict[str, Kind] = {
    "OFF_POST": Kind("离岗", "away from post", with_minutes=True),
    "NO_SIGN_IN": Kind("未签到", "did not sign in"),
    "LEAVE_NO_PROC": Kind("未办请销假手续", "left without the leave procedure"),
    "WINDOW_EMPTY": Kind("窗口无人值守", "window not staffed", of_person=False),
    "SMOKE_EAT": Kind("吸烟、用餐、吃零食", "smoking or eating"),
    "PLAY_DOZE": Kind("嬉戏打闹、打瞌睡", "playing or dozing"),
    "GAME": Kind("玩游戏", "playing games"),
    "CHAT": Kind("串岗聊天", "wandering and chatting"),
    "ALCOHOL": Kind("饮酒", "alcohol"),
    "OUTSIDER_IN_AREA": Kind("带外人进入工作区", "outsider in the work area"),
    "BAD_SOFTWARE": Kind("违禁或来历不明的软件", "forbidden software"),
    "BADGE_DRESS": Kind("着装、佩证不合要求", "dress or badge not as required"),
    "UNTIDY": Kind("窗口不整洁", "untidy window", of_person=False),
    "FIRST_ASKED_FAIL": Kind("未落实首问责任", "first-asked duty not done"),
}
