"""Why a ledger line is what it is, in words: the rule, the facts as they were, the computation. zh-CN and English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.scoring.domain.causes import RECORD_FACT, VERIFY_FACT
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
    "improvement": ("事项优化", "improvement of an item"),
    "charging": ("收费", "charging"),
    "back_office": ("前后衔接", "back office"),
    "manual": ("人工登记", "entered by hand"),
}
# Why a line was taken back: (source, code) → words; None where the source says enough.
_CAUSES = {
    ("intake.case.overdue_withdrawn", "calendar"): (
        "工作日历变动，该日不再算逾期",
        "the calendar changed and the day is not over the limit any more",
    ),
    ("intake.case.overdue_withdrawn", "suspended"): ("特别程序期间不计入时限", "a special procedure stops the limit on that day"),
    ("intake.case.overdue_withdrawn", "resumed"): ("特别程序结束，时限重新计算", "the limit was calculated anew after a special procedure"),
    ("intake.case.overdue_withdrawn", "extended"): ("办理时限已延长", "the limit was extended"),
    ("intake.case.breach_judged", "excused"): ("经认定非工作人员责任", "judged to be no fault of staff"),
    ("intake.case.breach_judged", "confirmed"): ("经认定为工作人员责任", "judged to be the fault of staff"),
    ("attendance.day.assessed", None): ("考勤结果已更正", "the person-day was assessed anew"),
    ("supervision.finding.verified", None): ("督查问题已核实", "the finding was verified"),
    ("supervision.finding.rejected", None): ("督查问题不成立", "the finding was rejected"),
    ("evaluation.complaint.verified", None): ("投诉有新的核实结论", "there is a new verdict on the complaint"),
    ("directory.improvement.decided", None): ("事项优化有新的核实结论", "there is a new verdict on the improvement"),
    ("intake.fee_violation.decided", None): ("违规收费有新的核实结论", "there is a new verdict on the fee violation"),
    (VERIFY_FACT, None): ("经第二人核实", "a second person judged the fact"),
    (RECORD_FACT, None): ("新登记的事实", "a further fact was entered"),
}
_SCORED_ANEW = ("考核办法的适用或事实登记有调整，重新计分", "scored anew after a change of assignments or of the register")
_TOLD_DAILY = ("CASE_OVERDUE", "TASK_OVERDUE")
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


def why_reversed(causes: Sequence[Mapping[str, Any]]) -> Wording:
    """Why a line was taken back, by which event or whose act; `causes` is what the ledger keeps with the reversal."""
    told = [_cause(cause) for cause in causes] or [Wording(*_SCORED_ANEW)]
    return Wording("；".join(one.zh for one in told), "; ".join(one.en for one in told))


def _cause(cause: Mapping[str, Any]) -> Wording:
    source = cause["source"]
    zh, en = (
        _CAUSES.get((source, cause.get("code"))) or _CAUSES.get((source, None)) or ("同期事实有变动", "another fact of the period changed")
    )
    number = (f"第{cause['version']}号", f" no. {cause['version']}") if "version" in cause else ("", "")
    by = (f"，{cause['decided_by']}", f", by {cause['decided_by']}") if "decided_by" in cause else ("", "")
    return Wording(f"{zh}（{source}，{cause['subject']}{number[0]}{by[0]}）", f"{en} ({source}, {cause['subject']}{number[1]}{by[1]})")


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
        nth = fact["type"] in _TOLD_DAILY
        zh.append(f"第{fact['days']}天" if nth else f"{fact['days']}天")
        en.append(f"day {fact['days']}" if nth else f"{fact['days']} days")
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
    if "counted_once" in steps:
        zh.append(f"（同一事项{steps['counted_once']}件，本期只计一次）")
        en.append(f"({steps['counted_once']} of one matter, counted once in the period)")
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
