"""The software of the windows, and the citizens in front of them: the scripts of one window, one step after the other."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import orjson

from simulator.city import City, rating_sn, receipt_book
from simulator.device_port import DevicePort, NoAnswerError
from simulator.gateway import Account, CallError, Gateway
from simulator.journal import CaseLog, Journal
from simulator.patience import until_possible
from simulator.plan.cases import GRADES, Script, Step
from simulator.timeline import Governor

_NEWS_ON_ITS_WAY = ("SESSION_NOT_FOUND",)
_PRESS_SECONDS = 20.0
_PRESS_PAUSE = 0.2


class Windows:
    """What all windows share."""

    def __init__(
        self, city: City, gateway: Gateway, port: DevicePort, governor: Governor, journal: Journal, *, tokens: dict[str, str]
    ) -> None:
        self._city, self._gateway, self._port = city, gateway, port
        self._governor, self._timeline, self._journal, self._tokens = governor, governor.timeline, journal, tokens
        self._doings: dict[str, Callable[[Script, Step, CaseLog], Awaitable[None]]] = {
            "register": self._register,
            "notice": self._notice,
            "notice_again": self._notice,
            "supplement": self._supplement,
            "accept": self._accept,
            "review": self._stage,
            "pay": self._pay,
            "decide": self._decide,
            "deliver": self._deliver,
            "return": self._return,
            "rate_by_device": self._press,
            "rate_by_token": self._rate,
        }

    async def work(self, steps: list[tuple[Script, Step]]) -> None:
        """One window's steps in their order; a step that fails costs its own case only."""
        for script, step in steps:
            await self._timeline.until(step.at)
            case = self._journal.case(script.key)
            if step.what != "register" and not case.case_id:
                continue
            self._governor.begins(script.window_id, step.at)
            try:
                await self._doings[step.what](script, step, case)
            except (CallError, NoAnswerError) as error:
                self._journal.failed(f"{script.key} {step.what}", error)
            else:
                case.steps.append(step.what)
            self._governor.ends(script.window_id)

    def _staff(self, script: Script) -> Account:
        # The case is the A-post holder's; the hall's account works for all its windows.
        return self._city.of_hall("window-staff", script.hall_id)

    async def _intake(self, script: Script, name: str, /, **request: Any) -> dict[str, Any]:
        return await self._gateway.call("intake", name, request, who=self._staff(script))

    async def _register(self, script: Script, step: Step, case: CaseLog) -> None:
        answer = await self._intake(
            script,
            "RegisterReceipt",
            hall_id=script.hall_id,
            window_id=script.window_id,
            item_id=script.item_id,
            staff_id=script.staff_id,
            applicant={"name": "王小丽", "contact": "13800000000"},
            materials=step.materials,
        )
        case.case_id, case.case_no = answer["case_id"], answer["case_no"]
        self._journal.count("intake.case.registered")

    async def _notice(self, script: Script, step: Step, case: CaseLog) -> None:
        reason = {"reason": step.reason} if step.reason else {}
        await self._intake(script, "RequestSupplement", case_id=case.case_id, missing=step.materials, staff_id=script.staff_id, **reason)
        self._journal.count("intake.case.supplement_requested")

    async def _supplement(self, script: Script, step: Step, case: CaseLog) -> None:
        await self._intake(script, "SubmitSupplement", case_id=case.case_id, materials=step.materials)

    async def _accept(self, script: Script, _step: Step, case: CaseLog) -> None:
        await self._intake(script, "AcceptCase", case_id=case.case_id, staff_id=script.staff_id)
        self._journal.count("intake.case.accepted")

    async def _stage(self, script: Script, step: Step, case: CaseLog) -> None:
        await self._intake(script, "RecordStage", case_id=case.case_id, stage=step.what, handler_id=script.staff_id)

    async def _pay(self, script: Script, step: Step, case: CaseLog) -> None:
        """The window writes the slip, the bank's clerk takes the money and gives the receipt, the window ends the stage."""
        lines = self._city.fees(script.item_id)
        total = sum(lines.values())
        slip = await self._intake(script, "IssueCharge", case_id=case.case_id, lines=[{"code": code} for code in lines], total_fen=total)
        self._journal.count("intake.charge.issued")
        bank = self._city.account("bank-clerk")
        payment = {"amount_fen": total, "method": "bank_counter", "bank_serial": f"B-{slip['charge_no']}", "paid_at": step.at}
        await self._gateway.call("intake", "RecordPayment", {"charge_id": slip["charge_id"], **payment}, who=bank)
        self._journal.count("intake.charge.paid")
        receipt = {"charge_id": slip["charge_id"], "book_id": receipt_book(script.hall_id)}
        await self._gateway.call("intake", "IssueFeeReceipt", receipt, who=bank)
        self._journal.count("intake.charge.receipted")
        await self._stage(script, step, case)

    async def _decide(self, script: Script, _step: Step, case: CaseLog) -> None:
        chief = self._city.delegate(script.item_id)
        await self._intake(script, "DecideCase", case_id=case.case_id, outcome="approved", handler_id=chief)
        self._journal.count("intake.case.decided")

    async def _deliver(self, script: Script, _step: Step, case: CaseLog) -> None:
        await self._intake(script, "DeliverCase", case_id=case.case_id, method="window", collector="王小丽", staff_id=script.staff_id)
        self._journal.count("intake.case.delivered")

    async def _return(self, script: Script, step: Step, case: CaseLog) -> None:
        reason = {"reason_code": step.reason, "reason": "不属于本窗口受理范围"}
        await self._intake(script, "ReturnCase", case_id=case.case_id, staff_id=script.staff_id, **reason)
        self._journal.count("intake.case.returned")

    # --- citizens

    async def _press(self, script: Script, step: Step, case: CaseLog) -> None:
        """A key on the window's device; the device sends it twice, and every fourth citizen presses twice."""
        press_id = str(uuid.uuid4())
        key = GRADES.index(step.grade) + 1
        await self._send_press(script.window_id, press_id, key)
        await self._send_press(script.window_id, press_id, key)
        self._journal.presses += 1
        if self._journal.presses % 4 == 0:
            await self._send_press(script.window_id, str(uuid.uuid4()), key)
            self._journal.surplus_presses += 1
        self._rated(case, step, "device")

    async def _send_press(self, window_id: str, press_id: str, key: int) -> None:
        device = rating_sn(window_id)
        body = orjson.dumps({"press_id": press_id, "key": key, "pressed_at": self._timeline.now().isoformat()})
        headers = {"Authorization": f"Bearer {self._tokens[device]}", "Content_Type": "application/json"}
        ends = time.monotonic() + _PRESS_SECONDS
        while True:
            # The device keeps the press until it is acknowledged: a line that is down, or a house that says "not now", only delays it.
            try:
                answer = await self._port.exchange("POST", f"/v1/rating-devices/{device}/presses", body, **headers)
            except NoAnswerError:
                if time.monotonic() > ends:
                    raise
            else:
                if answer.status == 200:
                    return
                if answer.status != 503 or time.monotonic() > ends:
                    raise NoAnswerError(f"{device}: {answer.status} {answer.body.decode(errors='replace')}")
            await asyncio.sleep(_PRESS_PAUSE)

    async def _rate(self, script: Script, step: Step, case: CaseLog) -> None:
        """The citizen opens the link of the slip; the house may still be making the session of a case that was decided a moment ago."""
        invite = {"case_id": case.case_id, "request_id": str(uuid.uuid4())}
        invitation = await until_possible(
            lambda: self._gateway.call("evaluation", "OpenRating", invite, who=self._staff(script)), _NEWS_ON_ITS_WAY
        )
        rating = {"token": invitation["token"], "grade": step.grade, "text": "谢谢"}
        await self._gateway.call("evaluation", "SubmitRating", rating)
        self._rated(case, step, "token")

    def _rated(self, case: CaseLog, step: Step, channel: str) -> None:
        case.rated, case.channel = step.grade, channel
        self._journal.count("evaluation.rating.submitted")
