"""The role table against the protos: nothing that is asked for is held by nobody, nothing is held that nobody asks for."""

import re
from pathlib import Path

from gateway.eventlog import selection
from services.directory import roles

ROOT = Path(__file__).resolve().parents[3]
ASKED = {
    permission
    for path in (ROOT / "proto" / "hallbus" / "v1").glob("*.proto")
    for permission in re.findall(r'option \(hallbus\.v1\.rule\) = \{[^}]*permission:\s*"([^"]+)"', path.read_text(encoding="utf-8"))
}
# Asked for by no method but by what a subscriber wants to see.
ASKED |= {selection.SUBSCRIBE, selection.INTERNAL}
HELD = {permission for role in roles.load().values() for permission in role.permissions}


def test_every_permission_that_a_method_asks_for_is_held_by_a_role():
    assert set() == ASKED - HELD, "add them to services/directory/roles.yaml"


def test_no_role_holds_a_permission_that_no_method_asks_for():
    assert set() == HELD - ASKED, "take them out of services/directory/roles.yaml"


def test_the_administrator_holds_everything():
    assert set(roles.load()["system_administrator"].permissions) == HELD


def test_the_roles_of_the_field():
    assert set(roles.load()) == {
        "window_staff", "window_head", "chief_representative", "back_office_handler", "department_leader", "hall_director", "attendance_clerk",
        "inspector", "verifier", "assessment_office", "leading_group", "supervision_observer", "upper_centre", "hotline_operator", "integrator",
        "item_reviewer", "bank_clerk", "treasury_clerk", "site_reliability_engineer", "system_administrator",
    }  # fmt: skip
    for role in roles.load().values():
        assert role.name_zh
        assert role.name_en
        assert len(role.permissions) == len(set(role.permissions))


def test_duties_are_apart():
    held = {name: set(role.permissions) for name, role in roles.load().items() if name != "system_administrator"}
    assert not any({"supervision.finding.write", "supervision.finding.verify"} <= permissions for permissions in held.values())
    assert not any({"intake.charge.write", "intake.charge.collect"} <= permissions for permissions in held.values())
    assert not any({"intake.charge.collect", "intake.charge.reconcile"} <= permissions for permissions in held.values())
    assert not any({"evaluation.complaint.handle", "evaluation.complaint.verify"} <= permissions for permissions in held.values())
    assert all("intake.case.decide" not in held[name] for name in ("inspector", "verifier", "integrator", "supervision_observer"))


def held_by(role):
    return set(roles.load()[role].permissions)


def test_a_citizen_can_complain_at_the_window_he_stands_at():
    for role in ("window_staff", "chief_representative", "window_head", "hall_director", "hotline_operator"):
        assert "evaluation.complaint.write" in held_by(role)
    assert "evaluation.complaint.verify" not in held_by("window_staff")


def test_the_observer_reads_everything_and_changes_nothing():
    observer = held_by("supervision_observer")
    assert {permission for permission in HELD if permission.endswith(".read")} - observer == {"intake.applicant.read"}
    others = {permission for permission in observer if not permission.endswith(".read")}
    assert others == {"scoring.period.recompute", "intake.applicant.audit", "intake.case.export", "notifications.inbox.write"}, (
        "his own inbox is all that he changes"
    )


def test_internal_events_are_for_who_runs_the_house():
    assert {role for role in roles.load() if selection.INTERNAL in held_by(role)} == {"site_reliability_engineer", "system_administrator"}
    engineer = held_by("site_reliability_engineer")
    assert not any(permission.startswith(("intake.", "evaluation.", "scoring.fact", "directory.staff")) for permission in engineer)


def test_who_only_looks_holds_nothing_that_changes_the_record():
    looking = ("upper_centre", "leading_group", "supervision_observer", "integrator", "site_reliability_engineer")
    writing = re.compile(r"\.(write|decide|handle|verify|reply|extend|judge|approve|assign|publish|review|import|disclose|invite)$")
    for role in looking:
        assert {permission for permission in held_by(role) if writing.search(permission)} <= {"notifications.inbox.write"}, role


def test_who_decides_on_a_case_does_not_verify_what_is_said_against_it():
    for role in ("window_staff", "chief_representative", "back_office_handler", "window_head", "department_leader", "hall_director"):
        assert not {"evaluation.complaint.verify", "supervision.finding.verify", "scoring.fact.verify", "intake.breach.judge"} & held_by(
            role
        )


def test_the_powers_of_the_centre_are_its_directors_and_conduct_is_judged_by_who_does_not_report_it():
    """A department's leader leads one of the units that are asked (M-B20)."""
    others = {role for role in roles.load() if "intake.joint.decide" in held_by(role)} - {"system_administrator"}
    assert others == {"hall_director"}
    for role in ("back_office_handler", "department_leader", "window_staff"):
        assert {"intake.joint.read", "intake.joint.opine"} <= held_by(role)
    held = {name: held_by(name) for name in roles.load() if name != "system_administrator"}
    assert not any({"intake.joint_conduct.report", "intake.joint_conduct.verify"} <= permissions for permissions in held.values())
