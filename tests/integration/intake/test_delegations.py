"""Decisions need a delegation; the local copy of the delegations is the newest, whatever came last."""

import pytest

from chassis.errors import FailedPrecondition
from chassis.testing import a_received
from contracts import REGISTRY

from .conftest import delegation


def received(version, **over):
    return a_received(REGISTRY, "directory.delegation.changed", delegation(**over), version=version, subject="d11")


def decide(intake, case):
    return intake("decide_case", case_id=case["case_id"], outcome="approved", handler_id="s11", collective_no="纪要1号")


def test_a_decision_names_the_delegation_it_rests_on(intake):
    decided = decide(intake, intake.accepted())
    assert (decided["decided_by"], decided["delegation_id"], decided["collective_no"]) == ("s11", "d11", "纪要1号")


def test_without_an_active_delegation_nothing_is_decided(intake):
    case = intake.accepted()
    intake.deliver([received(2, revoked_on="2026-11-23")])
    with pytest.raises(FailedPrecondition, match="d11 revoked") as caught:
        decide(intake, case)
    assert caught.value.reason == "NO_ACTIVE_DELEGATION"
    assert caught.value.metadata["item_id"] == "i0001"
    assert intake("get_case", case_id=case["case_id"])["state"] == "accepted"


def test_duplicates_and_old_versions_of_a_delegation_change_nothing(intake):
    case = intake.accepted()
    newest = received(3, item_ids=["i0001"])
    assert len(intake.deliver([newest, received(2, revoked_on="2026-01-02"), newest])) == 2
    assert len(intake.deliver([newest])) == 0
    assert decide(intake, case)["delegation_id"] == "d11"
