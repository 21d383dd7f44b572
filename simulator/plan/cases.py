"""Which cases come to which window, step by step, and what must have become of each by the evening."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from simulator.city import City
from simulator.timeline import BEFORE, DAY, at

FRI13, MON16, TUE17, WED18, THU19, FRI20 = BEFORE
GRADES = ("very_satisfied", "satisfied", "basically_satisfied", "dissatisfied", "very_dissatisfied")
_WEIGHTS = (60, 25, 9, 4, 2)


@dataclass(frozen=True)
class Step:
    """One thing somebody does about a case; `materials` and `codes` are those it is about."""

    at: datetime
    what: str
    materials: tuple[str, ...] = ()
    grade: str = ""
    reason: str = ""


@dataclass
class Script:
    """The life of one case as planned: where it comes in, every step, and how it must stand in the evening.

    `overdue` is how many working days over the promise it must have been told of by then; `excused_at` when
    somebody decides that staff are not at fault for those days.
    """

    key: str
    hall_id: str
    window_id: str
    item_id: str
    staff_id: str
    steps: list[Step]
    state: str
    overdue: int = 0
    excused_at: str = ""
    deemed: bool = False
    repeated_notice: bool = False
    grade: str = ""
    channel: str = ""
    events: dict[str, int] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        """Whether it is accepted, by a person or by law."""
        return self.state in ("accepted", "in_review", "decided", "delivered")


class Desk:
    """Writes the scripts of one window; its own A-post holder is the first responsible person."""

    def __init__(self, city: City, window: dict[str, str], random: Random) -> None:
        self._city, self._window, self._random = city, window, random
        self.staff_id = next(row["staff_id"] for row in city.staff if row.get("window_id") == window["window_id"] and row["post"] == "a")
        self.scripts: list[Script] = []

    @property
    def window_id(self) -> str:
        """Whose desk it is."""
        return self._window["window_id"]

    @property
    def unit_items(self) -> list[dict[str, str]]:
        """The items of the window's own unit that one unit handles."""
        return [
            item for item in self._city.items.values() if item["unit_id"] == self._window["unit_id"] and int(item["units_involved"]) < 3
        ]

    def write(self, item_id: str, steps: list[Step], state: str, **facts: object) -> Script:
        """Keep a script."""
        key = f"{self._window['window_id']}-{len(self.scripts) + 1:02}"
        script = Script(
            key, self._window["hall_id"], self._window["window_id"], item_id, self.staff_id, sorted(steps, key=_when), state, **facts  # type: ignore[arg-type]
        )  # fmt: skip
        self.scripts.append(script)
        return script

    def received(self, item_id: str, moment: datetime, *, without: tuple[str, ...] = ()) -> Step:
        """A receipt with every required material but some."""
        handed = tuple(code for code in self._city.required_materials(item_id) if code not in without)
        return Step(moment, "register", materials=handed)

    def handled(self, item_id: str, moment: datetime) -> list[Step]:
        """Review, payment and decision, as the item's key stages ask, two minutes apart."""
        stages = self._city.items[item_id]["key_stages"].split(";")
        steps = [stage for stage in ("review", "pay") if stage in stages]
        return [Step(moment + timedelta(minutes=2 * number), what) for number, what in enumerate((*steps, "decide"))]

    def rated(self, decided: datetime) -> tuple[list[Step], str, str]:
        """What the citizen says, if anything: (steps, grade, channel)."""
        luck = self._random.random()
        if luck > 0.85:
            return [], "", ""
        grade = self._random.choices(GRADES, _WEIGHTS)[0]
        channel = "device" if luck < 0.6 else "token"
        return [Step(decided + timedelta(minutes=1), f"rate_by_{channel}", grade=grade)], grade, channel


def scripts(city: City, random: Random) -> list[Script]:
    """Every case of the prelude and the day."""
    found: list[Script] = []
    for window in city.windows:
        desk = Desk(city, window, random)
        _ordinary(desk, random)
        for special in SPECIAL.get(window["window_id"], ()):
            special(desk)
        found += desk.scripts
    return found


def _ordinary(desk: Desk, random: Random) -> None:
    """Immediate cases over the day, one promised case from last week that is decided in time, one that is accepted today."""
    immediate = [item["item_id"] for item in desk.unit_items if item["time_class"] == "immediate"]
    for slot in ("08:46", "10:26", "14:06", "15:46") if immediate else ():
        item_id, start = random.choice(immediate), at(slot) + timedelta(minutes=random.randrange(8))
        steps = [
            desk.received(item_id, start),
            Step(start + timedelta(minutes=2), "accept"),
            *desk.handled(item_id, start + timedelta(minutes=4)),
        ]
        rating, grade, channel = desk.rated(steps[-1].at)
        handed_over = Step(steps[-1].at + timedelta(minutes=3), "deliver")
        desk.write(item_id, [*steps, *rating, handed_over], "delivered", grade=grade, channel=channel)
    # Five working days and more: accepted last Monday to Wednesday, none of them is due before today.
    long = [item["item_id"] for item in desk.unit_items if item["time_class"] == "promised" and int(item["promised_days"]) >= 5]
    for item_id in long[:1]:
        opened = at("09:00", (MON16, TUE17, WED18)[int(desk.window_id.removeprefix("w")) % 3])
        steps = [desk.received(item_id, opened), Step(opened + timedelta(minutes=20), "accept"), *desk.handled(item_id, at("11:10"))]
        rating, grade, channel = desk.rated(steps[-1].at)
        desk.write(item_id, [*steps, *rating, Step(at("11:30"), "deliver")], "delivered", grade=grade, channel=channel)
        start = at("09:30") + timedelta(minutes=random.randrange(8))
        desk.write(item_id, [desk.received(item_id, start), Step(start + timedelta(minutes=3), "accept")], "accepted")


def _open(desk: Desk, item_id: str, day: date, *, overdue: int = 0, excused_at: str = "") -> None:
    """Accepted on an earlier day and still open."""
    start = at("14:00", day)
    steps = [desk.received(item_id, start), Step(start + timedelta(minutes=30), "accept")]
    desk.write(item_id, steps, "accepted", overdue=overdue, excused_at=excused_at)


def _decided_late(desk: Desk, item_id: str, day: date, *, overdue: int) -> None:
    """Accepted on an earlier day and decided this morning, too late."""
    start = at("14:00", day)
    steps = [desk.received(item_id, start), Step(start + timedelta(minutes=30), "accept"), *desk.handled(item_id, at("10:05"))]
    desk.write(item_id, [*steps, Step(steps[-1].at + timedelta(minutes=1), "rate_by_device", grade="dissatisfied"),
                         Step(at("10:20"), "deliver")], "delivered", overdue=overdue, grade="dissatisfied", channel="device")  # fmt: skip


def _forgotten_notice(desk: Desk, item_id: str) -> None:
    """Came in incomplete ten days ago and nobody said a word: accepted by law from its receipt (Licensing Law Art. 32)."""
    desk.write(item_id, [desk.received(item_id, at("09:30", FRI13), without=("M2",))], "accepted", deemed=True)


def _supplemented(desk: Desk, item_id: str) -> None:
    """Told once what is missing, brought it in the afternoon, finished at once."""
    late = at("14:41")
    steps = [
        desk.received(item_id, at("09:05"), without=("M2",)), Step(at("09:10"), "notice"), Step(at("14:35"), "supplement", materials=("M2",)),
        Step(at("14:38"), "accept"), *desk.handled(item_id, late),
    ]  # fmt: skip
    rating = Step(steps[-1].at + timedelta(minutes=1), "rate_by_token", grade="very_satisfied")
    desk.write(item_id, [*steps, rating, Step(at("14:55"), "deliver")], "delivered", grade="very_satisfied", channel="token")


def _awaiting(desk: Desk, item_id: str) -> None:
    """Told once what is missing; the applicant has not come back yet."""
    desk.write(item_id, [desk.received(item_id, at("15:05"), without=("M3",)), Step(at("15:09"), "notice")], "supplement")


def _told_twice(desk: Desk, item_id: str) -> None:
    """A second list names what the first should have named: a breach of the one-time notice."""
    steps = [
        desk.received(item_id, at("09:02"), without=("M2",)),
        Step(at("09:06"), "notice"),
        Step(at("15:02"), "notice_again", materials=("M1", "M2"), reason="申请书填写不完整"),
    ]
    desk.write(item_id, steps, "supplement", repeated_notice=True)


def _returned(desk: Desk, item_id: str, reason_code: str) -> None:
    """Refused with a written reason."""
    desk.write(item_id, [desk.received(item_id, at("15:20")), Step(at("15:28"), "return", reason=reason_code)], "returned")


def _registered(desk: Desk, item_id: str) -> None:
    """Came in at the end of the day."""
    desk.write(item_id, [desk.received(item_id, at("16:40"))], "registered")


# Working days: Fri 13, Mon 16 … Fri 20, Mon 23. The day of acceptance is not counted; the n-th working day after it is the last in time.
SPECIAL: dict[str, tuple[Callable[[Desk], None], ...]] = {
    "w0001": (lambda desk: _open(desk, "i0001", FRI13, overdue=1),),  # 5 days: due Fri 20
    "w0002": (lambda desk: _supplemented(desk, "i0002"),),
    "w0003": (
        lambda desk: _forgotten_notice(desk, "i0010"),  # 12 days from Fri 13: due Tue 1 December
        lambda desk: _open(desk, "i0007", MON16, overdue=2),  # 3 days: due Thu 19
    ),
    "w0005": (lambda desk: _open(desk, "i0014", TUE17, overdue=3),),  # 1 day: due Wed 18; told on Thu 19, Fri 20, Mon 23
    "w0006": (lambda desk: _decided_late(desk, "i0014", WED18, overdue=2),),  # due Thu 19
    "w0008": (lambda desk: _returned(desk, "i0017", "not_competent"),),
    "w0009": (lambda desk: _decided_late(desk, "i0024", THU19, overdue=1),),  # 1 day: due Fri 20
    "w0010": (lambda desk: _open(desk, "i0022", WED18),),  # 3 days: due today
    "w0011": (lambda desk: _awaiting(desk, "i0025"),),
    "w0013": (lambda desk: _returned(desk, "i0029", "prohibited"),),
    "w0014": (lambda desk: _open(desk, "i0031", TUE17, overdue=2, excused_at="15:40"),),  # 2 days: due Thu 19
    "w0018": (lambda desk: _told_twice(desk, "i0036"),),
    "w0021": (lambda desk: _registered(desk, "i0038"),),
}


def by_window(all_scripts: list[Script]) -> dict[str, list[tuple[Script, Step]]]:
    """The steps of each window in the order of time: one person does one thing after the other."""
    found: dict[str, list[tuple[Script, Step]]] = {}
    for script in all_scripts:
        found.setdefault(script.window_id, []).extend((script, step) for step in script.steps)
    return {window: sorted(steps, key=lambda pair: pair[1].at) for window, steps in found.items()}


def rated(all_scripts: list[Script]) -> Iterator[Script]:
    """The cases that a citizen rates."""
    return (script for script in all_scripts if script.grade)


def _when(step: Step) -> datetime:
    return step.at


__all__ = ["DAY", "GRADES", "Script", "Step", "by_window", "rated", "scripts"]
