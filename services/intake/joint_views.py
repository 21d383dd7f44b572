"""Joint handlings, meetings, inspections and conduct as the dicts that the answers show."""

from __future__ import annotations

from typing import Any

from chassis.sealing import Vault
from services.intake import sealed
from services.intake.domain.joint.conduct import JointConduct
from services.intake.domain.joint.handling import JointHandling
from services.intake.domain.joint.inspections import JointInspection
from services.intake.domain.joint.meetings import JointMeeting
from services.intake.domain.joint.members import Member
from services.intake.domain.rules import Now
from services.intake.orm.joint import joint_conduct, joint_handlings, joint_inspections, joint_meetings, joint_members

Answer = dict[str, Any]
_HIDDEN = {"handling_id", "number", "region", "told"}


def handling_view(handling: JointHandling, now: Now) -> Answer:
    """The handling with its members in the order of naming."""
    left_out = ("stops", "calendar_edition", "timer_at", "limit")
    plain = {name: getattr(handling, name) for name in joint_handlings.c.keys() if name not in left_out}  # noqa: SIM118  columns, not a dict
    return {
        **plain,
        "members": [_member(member) for member in sorted(handling.members, key=lambda one: one.number)],
        "awaited_units": [member.unit_id for member in handling.awaited],
        "overdue_units": [member.unit_id for member in handling.members if member.overdue_days],
        "centre_verdict": handling.verdict,
        "limit_days": handling.limit["days"] if handling.limit else None,
        "standing_still": any(stop["until"] is None for stop in handling.stops),
        "as_of": now.today,
    }


def _member(member: Member) -> Answer:
    return {name: getattr(member, name) for name in joint_members.c.keys() if name not in _HIDDEN}  # noqa: SIM118  columns, not a dict


def meeting_view(meeting: JointMeeting) -> Answer:
    """The meeting."""
    return {name: getattr(meeting, name) for name in joint_meetings.c.keys()}  # noqa: SIM118  columns, not a dict


def inspection_view(inspection: JointInspection, vault: Vault) -> Answer:
    """The inspection with its site: who may read it has to find it."""
    plain = {name: getattr(inspection, name) for name in joint_inspections.c.keys() if name != "place_sealed"}  # noqa: SIM118  columns, not a dict
    return {**plain, "place": vault.open(inspection.place_sealed, context=sealed.inspection_place(inspection.inspection_id))}


def conduct_view(conduct: JointConduct) -> Answer:
    """The report."""
    return {name: getattr(conduct, name) for name in joint_conduct.c.keys() if name != "recorded_identity"}  # noqa: SIM118  columns, not a dict
