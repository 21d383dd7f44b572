"""The charge (收费): what a case costs by the standards of its item version, from the bank slip to the treasury's statement.

issued (缴款单) → paid → receipted (票据) → reconciled; cancelled before it is paid, or waived in full. Amounts are fen and follow from the standards
alone (M-D1): nobody types an amount, what the window asked for is only compared with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from services.intake.domain.errors import Invalid, Refused
from services.intake.domain.waivers import APPLIED, APPROVED, REQUESTED, Waiver

ISSUED, PAID, RECEIPTED, RECONCILED = "issued", "paid", "receipted", "reconciled"
WAIVED, CANCELLED = "waived", "cancelled"
STATES = (ISSUED, PAID, RECEIPTED, RECONCILED, WAIVED, CANCELLED)
SETTLED = (PAID, RECEIPTED, RECONCILED, WAIVED)
METHODS = ("bank_counter", "pos", "transfer", "online", "cash")
"""How money may come in; `cash` exists to be refused and remembered (M-D4). Cash paid at the bank's own counter is `bank_counter`."""
LARGEST_QUANTITY = 100_000


@dataclass(frozen=True)
class Standard:
    """One fee standard of an item version: `amount_fen` for the case (fixed) or for each `unit` (per_unit)."""

    code: str
    name: str
    kind: str
    amount_fen: int
    unit: str
    basis: str


@dataclass(frozen=True)
class Asked:
    """What the window wants to charge under one standard."""

    code: str
    quantity: int


@dataclass(frozen=True)
class Line:
    """One line of a slip: the standard as it was, how often, and what it comes to."""

    code: str
    name: str
    kind: str
    unit: str
    basis: str
    amount_fen: int
    quantity: int
    total_fen: int


class NotByStandard(Refused):
    """A charge that the standards do not allow; `kind` is what the attempt would have been: wrong_standard or tie_in."""

    def __init__(self, reason: str, message: str, *, kind: str, asked_fen: int, standard_fen: int) -> None:
        super().__init__(reason, message, asked_fen=str(asked_fen), standard_fen=str(standard_fen))
        self.kind, self.asked_fen, self.standard_fen = kind, asked_fen, standard_fen


def by_standard(standards: Sequence[Standard], asked: Sequence[Asked], total_fen: int) -> tuple[Line, ...]:
    """The lines of a slip. Raises NotByStandard CHARGE_NOT_IN_STANDARD, CHARGE_DIFFERS; Invalid CHARGE_TWICE."""
    known = {standard.code: standard for standard in standards}
    codes = [one.code for one in asked]
    if len(set(codes)) < len(codes):
        raise Invalid("CHARGE_TWICE", "lines: one line for each standard", field="lines")
    lines = tuple(_line(known[one.code], one.quantity) for one in asked if one.code in known)
    due = sum(line.total_fen for line in lines)
    foreign = [code for code in codes if code not in known]
    if foreign:
        text = f"the item has no standard {', '.join(foreign)}"
        raise NotByStandard("CHARGE_NOT_IN_STANDARD", text, kind="tie_in", asked_fen=total_fen, standard_fen=due)
    wrong = [line.code for line in lines if line.kind == "fixed" and line.quantity != 1]
    if wrong or due != total_fen:
        text = f"{', '.join(wrong)}: charged once for a case" if wrong else f"the standards come to {due} fen"
        raise NotByStandard("CHARGE_DIFFERS", text, kind="wrong_standard", asked_fen=total_fen, standard_fen=due)
    return lines


def _line(standard: Standard, quantity: int) -> Line:
    return Line(**asdict(standard), quantity=quantity, total_fen=standard.amount_fen * quantity)


@dataclass(frozen=True)
class Stand:
    """How one charge of a case stands, for `check_settled`."""

    state: str
    codes: frozenset[str]


def check_settled(*, has_fee: bool, charges: Iterable[Stand], refusing: bool = False) -> None:
    """The gate before the stage `pay` and the decision: every slip paid or waived, and at least one for an item with a fee.

    A case that is refused need not pay, but must leave no open slip behind. Raises Refused FEE_PENDING.
    """
    standing = [charge for charge in charges if charge.state != CANCELLED]
    if any(charge.state == ISSUED for charge in standing):
        raise Refused("FEE_PENDING", "a bank slip of this case is not paid, waived or cancelled yet")
    if has_fee and not standing and not refusing:
        raise Refused("FEE_PENDING", "the item has a fee and nothing has been charged yet")


def check_not_charged(asked: Iterable[Asked], charges: Iterable[Stand]) -> None:
    """Every standard is charged once to a case. Raises Refused FEE_ALREADY_CHARGED."""
    charged = {code for charge in charges if charge.state != CANCELLED for code in charge.codes}
    twice = sorted(charged & {one.code for one in asked})
    if twice:
        raise Refused("FEE_ALREADY_CHARGED", f"a slip for {', '.join(twice)} stands already", codes=",".join(twice))


@dataclass(frozen=True)
class Happening:
    """`version` counts what happened to one charge without gaps."""

    version: int
    at: dt.datetime


@dataclass(frozen=True)
class Issued(Happening):
    """The bank slip was issued."""


@dataclass(frozen=True)
class Paid(Happening):
    """The bank has the money."""


@dataclass(frozen=True)
class Receipted(Happening):
    """The receipt was issued."""

    receipt_no: str


@dataclass(frozen=True)
class ReceiptVoided(Happening):
    """A receipt was spoilt; its number stays used."""

    receipt_no: str


@dataclass(frozen=True)
class Reduced(Happening):
    """An approved waiver or reduction was applied."""

    waived_fen: int
    approved_by: str


@dataclass(frozen=True)
class Cancelled(Happening):
    """The slip was withdrawn before anybody paid."""


@dataclass(frozen=True)
class Payment:
    """What the bank saw: `bank_serial` is its own number of the transaction (银行流水号)."""

    amount_fen: int
    method: str
    bank_serial: str
    paid_at: dt.datetime


@dataclass
class Charge:
    """One bank slip of one case. `due_fen` is what the standards come to, less what was waived.

    `issued_by` is the clerk, `issued_identity` who answered for it: the same, unless a program spoke for the clerk.
    """

    charge_id: str
    charge_no: str
    case_id: str
    case_no: str
    region: str
    hall_id: str
    unit_id: str
    window_id: str
    item_id: str
    item_version: int
    lines: list[dict[str, Any]]
    standard_fen: int
    issued_by: str
    issued_identity: str
    issued_at: dt.datetime
    day: dt.date
    state: str = ISSUED
    waived_fen: int = 0
    method: str | None = None
    bank_serial: str | None = None
    paid_at: dt.datetime | None = None
    payment_recorded_by: str | None = None
    receipt_no: str | None = None
    reconciled_at: dt.datetime | None = None
    statement_id: str | None = None
    cancel_reason: str | None = None
    waivers: list[Waiver] = field(default_factory=list)
    version: int = 0
    pending_events: list[Any] = field(default_factory=list)

    @property
    def due_fen(self) -> int:
        """What has to be paid."""
        return self.standard_fen - self.waived_fen

    def issue(self, at: dt.datetime) -> Charge:
        """Say that the slip was issued."""
        self._happened(Issued, at)
        return self

    def pay(self, payment: Payment, *, by: str, at: dt.datetime) -> None:
        """The bank records the payment; who wrote the slip never does.

        Raises Refused CASH_REFUSED, SAME_PERSON, CHARGE_NOT_OPEN, WAIVER_UNDECIDED, PAYMENT_DIFFERS; Invalid PAID_IN_FUTURE.
        """
        if payment.method == "cash":
            raise Refused("CASH_REFUSED", "staff do not handle cash: the applicant pays at the bank", charge_id=self.charge_id)
        if by in (self.issued_by, self.issued_identity):
            raise Refused("SAME_PERSON", "who issued the slip cannot record its payment", charge_id=self.charge_id)
        self._require(ISSUED)
        if any(waiver.state in (REQUESTED, APPROVED) for waiver in self.waivers):
            raise Refused("WAIVER_UNDECIDED", "a waiver of this charge is not decided or applied yet", charge_id=self.charge_id)
        if payment.amount_fen != self.due_fen:
            raise Refused("PAYMENT_DIFFERS", f"{self.due_fen} fen are due", due_fen=str(self.due_fen), amount_fen=str(payment.amount_fen))
        if payment.paid_at > at:
            raise Invalid("PAID_IN_FUTURE", "paid_at: lies in the future", field="paid_at")
        self.state, self.method, self.bank_serial = PAID, payment.method, payment.bank_serial
        self.paid_at, self.payment_recorded_by = payment.paid_at, by
        self._happened(Paid, at)

    def receipt(self, receipt_no: str, at: dt.datetime) -> None:
        """Issue the receipt. Raises Refused CHARGE_NOT_PAID, RECEIPT_ISSUED."""
        if self.receipt_no is not None:
            raise Refused("RECEIPT_ISSUED", f"receipt {self.receipt_no} stands", receipt_no=self.receipt_no)
        if self.state not in (PAID, RECONCILED):
            raise Refused("CHARGE_NOT_PAID", f"the charge is {self.state}", charge_id=self.charge_id, state=self.state)
        if self.state == PAID:
            self.state = RECEIPTED
        self.receipt_no = receipt_no
        self._happened(Receipted, at, receipt_no=receipt_no)

    def void_receipt(self, at: dt.datetime) -> str:
        """Take a spoilt receipt back; its number stays used. Raises Refused NO_RECEIPT."""
        if self.receipt_no is None:
            raise Refused("NO_RECEIPT", "no receipt stands", charge_id=self.charge_id)
        number, self.receipt_no = self.receipt_no, None
        if self.state == RECEIPTED:
            self.state = PAID
        self._happened(ReceiptVoided, at, receipt_no=number)
        return number

    def cancel(self, *, reason: str, at: dt.datetime) -> None:
        """Withdraw the slip. Raises Refused CHARGE_NOT_OPEN."""
        self._require(ISSUED)
        self.state, self.cancel_reason = CANCELLED, reason
        self._happened(Cancelled, at)

    def request_waiver(self, waiver: Waiver) -> None:
        """Ask for a waiver or reduction. Raises Refused CHARGE_NOT_OPEN, WAIVER_RUNNING; Invalid WAIVER_TOO_LARGE."""
        self._require(ISSUED)
        if any(one.state in (REQUESTED, APPROVED) for one in self.waivers):
            raise Refused("WAIVER_RUNNING", "another waiver of this charge waits", charge_id=self.charge_id)
        waiver.fix(self.due_fen)
        self.waivers.append(waiver)

    def apply_waiver(self, waiver_id: str, *, by: str, at: dt.datetime) -> None:
        """Take the approved amount off the slip. Raises Refused CHARGE_NOT_OPEN, WAIVER_NOT_FOUND, WAIVER_NOT_APPROVED."""
        self._require(ISSUED)
        waiver = self.waiver(waiver_id)
        if waiver.state != APPROVED:
            raise Refused("WAIVER_NOT_APPROVED", f"the waiver is {waiver.state}", waiver_id=waiver_id)
        waiver.state, waiver.applied_at, waiver.applied_by = APPLIED, at, by
        self.waived_fen += waiver.waived_fen
        if self.due_fen == 0:
            self.state = WAIVED
        self._happened(Reduced, at, waived_fen=waiver.waived_fen, approved_by=waiver.decided_by or "")

    def waiver(self, waiver_id: str) -> Waiver:
        """One of its waivers. Raises Refused WAIVER_NOT_FOUND."""
        found = next((one for one in self.waivers if one.waiver_id == waiver_id), None)
        if found is None:
            raise Refused("WAIVER_NOT_FOUND", f"no waiver {waiver_id} of this charge", waiver_id=waiver_id)
        return found

    def _require(self, state: str) -> None:
        if self.state != state:
            raise Refused("CHARGE_NOT_OPEN", f"the charge is {self.state}", charge_id=self.charge_id, state=self.state)

    def _happened(self, what: type, at: dt.datetime, **values: Any) -> None:
        self.version += 1
        self.pending_events.append(what(version=self.version, at=at, **values))
