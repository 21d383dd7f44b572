"""The role table against the protos: nothing that is asked for is held by nobody, nothing is held that nobody asks for."""

import re
from pathlib import Path

from services.directory import roles

ROOT = Path(__file__).resolve().parents[3]
ASKED = {
    permission
    for path in (ROOT / "proto" / "hallbus" / "v1").glob("*.proto")
    for permission in re.findall(r'option \(hallbus\.v1\.rule\) = \{[^}]*permission:\s*"([^"]+)"', path.read_text(encoding="utf-8"))
}
HELD = {permission for role in roles.load().values() for permission in role.permissions}


def test_every_permission_that_a_method_asks_for_is_held_by_a_role():
    assert set() == ASKED - HELD, "add them to services/directory/roles.yaml"


def test_no_role_holds_a_permission_that_no_method_asks_for():
    assert set() == HELD - ASKED, "take them out of services/directory/roles.yaml"


def test_the_administrator_holds_everything():
    assert set(roles.load()["system_administrator"].permissions) == HELD


def test_the_roles_of_the_house():
    assert set(roles.load()) == {
        "window_staff", "window_head", "hall_director", "attendance_clerk", "inspector", "verifier", "assessment_office", "supervision_observer",
        "integrator", "system_administrator", "item_reviewer",
    }  # fmt: skip
    for role in roles.load().values():
        assert role.name_zh
        assert role.name_en
        assert len(role.permissions) == len(set(role.permissions))


def test_duties_are_apart():
    held = {name: set(role.permissions) for name, role in roles.load().items() if name != "system_administrator"}
    assert not any({"supervision.finding.write", "supervision.finding.verify"} <= permissions for permissions in held.values())
    assert not any({"evaluation.complaint.handle", "evaluation.complaint.verify"} <= permissions for permissions in held.values())
    assert all("intake.case.decide" not in held[name] for name in ("inspector", "verifier", "integrator", "supervision_observer"))
