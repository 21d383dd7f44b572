"""Why a ledger line is what it is, in words: the rule, the facts as they were, the computation. zh-CN and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.scoring.domain.facts import FACT_TYPES
from services.scoring.domain.rulebook import Rulebook, Wording
from services.scoring.domain.values import marks

_HALVES = {"am": ("上午", "morning"), "pm": ("下午", "afternoon")}
_CHANNELS = {
    "attendance": ("考勤", "attendance"),
    "deadline": ("时限监察", "deadline engine"),
    "intake": ("办件", "case handling"),
    "inspection": ("督查", "inspection"),
    "complaint": ("投诉", "complaint"),
    "manual": ("人工登记", "entered by hand"),
}
_CASCADES = {
    "a": ("按人累计取整", "per person, floor"),
    "b": ("按单位累计取整", "per unit, floor"),
    "c": ("按比例", "proportional"),
    "d": ("按单次取整", "per single event, floor"),
}


def rule_of(book: Rulebook, line: str) -> tuple[Wording, str]:
    """The line's wording and where the text says it."""
    known = {entry.code: (entry.wording, entry.source) for entry in book.lines}
    known |= {entry.code: (entry.wording, entry.source) for entry in book.cascades}
    return known.get(line, (Wording("", ""), ""))


def explain(book: Rulebook, line: str, points: int, detail: Mapping[str, Any]) -> Wording:
    """One sentence for a posting; `detail` is what the ledger keeps of it."""
    rule, source = rule_of(book, line)
    facts = detail["facts"]
    how = _computation(points, detail["computation"])
    zh = f"{line}({source}){rule.zh}。事实：{'；'.join(fact_phrase(fact).zh for fact in facts)}。计算：{how.zh}"
    en = f"{line} ({source}) {rule.en}. Facts: {'; '.join(fact_phrase(fact).en for fact in facts)}. Computation: {how.en}"
    return Wording(zh, en)


def fact_phrase(fact: Mapping[str, Any]) -> Wording:
    """One fact in words: day, half-day, what, how long, where it comes from."""
    zh_type, en_type = FACT_TYPES.get(fact["type"], (fact["type"], fact["type"]))
    half = _HALVES.get(fact.get("half", ""), ("", ""))
    channel = _CHANNELS.get(fact["channel"], (fact["channel"], fact["channel"]))
    zh, en = [fact["occurred_on"] + half[0], zh_type], [" ".join(filter(None, (fact["occurred_on"], half[1]))), en_type]
    if fact.get("minutes"):
        zh.append(f"{fact['minutes']}分钟")
        en.append(f"{fact['minutes']} min")
    if fact.get("days"):
        zh.append(f"第{fact['days']}天" if fact["type"] == "CASE_OVERDUE" else f"{fact['days']}天")
        en.append(f"day {fact['days']}" if fact["type"] == "CASE_OVERDUE" else f"{fact['days']} days")
    for flag, words in (("serious", ("情节严重", "serious")), ("unlawful", ("违法办理", "unlawful"))):
        if fact.get(flag):
            zh.append(words[0])
            en.append(words[1])
    return Wording(f"{' '.join(zh)}（{channel[0]}）", f"{', '.join(en)} ({channel[1]})")


def _computation(points: int, steps: Mapping[str, Any]) -> Wording:
    if "cascade_loss" in steps:
        return _cascade(points, steps)
    zh, en = [marks(steps["unit_points"])], [marks(steps["unit_points"])]
    if "days" in steps:
        zh.append(f"× {steps['days']}天")
        en.append(f"× {steps['days']} days")
    if "multiplier" in steps:
        zh.append(f"× {steps['multiplier']}（{steps['multiplier_line']}：当月第{steps['ordinal']}次）")
        en.append(f"× {steps['multiplier']} ({steps['multiplier_line']}: no. {steps['ordinal']} in its month)")
    if "capped_from" in steps:
        zh.append(f"= {marks(steps['capped_from'])}，达到上限")
        en.append(f"= {marks(steps['capped_from'])}, cap reached")
    zh.append(f"= {marks(points)}")
    en.append(f"= {marks(points)}")
    if "instead_of" in steps:
        others = "、".join(steps["instead_of"])
        zh.append(f"（同时符合{others}，一事只计更具体的一条）")
        en.append(f"(fits {', '.join(steps['instead_of'])} too; one event scores once, by the most specific line)")
    return Wording(" ".join(zh), " ".join(en))


def _cascade(points: int, steps: Mapping[str, Any]) -> Wording:
    loss, per, each = marks(steps["cascade_loss"]), marks(steps["cascade_per"]), marks(steps["unit_points"])
    zh, en = _CASCADES[steps["cascade_option"]]
    return Wording(
        f"工作人员被扣 {loss}，每 {per} 连带 {each}（{zh}）= {marks(points)}",
        f"staff lost {loss}, {each} for each {per} ({en}) = {marks(points)}",
    )
