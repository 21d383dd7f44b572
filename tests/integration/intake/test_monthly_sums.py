"""Random months of case lives: the figures of the windows, of the halls, and a count by hand over the cases are the same, and nothing is counted twice."""

import contextlib
import datetime as dt
import itertools
import random
from typing import ClassVar

import sqlalchemy as sa

from chassis.errors import HallbusError
from services.intake.domain.case import Case
from services.intake.domain.monthly.days import bounds
from services.intake.domain.monthly.figures import COLUMNS, KINDS, METHODS, RETURN_REASONS, TIME_CLASSES, nothing, total
from services.intake.domain.waivers import APPLIED
from services.intake.monthly_register import read_register
from services.intake.orm.charges import charges, waivers
from workdays import BEIJING

from .conftest import BEIJING as ZONE
from .conftest import item

SEED, STEPS = 7, 400
"""Drawn once: with them everything that is counted happens at least once."""
MONTHS = (dt.date(2026, 10, 1), dt.date(2026, 11, 1))
FEES = [{"code": "F1", "name": "登记费", "kind": "fixed", "amount_fen": 8000, "unit": "件", "basis": "文号"}]
PLACES = (
    ("h0001", "w11", "s11", ("i0001", "i0002", "i0003", "i0004")), ("h0001", "w21", "s21", ("i0003", "i0003")), ("h0002", "w12", "s12", ("i0009",)),
)  # fmt: skip


class Lives:
    """Draws commands; what the rules refuse has not happened."""

    def __init__(self, intake, seed):
        self.intake, self.draw, self.cases, self.charges = intake, random.Random(seed), [], []
        self.reasons, self.methods = itertools.cycle(RETURN_REASONS), itertools.cycle(METHODS)

    def go_on(self, steps):
        moment = dt.datetime(2026, 9, 28, 9, tzinfo=ZONE)
        for number in range(steps):
            moment += dt.timedelta(minutes=self.draw.randrange(20, 480))
            self.intake.clock.moment = moment
            if number % 12 == 0:
                self.intake.sweep()
            try:
                self.one()
            except HallbusError:
                continue

    def one(self):
        open_ones = [case for case in self.cases if case["state"] in self.commands]
        if len(open_ones) < 6 or self.draw.random() < 0.15:
            self.register()
            return
        case = self.draw.choice(open_ones)
        possible = self.commands[case["state"]]
        if case["item_id"] == "i0003" and case["state"] in ("accepted", "in_review"):
            possible = (*possible, *self.money)
        answer = self.draw.choice(possible)(self, case)
        case["state"] = (answer or case)["state"]

    def person(self, case):
        return {"s12": "s12"}.get(case["staff_id"], "s11")

    def register(self):
        hall_id, window_id, staff_id, items = self.draw.choice(PLACES)
        channel = self.draw.choice(("window", "online", "appointment", "green"))
        handed = self.draw.choice((["M1", "M2"], ["M1", "M2"], ["M1"], []))
        item_id = self.draw.choice(items)
        receipt = self.intake(
            "register_receipt", hall_id=hall_id, window_id=window_id, item_id=item_id, staff_id=staff_id, channel=channel,
            materials=[] if item_id == "i0002" else handed, applicant={"name": "张三"},
        )  # fmt: skip
        self.cases.append({"case_id": receipt["case_id"], "staff_id": staff_id, "item_id": item_id, "state": "registered"})

    def supplement(self, case):
        again = {"missing": ["M1", "M2", "M3"], "reason": "又缺"} if case["state"] == "supplement" else {}
        return self.intake(
            "request_supplement", case_id=case["case_id"], supply_by=f"{self.intake.clock.moment + dt.timedelta(days=1):%Y-%m-%d}", **again
        )

    def supplied(self, case):
        return self.intake("submit_supplement", case_id=case["case_id"], materials=["M1", "M2", "M3"])

    def accept(self, case):
        return self.intake("accept_case", case_id=case["case_id"], routing=self.draw.choice((None, None, "agency", "joint")))

    def send_back(self, case):
        reason = "not_supplied" if case["state"] == "supplement" else next(self.reasons)
        return self.intake("return_case", case_id=case["case_id"], reason_code=reason, reason="理由")

    def green(self, case):
        return self.intake(
            "reclassify_case", case_id=case["case_id"], time_class="immediate", reason="急", staff_id="s11", approver_id="s21"
        )

    def suspend(self, case):
        return self.intake("suspend_case", case_id=case["case_id"], procedure="testing", limit_days=3, reason="检测", notice_no="1",
                    staff_id=self.person(case))  # fmt: skip

    def resume(self, case):
        return self.intake("resume_case", case_id=case["case_id"], result="合格", staff_id=self.person(case))

    def extend(self, case):
        head = self.intake.acting_as("*", staff_id="s30")
        return head("extend_case", case_id=case["case_id"], days=3, requested_by="s11", reason="复杂", notice_no="2")

    def charge(self, case):
        charge = self.intake("issue_charge", case_id=case["case_id"], lines=[{"code": "F1"}], total_fen=8000, issued_by="s11")
        self.charges.append(charge)
        if self.draw.random() < 0.5:
            waiver = self.intake("request_waiver", charge_id=charge["charge_id"], percent=self.draw.choice((50, 100)), basis_document="文",
                                 reason="困难", requested_by="s11")["waivers"][0]  # fmt: skip
            named = {"charge_id": charge["charge_id"], "waiver_id": waiver["waiver_id"]}
            self.intake.acting_as("*", staff_id="s30")("decide_waiver", **named, approved=True, note="同意")
            self.charges[-1] = self.intake("apply_waiver", **named)

    def pay(self, _case):
        charge = self.draw.choice(self.charges[-5:] or [None])
        if charge is not None and self.draw.random() < 0.2:
            self.intake("cancel_charge", charge_id=charge["charge_id"], reason="误开")
        elif charge is not None:
            self.intake.acting_as("*", staff_id="bank")(
                "record_payment", charge_id=charge["charge_id"], amount_fen=charge["due_fen"], method="pos", bank_serial=charge["charge_no"],
                paid_at=self.intake.clock.moment.isoformat(),
            )  # fmt: skip

    def opinions(self, case):
        """What a joint case needs before it can be decided."""
        members = [{"unit_id": unit, "question": "是否同意"} for unit in ("u21", "u12")]
        with contextlib.suppress(HallbusError):
            handling = self.intake("convene_joint", case_id=case["case_id"], members=members, staff_id=self.person(case))
            for unit, by in (("u21", "s21"), ("u12", "s12")):
                self.intake(
                    "give_joint_opinion", handling_id=handling["handling_id"], unit_id=unit, outcome="agree", opinion="同意", staff_id=by
                )  # fmt: skip

    def decide(self, case):
        self.opinions(case)
        outcome = self.at_upper_level(case, self.draw.choice(("approved", "approved", "rejected")))
        return self.intake(
            "decide_case",
            case_id=case["case_id"],
            outcome=outcome,
            opinion="意见",
            handler_id="s12" if case["item_id"] == "i0009" else "s11",
        )

    def at_upper_level(self, case, outcome):
        """The outcome, which for an agency case is what the upper level has decided."""
        entry = self.intake("get_case", case_id=case["case_id"]).get("agency")
        if entry is None:
            return outcome
        if entry["state"] == "registered":
            named = {"matter_id": entry["matter_id"], "staff_id": self.person(case)}
            self.intake("assign_agency_agent", **named, agent_id=self.person(case), upper_department="市局")
            self.intake("submit_agency_matter", **named)
            entry = self.intake("record_upper_result", **named, result="approved" if outcome == "approved" else "refused")
        return "approved" if entry["upper_result"] == "approved" else "rejected"

    def deliver(self, case):
        method = next(self.methods)
        return self.intake("deliver_case", case_id=case["case_id"], method=method, collector="张三", place="门外", courier_no="E1")

    commands: ClassVar = {
        "registered": (supplement, supplement, accept, accept, accept, send_back, green),
        "supplement": (supplied, supplied, supplement, send_back),
        "accepted": (suspend, extend, green, decide, decide, decide),
        "in_review": (suspend, extend, decide, decide),
        "suspended": (resume,),
        "decided": (deliver,),
    }  # fmt: skip
    money = (charge, charge, charge, pay, pay, pay, pay)


class ByHand:
    """What the statistics say about a month, in Python and case by case."""

    def __init__(self, month):
        self.since, self.until = bounds(month)
        self.figures = nothing()

    def within(self, moment):
        moment = dt.datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        return moment is not None and self.since <= moment < self.until

    def add(self, number, *names):
        for name in names:
            self.figures[name] += int(number)

    def intake(self, case):
        label = case.routing if case.routing in ("joint", "agency") else case.time_class
        self.add(self.within(case.received_at), "received")
        self.add(self.within(case.accepted_at), "accepted", f"accepted_{case.time_class}", f"kind_{label}")
        self.add(self.within(case.accepted_at) and case.deemed, "deemed")
        if self.within(case.returned_at):
            self.add(1, "returned", f"returned_{case.return_reason_code}")
        issued = [notice for notice in case.notices if self.within(notice["requested_at"])]
        self.add(any(notice["round"] == 1 for notice in issued), "supplement_cases")
        self.add(len(issued), "supplement_notices")
        self.add(sum(notice["round"] > 1 for notice in issued), "repeated_notices")

    def course(self, case):
        self.add(any(self.within(entry["started_at"]) for entry in case.suspensions), "suspended")
        self.add(case.extension is not None and self.within(case.extension["granted_at"]), "extended")
        if self.within(case.delivered_at):
            self.add(1, "delivered", f"delivered_{case.delivery_method}")
        for name, edge in (("carried_in", self.since), ("carried_out", self.until)):
            taken = case.accepted_at is not None and case.accepted_at < edge
            self.add(taken and (case.decided_at is None or case.decided_at >= edge), name)

    def decision(self, case):
        self.add(1, "decided", case.decision, f"decided_{case.time_class}", "overdue" if case.overdue_days else "in_time")
        self.add(case.overdue_days, "overdue_days")
        self.add(case.routing == "joint", "joint")
        self.add(case.routing == "agency", "agency")
        self.add(case.channel == "green" or any(entry["green_channel"] for entry in case.reclassifications), "green_channel")
        if case.time_class == "promised":
            self.add(max(1, case.elapsed_days), "promised_days_used")
            self.add(self.early(case, "promised", case.promised_due), "early_promised")
            self.add(self.early(case, "legal", case.legal_due), "early_legal")

    def early(self, case, limit, due):
        stored = case.deadline[limit]
        if stored["day_kind"] == "working":
            return case.elapsed_days < stored["days"]
        return case.extension is None and case.decided_at.astimezone(BEIJING).date() < due


def by_hand(cases, paid, waived, month):
    found = ByHand(month)
    for case in cases:
        found.intake(case)
        found.course(case)
        if found.within(case.decided_at):
            found.decision(case)
    for charge in paid:
        found.add(found.within(charge.paid_at), "charges_paid")
        found.add((charge.standard_fen - charge.waived_fen) * found.within(charge.paid_at), "paid_fen")
    for waiver in waived:
        found.add(found.within(waiver.applied_at), "waivers")
        found.add(waiver.waived_fen * found.within(waiver.applied_at), "waived_fen")
    return found.figures


def test_windows_halls_and_the_cases_themselves_come_to_the_same(intake):
    intake.tell(
        "directory.item.published", item("i0003", unit_id="u11", units_involved=3, promised_days=2, fee_fen=8000, fees=FEES), subject="i3"
    )
    intake.tell("directory.item.published", item("i0004", unit_id="u11", day_kind="natural", promised_days=9), subject="i4")
    lives = Lives(intake, SEED)
    lives.go_on(STEPS)
    with intake.db.read() as tx:
        cases = tx.session.execute(sa.select(Case)).scalars().all()
        slips = tx.execute(sa.select(charges)).all()
        of = {slip.charge_id: slip for slip in slips}
        waived = [row for row in tx.execute(sa.select(waivers).where(waivers.c.state == APPLIED)) if of[row.charge_id].state != "cancelled"]
        months = []
        for month in MONTHS:
            halls = {hall_id: read_register(tx, hall_id, month) for hall_id in ("h0001", "h0002")}
            for hall_id, register in halls.items():
                there = [case for case in cases if case.hall_id == hall_id]
                for window_id in {case.window_id for case in there}:
                    own = by_hand(
                        [case for case in there if case.window_id == window_id], [slip for slip in slips if slip.window_id == window_id],
                        [row for row in waived if of[row.charge_id].window_id == window_id], month,
                    )  # fmt: skip
                    computed = register.windows.get(window_id)
                    assert (computed.figures if computed else nothing()) == own, (window_id, month)
            whole = total(computed.figures for register in halls.values() for computed in register.windows.values())
            assert whole == by_hand(cases, slips, waived, month)
            adds_up(whole)
            months.append(whole)
    # Everything that can happen did happen, or the sums would say little.
    assert [column for column in COLUMNS if not months[0][column] + months[1][column]] == []
    assert months[0]["carried_out"] == months[1]["carried_in"]
    once = {"received": lambda c: True, "accepted": lambda c: c.accepted_at, "decided": lambda c: c.decided_at, "delivered": lambda c: c.delivered_at,
            "supplement_cases": lambda c: c.notices}  # fmt: skip
    for column, has in once.items():
        others = by_hand(cases, (), (), dt.date(2026, 9, 1))[column] + by_hand(cases, (), (), dt.date(2026, 12, 1))[column]
        assert sum(month[column] for month in months) + others == sum(bool(has(case)) for case in cases), column


def adds_up(figures):
    """Every split is complete, and what came in went out or is still there."""

    def parts(prefix, names):
        return sum(figures[f"{prefix}_{name}"] for name in names)

    assert figures["accepted"] == parts("accepted", TIME_CLASSES) == parts("kind", KINDS)
    assert figures["returned"] == parts("returned", RETURN_REASONS)
    assert (
        figures["decided"]
        == figures["approved"] + figures["rejected"]
        == figures["in_time"] + figures["overdue"]
        == parts("decided", TIME_CLASSES)
    )
    assert figures["delivered"] == parts("delivered", METHODS)
    assert figures["carried_in"] + figures["accepted"] == figures["decided"] + figures["carried_out"]
