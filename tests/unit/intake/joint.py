"""Joint handlings as the unit tests need them: no database, no clock."""

from services.intake.domain.joint.handling import JointHandling
from services.intake.domain.joint.members import Asked
from tests.unit.intake.cases import on


def a_handling(day="2026-11-23", needed=3, **over) -> JointHandling:
    given = {
        "handling_id": "j1", "case_id": "c1", "case_no": "n1", "item_id": "i1", "region": "52.02", "hall_id": "h1", "lead_unit_id": "u1",
        "lead_window_id": "w1", "needed": needed, "cause": "accepted", "opened_at": on(day).at, "calendar_edition": on(day).book.edition,
    }  # fmt: skip
    return JointHandling(**{**given, **over}).open(on(day).at)


def asked(unit="u2", days=3, **over) -> Asked:
    return Asked(unit, "52.02", "h1", "是否同意", days, "s1", **over)


def convened(day="2026-11-23", days=(3, 5), after_meeting=False) -> JointHandling:
    """u2 and u3 are asked on that day."""
    handling = a_handling(day)
    handling.convene([asked("u2", days[0]), asked("u3", days[1])], after_meeting=after_meeting, now=on(day))
    return handling
