"""What time alone brings to monthly reports: they open, and lateness is told. Any number of processes may run it."""

from __future__ import annotations

from functools import partial

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

import workdays
from chassis.database import Db, Transaction
from services.intake import reference
from services.intake.domain.clocks import morning
from services.intake.domain.counting import DAY
from services.intake.domain.monthly import days
from services.intake.domain.monthly.days import MonthlyRules
from services.intake.domain.monthly.figures import Computed, nothing
from services.intake.domain.monthly.hall_report import OPEN as HALL_OPEN
from services.intake.domain.monthly.hall_report import WAITING, HallReport
from services.intake.domain.monthly.window_report import WindowReport
from services.intake.domain.rules import Now
from services.intake.monthly_register import Register, read_register
from services.intake.orm import halls
from services.intake.orm.monthly import hall_reports, window_reports
from services.intake.usecases import timers


def run_hall_timers(db: Db, rules: MonthlyRules, *, limit: int) -> int:
    """Open up to `limit` months of halls that are over, the earliest first, and tell halls that are late; how many were served."""
    _expect(db, rules)
    return timers.run(db, timers.Timed(HallReport, hall_reports, hall_reports.c.report_id, partial(_serve, rules=rules)), limit)


def run_window_timers(db: Db, rules: MonthlyRules, *, limit: int) -> int:
    """Tell windows that are late."""
    timed = timers.Timed(WindowReport, window_reports, window_reports.c.report_id, partial(_remind, rules=rules))
    return timers.run(db, timed, limit)


def _remind(tx: Transaction, report: WindowReport, rules: MonthlyRules) -> None:
    table = hall_reports.c
    state = tx.execute(sa.select(table.state).where(table.hall_id == report.hall_id, table.month == report.month)).scalar()
    if state == HALL_OPEN:
        report.run_timer(_now(tx), rules)
    else:
        # Nobody is asked for what could not be handed in any more; whoever takes the hall's report back wakes the timer.
        report.timer_at = None


def _expect(db: Db, rules: MonthlyRules) -> None:
    """Every hall waits for the end of a month, from the month on in which it is first seen here; each opened month brings the next one with it."""
    table = hall_reports.c
    with db.transaction() as tx:
        without = sa.select(halls.c.hall_id, halls.c.region).where(~sa.exists().where(table.hall_id == halls.c.hall_id))
        month = days.month_of(workdays.beijing_date(tx.now))
        for row in tx.execute(without.order_by(halls.c.hall_id)).all():
            waiting = HallReport(tx.new_id(), row.region, row.hall_id, month, days.first_look(month, rules))
            values = {name: value for name, value in vars(waiting).items() if name in table}
            # Another process may have been here first.
            tx.execute(insert(hall_reports).values(values).on_conflict_do_nothing())


def _serve(tx: Transaction, hall: HallReport, rules: MonthlyRules) -> None:
    now = _now(tx)
    if hall.state != WAITING:
        hall.run_timer(now, rules)
    elif now.today < days.opens_on(hall.month, now, rules):
        hall.timer_at = morning(now.today + DAY)  # not for days ahead: a notice may change them
    else:
        _open(tx, hall, now, rules)


def _open(tx: Transaction, hall: HallReport, now: Now, rules: MonthlyRules) -> None:
    """Open a month of a hall and all its windows at once, and wait for the next month; that is one fact, whole or not at all."""
    place = tx.execute(sa.select(halls).where(halls.c.hall_id == hall.hall_id)).one()
    register = read_register(tx, hall.hall_id, hall.month)
    following = days.month_after(hall.month)
    if place.status != "active" and not register.windows:
        # A closed hall in which nothing happened has nothing to report; it may open again.
        hall.month, hall.timer_at = following, days.first_look(following, rules)
        return
    signed_until = days.sign_until(now, rules)
    for window_id, computed in _windows(place.windows if place.status == "active" else {}, register, now).items():
        report = WindowReport(
            report_id=tx.new_id(), region=place.region, hall_id=hall.hall_id, window_id=window_id, unit_id=computed.unit_id, month=hall.month,
            due=signed_until, figures=computed.figures, computed_at=computed.at, log_epoch=computed.log_epoch, log_seq=computed.log_seq,
            opened_at=now.at,
        )  # fmt: skip
        tx.add(report)
        report.open(now, rules)
    hall.region = place.region
    hall.open(days.compile_until(hall.month, signed_until, now, rules), now, rules)
    tx.add(HallReport(tx.new_id(), place.region, hall.hall_id, following, days.first_look(following, rules)))


def _windows(known: dict[str, dict[str, str]], register: Register, now: Now) -> dict[str, Computed]:
    """Every window of the hall, and every other one whose cases lived in the month: a window that was closed meanwhile still has to account for them."""
    empty = {window_id: Computed(nothing(), window["unit_id"], now.at, *register.log) for window_id, window in known.items()}
    return dict(sorted((empty | register.windows).items()))


def _now(tx: Transaction) -> Now:
    return Now(tx.now, reference.book(tx))
