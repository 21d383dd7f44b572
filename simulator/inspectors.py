"""Inspectors, verifiers, complainants and the assessment office: findings, complaints and late cases with their verdicts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from simulator.city import City
from simulator.gateway import Account, CallError, Gateway
from simulator.journal import Journal
from simulator.plan import inspection
from simulator.plan.cases import Script
from simulator.plan.inspection import Complaint, Finding
from simulator.timeline import Timeline, at


class Inspectors:
    """Everybody who looks at the windows from outside."""

    def __init__(
        self, city: City, gateway: Gateway, timeline: Timeline, journal: Journal, *, second: Account, late: Sequence[Script]
    ) -> None:
        self._city, self._gateway, self._timeline, self._journal = city, gateway, timeline, journal
        self._second, self._late = second, late

    async def work(self) -> None:
        """The whole day; each matter goes its own way."""
        matters: list[Any] = [self._guarded(finding.kind, self._finding(finding)) for finding in inspection.FINDINGS]
        matters += [self._guarded("complaint", self._complaint(complaint)) for complaint in inspection.COMPLAINTS]
        matters += [self._guarded("excuse", self._excuse(script)) for script in self._late]
        matters.append(self._guarded("thanks", self._thanks()))
        await asyncio.gather(*matters)

    async def _guarded(self, what: str, matter: Any) -> None:
        try:
            await matter
        except CallError as error:
            self._journal.failed(what, error)

    async def _finding(self, finding: Finding) -> None:
        await self._timeline.until(at(finding.at))
        named = {"staff_id": finding.staff_id, "window_id": finding.window_id, "minutes": finding.minutes}
        request = {"kind": finding.kind, "hall_id": finding.hall_id, "evidence": "现场督查记录"} | {k: v for k, v in named.items() if v}
        inspector = self._city.of_hall("inspector", finding.hall_id)
        recorded = await self._gateway.call("supervision", "RecordFinding", request, who=inspector)
        self._journal.count("supervision.finding.recorded")
        finding_id = recorded["finding_id"]
        self._journal.findings[finding_id] = inspection.OPEN
        if finding.verdict == inspection.OPEN:
            return
        await self._timeline.until(at(finding.decided))
        verdict = {"finding_id": finding_id, "verified": finding.verdict == inspection.TRUE, "note": "经核实"}
        await self._gateway.call("supervision", "VerifyFinding", verdict, who=self._city.of_hall("verifier", finding.hall_id))
        self._journal.findings[finding_id] = finding.verdict
        self._journal.count(f"supervision.finding.{finding.verdict}")

    async def _complaint(self, complaint: Complaint) -> None:
        await self._timeline.until(at(complaint.at))
        request = {
            "hall_id": complaint.hall_id,
            "category": complaint.category,
            "window_id": complaint.window_id,
            "staff_id": complaint.staff_id,
            "anonymous": True,
            "text": "工作人员态度生硬",
            "occurred_at": self._timeline.now(),
        }
        filed = await self._gateway.call("evaluation", "FileComplaint", request, who=self._city.of_hall("window-head", complaint.hall_id))
        self._journal.count("evaluation.complaint.filed")
        await self._timeline.until(at(complaint.decided))
        verdict = {"complaint_id": filed["complaint_id"], "true": complaint.true, "note": "查阅监控后认定"}
        # The hall director, because only a person may decide and the sample city's verifier accounts are posts.
        await self._gateway.call("evaluation", "VerifyComplaint", verdict, who=self._city.of_hall("hall-director", complaint.hall_id))
        self._journal.complaints[filed["complaint_id"]] = complaint.true
        self._journal.count("evaluation.complaint.verified")

    async def _excuse(self, script: Script) -> None:
        """The hall director, a person who had no part in the case, finds that staff are not at fault for its days over."""
        await self._timeline.until(at(script.excused_at))
        verdict = {
            "case_id": self._journal.case(script.key).case_id,
            "breach": "overdue",
            "staff_fault": False,
            "reason": "省级业务系统停机，窗口无法办理",
            "basis": "系统停机记录〔2026〕第18号",
        }
        await self._gateway.call("intake", "JudgeBreach", verdict, who=self._city.of_hall("hall-director", script.hall_id))
        self._journal.count("intake.case.breach_judged")

    async def _thanks(self) -> None:
        await self._timeline.until(at(inspection.THANKS_AT))
        fact = {
            "type": "THANKS_WRITTEN",
            "hall_id": inspection.THANKS_HALL,
            "person_id": inspection.THANKS_STAFF,
            "window_id": inspection.THANKS_WINDOW,
            "occurred_at": self._timeline.now(),
            "evidence": "群众感谢信",
        }
        recorded = await self._gateway.call("scoring", "RecordFact", fact, who=self._city.account("assessment-office"))
        await self._timeline.until(at(inspection.THANKS_VERIFIED_AT))
        verdict = {"fact_id": recorded["fact_id"], "verified": True, "note": "已核实"}
        await self._gateway.call("scoring", "VerifyFact", verdict, who=self._second)
        self._journal.facts.append(recorded["fact_id"])
