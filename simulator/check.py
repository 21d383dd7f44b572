"""The verdict: what the house says against what was acknowledged to the simulator and what the plan says by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.integrator import Reader
from simulator.plan import expectation, people
from simulator.plan.inspection import COMPLAINTS, FINDINGS
from simulator.points import hundredths, lines_of

if TYPE_CHECKING:
    from simulator.day import Day
    from simulator.evening import Found


@dataclass(frozen=True)
class Verdict:
    """One thing that was checked; `detail` says what differs."""

    zh: str
    en: str
    good: bool
    detail: str = ""


def verdicts(day: Day, found: Found) -> list[Verdict]:
    """Every verdict; the event log is judged once it has been read."""
    lines = [
        _acknowledged(day),
        *_punches(day, found),
        _people(found),
        _pending(found),
        _cases(day, found),
        _overdue(day, found),
        _ratings(day, found),
        _presses(day, found),
        _findings(day, found),
        *_scores(found),
    ]
    if found.replay is not None:
        lines += [_log_complete(day.integrator.reader, found.replay), _log_in_order(day.integrator.reader), _log_tells(day)]
    return lines


def _acknowledged(day: Day) -> Verdict:
    failures = day.journal.failures
    return Verdict("所有操作均获确认", "every command was acknowledged", not failures, "; ".join(failures[:5]))


def _punches(day: Day, found: Found) -> list[Verdict]:
    journal = day.journal
    sent = {sn: len(log.distinct) for sn, log in journal.terminals.items()}
    bad = {sn: len(log.bad_lines) for sn, log in journal.terminals.items()}
    quarantined = {sn: len(lines) for sn, lines in found.quarantined.items()}
    repeats = journal.lines_acknowledged - journal.distinct_punches - journal.bad_lines
    unknown = sum(1 for punch in day.punches if punch.pin == people.UNKNOWN_PIN)
    complete = found.stored == sent and journal.distinct_punches == _expected_rows(day)
    return [
        Verdict("打卡一条不少、一条不多", "punches stored = distinct punches sent", complete,
                f"{sum(found.stored.values())} = {journal.distinct_punches}{_difference(sent, found.stored)}"),
        Verdict("重复上传全部吸收", "repeated rows absorbed", repeats > 0 and found.stored == sent, f"{repeats}"),
        Verdict("坏行全部隔离", "bad lines quarantined", quarantined == bad, f"{sum(quarantined.values())}{_difference(bad, quarantined)}"),
        Verdict("未知工号单列", "unknown PIN set aside", found.unknown_punches == unknown, f"{found.unknown_punches} = {unknown}"),
    ]  # fmt: skip


def _expected_rows(day: Day) -> int:
    """Every touch of a terminal, but those under the wrong clock."""
    return len(day.punches) - len(people.TWICE)


def _people(found: Found) -> Verdict:
    given = {
        people.Mark(person["staff_id"], mark["kind"], mark["half"], mark.get("minutes", 0))
        for person in found.people
        for mark in person.get("marks", [])
    }
    wanted = people.marks()
    return Verdict(
        "迟到早退旷工与计划一致",
        "late, early, absent exactly as planned",
        given == wanted,
        f"{len(given)} = {len(wanted)}{_sets(wanted, given)}",
    )


def _pending(found: Found) -> Verdict:
    counts = Counter(person["status"] for person in found.people)
    good = set(counts) == {"normal", "abnormal"} and counts["abnormal"] == len(people.UNPUNCTUAL)
    return Verdict("无人待定", "nobody pending", good, ", ".join(f"{status} {count}" for status, count in sorted(counts.items())))


def _cases(day: Day, found: Found) -> Verdict:
    keys = {log.case_id: log.key for log in day.journal.cases.values()}
    wanted = {script.key: script.state for script in day.scripts}
    given = {keys.get(case["case_id"], case["case_id"]): case["state"] for case in found.cases}
    return Verdict(
        "办件状态与计划一致", "cases by state exactly", given == wanted, f"{len(given)} = {len(wanted)}{_difference(wanted, given)}"
    )


def _overdue(day: Day, found: Found) -> Verdict:
    cases = {case["case_id"]: case for case in found.cases}
    wanted, given = {}, {}
    for script in day.scripts:
        case = cases.get(day.journal.case(script.key).case_id, {})
        wanted[script.key] = (script.overdue > 0, script.deemed)
        given[script.key] = (bool(case.get("overdue")), bool(case.get("deemed")))
    return Verdict("逾期件与视为受理件一致", "overdue and deemed cases", given == wanted,
                   f"{sum(over for over, _ in given.values())} + {sum(deemed for _, deemed in given.values())}{_difference(wanted, given)}")  # fmt: skip


def _ratings(day: Day, found: Found) -> Verdict:
    wanted = {log.case_id: (log.rated, log.channel) for log in day.journal.cases.values() if log.rated}
    given = {rating["case_id"]: (rating["grade"], rating["channel"]) for rating in found.ratings}
    good = given == wanted and len(found.ratings) == len(wanted) == sum(1 for script in day.scripts if script.grade)
    return Verdict("每件恰评一次", "one rating per rated case", good, f"{len(found.ratings)} = {len(wanted)}{_difference(wanted, given)}")


def _presses(day: Day, found: Found) -> Verdict:
    journal = day.journal
    matched = sum(1 for press in found.presses if press.get("session_id"))
    good = len(found.presses) == journal.presses + journal.surplus_presses and matched == journal.presses
    return Verdict(
        "按键去重", "key presses: repeats absorbed, second thoughts unmatched", good, f"{matched} + {len(found.presses) - matched}"
    )


def _findings(day: Day, found: Found) -> Verdict:
    given = {finding["finding_id"]: finding["state"] for finding in found.findings}
    true = {complaint["complaint_id"]: bool(complaint.get("true")) for complaint in found.complaints}
    good = given == day.journal.findings and len(given) == len(FINDINGS)
    good = good and true == day.journal.complaints and len(true) == len(COMPLAINTS)
    states = ", ".join(f"{state} {count}" for state, count in sorted(Counter(given.values()).items()))
    return Verdict("督查与投诉结论一致", "findings and complaints with their verdicts", good, f"{states}; {len(true)}")


def _scores(found: Found) -> list[Verdict]:
    return [
        _sheets(found, "XZK", "window", expectation.XZK_WINDOWS, "窗口季度考核分逐条一致", "XZK window sheets, line by line"),
        _sheets(found, "MJ", "person", expectation.MJ_PERSONS, "人员月度考核分逐条一致", "MJ personal sheets, line by line"),
        _units(found),
        _reversed(found),
        _untouched(found),
    ]


def _sheets(found: Found, rulebook: str, kind: str, plan: dict[str, Any], zh: str, en: str) -> Verdict:
    given = {subject: lines_of(found.sheets.get((rulebook, kind, subject), {})) for subject in plan}
    wanted = {subject: sorted(lines) for subject, lines in plan.items()}
    return Verdict(zh, en, given == wanted, f"{sum(map(len, given.values()))} lines{_difference(wanted, given)}")


def _units(found: Found) -> Verdict:
    given = {unit: hundredths(found.sheets.get(("MJ", "unit", unit), {}).get("points", "0")) for unit in expectation.MJ_UNITS}
    return Verdict(
        "单位连带扣分一致",
        "MJ units with the cascade",
        given == expectation.MJ_UNITS,
        f"{len(given)}{_difference(expectation.MJ_UNITS, given)}",
    )


def _reversed(found: Found) -> Verdict:
    """What was taken back stays in the ledger: the line, its reversal, and which event made it go."""
    given = {
        window: tuple(
            (line["line"], hundredths(line["points"]), *(cause["source"] for cause in line.get("causes", [])))
            for line in found.histories.get(window, {}).get("lines", [])
            if line.get("reverses")
        )
        for window in expectation.REVERSED
    }
    count = sum(map(len, given.values()))
    return Verdict("冲销逐条有据", "reversals name the event behind them", given == expectation.REVERSED,
                   f"{count}{_difference(expectation.REVERSED, given)}")  # fmt: skip


def _untouched(found: Found) -> Verdict:
    """Nobody else may have gained or lost anything."""
    plans: dict[tuple[str, str], Container[str]] = {
        ("XZK", "window"): expectation.XZK_WINDOWS,
        ("MJ", "person"): expectation.MJ_PERSONS,
        ("MJ", "unit"): expectation.MJ_UNITS,
    }
    wrong = [
        place["subject_id"]
        for key, plan in plans.items()
        for place in found.rankings.get(key, [])
        if place["subject_id"] not in plan and hundredths(place["raw_total"]) != expectation.XZK_BASE
    ]
    return Verdict("其余对象无加减分", "nobody else gained or lost", not wrong, ", ".join(wrong))


def _log_complete(followed: Reader, whole: Reader) -> Verdict:
    mine, every = [event.id for event in followed.events], [event.id for event in whole.events]
    detail = f"{len(mine)} events, {followed.cuts} cut, {followed.repeats} repeats dropped"
    if mine != every:
        detail += f" [missing {len(set(every) - set(mine))}, surplus {len(set(mine) - set(every))}]"
    title = "event stream: each public event once, in the log's order, over the cut"
    return Verdict("事件流断线续传不丢不乱", title, mine == every and followed.cuts == 1, detail)


def _log_in_order(followed: Reader) -> Verdict:
    last: dict[tuple[str, str], int] = {}
    versions: dict[tuple[str, str], int] = {}
    broken = 0
    for event in followed.events:
        source, subject = (event.source, event.epoch), (event.source, event.subject)
        broken += event.sequence <= last.get(source, 0)
        last[source] = event.sequence
        broken += event.version <= versions.get(subject, 0)
        versions[subject] = event.version
    return Verdict("序号与版本递增", "sequence and version ascend", broken == 0, f"{len(last)} sources, {len(versions)} subjects")


def _log_tells(day: Day) -> Verdict:
    types = day.integrator.reader.types()
    wanted = dict(day.journal.acknowledged)
    # Accepted by law: nobody's command.
    wanted["intake.case.accepted"] = wanted.get("intake.case.accepted", 0) + sum(script.deemed for script in day.scripts)
    wanted["intake.case.notice_missed"] = sum(script.deemed for script in day.scripts)
    wanted["intake.case.overdue"] = sum(script.overdue for script in day.scripts)
    given = {name: types.get(name, 0) for name in wanted}
    return Verdict(
        "每个获确认的操作都有事件",
        "every acknowledged command has its event",
        given == wanted,
        f"{sum(given.values())}{_difference(wanted, given)}",
    )


def _difference(wanted: dict[Any, Any], given: dict[Any, Any]) -> str:
    wrong = [key for key in sorted({*wanted, *given}) if wanted.get(key) != given.get(key)]
    shown = "; ".join(f"{key}: planned {wanted.get(key)}, is {given.get(key)}" for key in wrong[:4])
    return f" [{len(wrong)} differ: {shown}]" if wrong else ""


def _sets(wanted: set[Any], given: set[Any]) -> str:
    missing, surplus = sorted(map(str, wanted - given))[:3], sorted(map(str, given - wanted))[:3]
    return f" [missing {missing}, surplus {surplus}]" if missing or surplus else ""
