"""What time, a new calendar and a release bring to the agency register and to hand-overs. Any number of processes may run it."""

from __future__ import annotations

import sqlalchemy as sa

from chassis.database import Db, Transaction
from services.intake import reference
from services.intake.domain import agency_states, agency_watch
from services.intake.domain import handovers as h
from services.intake.domain.agency_matter import AgencyMatter
from services.intake.domain.case import Case
from services.intake.domain.handovers import HandOver
from services.intake.domain.projection import COUNTED
from services.intake.domain.rules import Now, Rules
from services.intake.orm import cases
from services.intake.orm.agency import agency_matters, handovers
from services.intake.usecases import agency
from services.intake.usecases.reprojection import Projected, reproject
from services.intake.usecases.timers import Timed, run

_MATTERS = Projected(
    AgencyMatter, agency_matters, agency_matters.c.matter_id, agency_states.WATCHED,
    lambda _tx, matter, now: agency_watch.catch_up(matter, now),
)  # fmt: skip
_HANDOVERS = Projected(HandOver, handovers, handovers.c.handover_id, h.OPEN, lambda _tx, handover, now: handover.catch_up(now))
# Spelled out as the partial index spells it, or the planner would not see that it fits.
_OPEN_AGENCY = sa.and_(
    cases.c.routing == sa.literal_column("'agency'"), cases.c.state.in_([sa.literal_column(f"'{state}'") for state in COUNTED])
)


def run_agency_timers(db: Db, rules: Rules, *, limit: int) -> int:
    """Serve up to `limit` entries of the agency register whose day has come; how many were served."""

    def serve(tx: Transaction, matter: AgencyMatter) -> None:
        agency_watch.run_timer(matter, Now(tx.now, reference.book(tx), rules))

    return run(db, Timed(AgencyMatter, agency_matters, agency_matters.c.matter_id, serve), limit)


def run_handover_timers(db: Db, rules: Rules, *, limit: int) -> int:
    """The same for hand-overs."""

    def serve(tx: Transaction, handover: HandOver) -> None:
        handover.run_timer(Now(tx.now, reference.book(tx), rules))

    return run(db, Timed(HandOver, handovers, handovers.c.handover_id, serve), limit)


def reproject_registers(db: Db, rules: Rules, *, limit: int) -> int:
    """Calculate open entries and hand-overs anew under a calendar that changed; how many were, `limit` while there may be more."""
    done = reproject(db, rules, _MATTERS, limit=limit)
    return done + (reproject(db, rules, _HANDOVERS, limit=limit - done) if done < limit else 0)


def adopt_agency_cases(db: Db, rules: Rules, *, limit: int) -> int:
    """Enter open agency cases that were accepted before the register existed; how many were. Their limit counts from today: nobody could meet another."""
    done = 0
    while done < limit:
        with db.transaction() as tx:
            known = sa.select(agency_matters.c.matter_id).where(agency_matters.c.case_id == cases.c.case_id).exists()
            missing = sa.select(Case).where(_OPEN_AGENCY, ~known).order_by(cases.c.case_id).limit(1)
            case = tx.session.execute(missing.with_for_update(skip_locked=True)).scalar_one_or_none()
            if case is None:
                return done
            agency.open_entry(tx, case, Now(tx.now, reference.book(tx), rules))
        done += 1
    return done
