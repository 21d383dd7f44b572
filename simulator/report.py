"""The day as a person would want it: Chinese with the English in brackets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from simulator.check import Verdict
from simulator.city import terminal_sn
from simulator.plan.cases import GRADES
from simulator.tables import cut, heading, padded, table, width, wrapped
from simulator.timeline import DAY, ZONE

if TYPE_CHECKING:
    from simulator.day import Day
    from simulator.evening import Found

_STATES = {
    "registered": "已收件", "supplement": "待补正", "accepted": "已受理", "in_review": "审核中",
    "decided": "已办结", "delivered": "已取件", "returned": "已退回",
}  # fmt: skip
_GRADES = dict(zip(GRADES, ("非常满意", "满意", "基本满意", "不满意", "非常不满意"), strict=True))
_MARKS = {"late": "迟到 late", "early": "早退 early", "absent_half_day": "旷工半天 absent"}
_HALVES = {"am": "上午 am", "pm": "下午 pm"}
_FINDINGS = {"found": "待核实", "notified": "已告知", "explained": "已说明", "verified": "属实", "rejected": "不属实"}


def text(day: Day, found: Found) -> str:
    """The whole report."""
    names = {hall["hall_id"]: hall["name"] for hall in day.city.halls}
    parts = [
        ["", "=" * 78, f"示例市 {DAY:%Y-%m-%d} 星期一 一日总览 (the day of the sample city, Monday)", "=" * 78],
        _punches(day, found, names),
        _people(found),
        _cases(found),
        _deadlines(day, found),
        _ratings(found),
        _inspections(found),
        *_sheets(found),
        _reversals(found),
        _notifications(found),
        _traffic(day, found),
    ]
    return "\n".join(line for part in parts for line in part)


def _punches(day: Day, found: Found, names: dict[str, str]) -> list[str]:
    rows: list[list[Any]] = []
    for hall_id, name in names.items():
        sn = terminal_sn(hall_id)
        log = day.journal.terminal(sn)
        stored, bad = found.stored.get(sn, 0), len(found.quarantined.get(sn, []))
        rows.append([name, sn, log.lines_sent, stored, log.lines_acknowledged - stored - bad, bad, log.refused])
    sums = [sum(row[column] for row in rows) for column in range(2, 7)]
    head = ["大厅 hall", "考勤机 terminal", "上传 in", "入库 stored", "重复 duplicate", "隔离 quarantined", "未收 refused"]
    return heading("打卡", "punches") + table(head, [*rows, ["合计 total", "", *sums]], right=range(2, 7))


def _people(found: Found) -> list[str]:
    counts = Counter(person["status"] for person in found.people)
    lines = heading("考勤", "attendance")
    lines.append(
        f"  {len(found.people)} 人 (people): 正常 {counts['normal']} (normal), 异常 {counts['abnormal']} (abnormal), "
        f"待定 {counts['pending']} (pending); 未知工号打卡 {found.unknown_punches} (punches of an unknown PIN)"
    )
    rows = [
        [
            person["staff_id"],
            person.get("name", ""),
            person.get("window_id", "-"),
            _HALVES[mark["half"]],
            _MARKS[mark["kind"]],
            mark.get("minutes", ""),
        ]
        for person in found.people
        for mark in person.get("marks", [])
    ]
    return lines + table(["工号 id", "姓名 name", "窗口 window", "时段 half", "情形 mark", "分钟 minutes"], rows, right=(5,))


def _cases(found: Found) -> list[str]:
    counts = Counter(case["state"] for case in found.cases)
    overdue = Counter(case["state"] for case in found.cases if case.get("overdue"))
    rows = [[zh, state, counts[state], overdue[state]] for state, zh in _STATES.items() if counts[state]]
    rows.append(["合计", "total", sum(counts.values()), sum(overdue.values())])
    return heading("办件", "cases by state") + table(["状态", "state", "件 cases", "其中逾期 overdue"], rows, right=(2, 3))


def _deadlines(day: Day, found: Found) -> list[str]:
    items = day.city.items
    rows = [
        [
            case["case_no"],
            cut(items[case["item_id"]]["name"], 26),
            case["window_id"],
            case.get("promised_due", ""),
            case.get("remaining_days", 0),
            "逾期 overdue" if case.get("overdue") else "今日到期 due today" if case.get("promised_due") == DAY.isoformat() else "",
        ]
        for case in found.nearest
    ]
    head = ["办件编号 case", "事项 item", "窗口 window", "承诺期限 due", "剩余工作日 left", ""]
    return heading("最近的期限", "the nearest deadlines") + table(head, rows, right=(4,))


def _ratings(found: Found) -> list[str]:
    counts = Counter((rating["grade"], rating["channel"]) for rating in found.ratings)
    rows = [[zh, grade, counts[grade, "device"], counts[grade, "token"]] for grade, zh in _GRADES.items()]
    rows.append(["合计", "total", *(sum(n for (_, c), n in counts.items() if c == channel) for channel in ("device", "token"))])
    lines = heading("好差评", "ratings") + table(["评价", "grade", "评价器 device", "扫码 token"], rows, right=(2, 3))
    matched = sum(1 for press in found.presses if press.get("session_id"))
    return [*lines, f"  按键 {len(found.presses)} 次, 其中 {matched} 次有效 (key presses, of which matched to a case)"]


def _inspections(found: Found) -> list[str]:
    rows = [
        [_at(finding["found_at"]), finding["hall_id"], finding.get("window_id", "-"), finding.get("staff_id", "-"),
         f"{finding['kind_zh']} {finding['kind_en']}", f"{_FINDINGS[finding['state']]} {finding['state']}"]
        for finding in sorted(found.findings, key=lambda finding: finding["found_at"])
    ]  # fmt: skip
    rows += [
        [_at(complaint["filed_at"]), complaint["hall_id"], complaint.get("window_id", "-"), complaint.get("staff_id", "-"), "投诉 complaint",
         "属实 true" if complaint.get("true") else "不属实 not true"]
        for complaint in sorted(found.complaints, key=lambda complaint: complaint["filed_at"])
    ]  # fmt: skip
    head = ["时间 at", "大厅 hall", "窗口 window", "人员 person", "内容 what", "结论 verdict"]
    return heading("督查与投诉", "findings and complaints") + table(head, rows)


def _sheets(found: Found) -> list[list[str]]:
    places = found.rankings.get(("XZK", "window"), [])
    sheets = {key[2]: sheet for key, sheet in found.sheets.items() if key[:2] == ("XZK", "window")}
    if not places:
        return [[*heading("考核", "scores"), "  无 (none)"]]
    best, worst = places[0], places[-1]
    return [
        _sheet(zh, en, place, sheets.get(place["subject_id"], {}))
        for zh, en, place in (("得分最高的窗口", "the best window", best), ("得分最低的窗口", "the worst window", worst))
    ]


def _sheet(zh: str, en: str, place: dict[str, Any], sheet: dict[str, Any]) -> list[str]:
    lines = heading(zh, en)
    name = f"{place['subject_id']} {place.get('subject_name', '')}"
    lines.append(
        f"  {name}: {place['total']} 分 (points), 第 {place['place']} 名 (place), XZK {sheet.get('period', '')}, 基础分 {sheet.get('base', '-')} (base)"
    )
    for line in sheet.get("lines", []):
        lines.append(f"    {line['points']:>6}  {padded(line['line'], 11)}  {line['rule_zh']} ({line['rule_en']}); {line['source']}")
        for explanation in (line.get("explanation_zh", ""), f"{line.get('explanation_en', '')} → {line['running_total']}"):
            lines += [f"            {part}" for part in wrapped(explanation, 110)]
    if not sheet.get("lines"):
        lines.append("    无加减分 (nothing added or deducted)")
    for shown in sheet.get("indicators", []):
        lines.append(
            f"    ({shown['points']:>5}) {padded(shown['line'], 11)}  {shown['rule_zh']} ({shown['rule_en']}); 仅作指标 (shown, not scored)"
        )
    return lines


def _reversals(found: Found) -> list[str]:
    lines = heading("更正", "what was taken back, and why")
    for window_id, sheet in found.histories.items():
        lines.append(f"  {window_id} {sheet.get('subject_name', '')}: {sheet['total']} 分 (points)")
        for line in sheet.get("lines", []):
            lines.append(f"    {line['points']:>6}  {padded(line['line'], 11)}  → {line['running_total']}")
            if line.get("reverses"):
                why = f"{line['reversed_because_zh']} / {line['reversed_because_en']}"
                lines += [f"            {part}" for part in wrapped(why, 110)]
    return lines


def _notifications(found: Found) -> list[str]:
    counts = Counter((d["template"], d["channel"], d["state"], d.get("reason", "")) for d in found.deliveries)
    rows = [[*key, count] for key, count in sorted(counts.items())]
    head = ["模板 template", "渠道 channel", "状态 state", "原因 reason", "条 messages"]
    return heading("通知", "notifications") + table(head, rows, right=(4,))


def _traffic(day: Day, found: Found) -> list[str]:
    gateway, governor, reader = day.gateway, day.governor, day.integrator.reader
    rows: list[list[object]] = [
        ["网关调用", "gateway calls", gateway.calls],
        ["其中重试", "of which retries", gateway.retries],
        ["接入方收到的公开事件", "public events an integrator received", len(reader.events)],
        ["最慢一步用时(秒)", "slowest step, seconds", f"{governor.latest:.1f}"],
        ["为此放慢时钟(秒)", "clock slowed for it, seconds", f"{governor.slowed_seconds:.1f}"],
        ["收尾用时(秒)", "seconds until everything had settled", f"{found.settled_after:.1f}"],
    ]
    return heading("接口", "traffic") + table(["项目", "what", ""], rows, right=(2,))


def verdict_text(lines: Sequence[Verdict]) -> str:
    """The verdict, line by line."""
    titles = [f"{line.zh} ({line.en})" for line in lines]
    places = max(map(width, titles))
    shown = [
        f"  {'✓' if line.good else '✗'} {padded(title, places)}  {line.detail}".rstrip() for line, title in zip(lines, titles, strict=True)
    ]
    good = all(line.good for line in lines)
    end = "结论: 一条不丢, 一条不重 (verdict: nothing lost, nothing twice)" if good else "结论: 不符 (verdict: does not agree)"
    return "\n".join(["", "核对 (checked against the simulator's own journal)", *shown, "", end, ""])


def _at(moment: Any) -> str:
    return str(moment.astimezone(ZONE).strftime("%H:%M"))
