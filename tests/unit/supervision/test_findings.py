"""The finding's rules: what it must name, who may decide, and which way it can go."""

from datetime import UTC, datetime, timedelta

import pytest

from services.supervision.domain.findings import Finding, FindingError, FindingRecorded, FindingRejected, FindingVerified, State
from services.supervision.domain.kinds import KINDS

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def a_finding(**over):
    values = {
        "finding_id": "f1", "kind": "GAME", "region": "52.02", "hall_id": "h0001", "unit_id": "u0001", "window_id": "w0001", "staff_id": "s0001",
        "minutes": None, "found_at": NOW - timedelta(minutes=5), "inspector_id": "s0091", "recorded_by": "s0091", "evidence": "照片 1",
    }  # fmt: skip
    return Finding.record(at=NOW, **(values | over))


def refused(call):
    with pytest.raises(FindingError) as caught:
        call()
    return caught.value.reason


def test_a_recorded_finding_says_so_once():
    finding = a_finding()
    assert (finding.state, finding.version, finding.pending_events) == (State.FOUND, 1, [FindingRecorded()])


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"kind": "YAWNING"}, "KIND_UNKNOWN"),
        ({"staff_id": None}, "STAFF_MISSING"),
        ({"kind": "WINDOW_EMPTY", "window_id": None}, "WINDOW_MISSING"),
        ({"kind": "OFF_POST"}, "MINUTES_MISSING"),
        ({"minutes": 5}, "MINUTES_NOT_WANTED"),
        ({"found_at": NOW + timedelta(seconds=1)}, "FOUND_IN_FUTURE"),
    ],
)
def test_a_finding_that_does_not_name_what_it_must_is_refused(over, reason):
    assert refused(lambda: a_finding(**over)) == reason


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_recorded(kind):
    assert a_finding(kind=kind, minutes=40 if KINDS[kind].with_minutes else None).kind == kind


def test_it_goes_from_found_over_notified_and_explained_to_verified():
    finding = a_finding()
    finding.notify(to="s0002", at=NOW)
    finding.explain("在处理系统故障", by="s0001", recorded_by="s0001", at=NOW)
    finding.decide(true=True, by="s0092", recorded_by="s0092", note="", at=NOW)
    assert (finding.state, finding.version) == (State.VERIFIED, 2)
    assert finding.pending_events == [FindingRecorded(), FindingVerified()]


@pytest.mark.parametrize("who", ["s0091", "s0001", "s0002"])
def test_who_found_caused_or_explained_it_cannot_decide(who):
    finding = a_finding()
    finding.explain("解释", by="s0002", recorded_by="s0002", at=NOW)
    assert refused(lambda: finding.decide(true=True, by=who, recorded_by=who, note="", at=NOW)) == "SAME_PERSON"
    assert finding.state == State.EXPLAINED


def test_the_inspector_cannot_explain_for_the_window():
    assert refused(lambda: a_finding().explain("…", by="s0091", recorded_by="s0091", at=NOW)) == "SAME_PERSON"


def test_a_verified_finding_can_be_rejected_later_and_a_rejected_one_is_final():
    finding = a_finding()
    finding.decide(true=True, by="s0092", recorded_by="s0092", note="", at=NOW)
    assert refused(lambda: finding.decide(true=True, by="s0093", recorded_by="s0093", note="", at=NOW)) == "FINDING_STATE"
    finding.decide(true=False, by="s0093", recorded_by="s0093", note="经复核", at=NOW)
    assert (finding.state, finding.version, finding.pending_events[-1]) == (State.REJECTED, 3, FindingRejected())
    for true in (True, False):
        assert refused(lambda true=true: finding.decide(true=true, by="s0092", recorded_by="s0092", note="", at=NOW)) == "FINDING_STATE"


@pytest.mark.parametrize("true", [True, False])
def test_a_decided_finding_takes_no_notice_and_no_reply(true):
    finding = a_finding()
    finding.decide(true=true, by="s0092", recorded_by="s0092", note="", at=NOW)
    assert refused(lambda: finding.notify(to="s0002", at=NOW)) == "FINDING_STATE"
    assert refused(lambda: finding.explain("…", by="s0002", recorded_by="s0002", at=NOW)) == "FINDING_STATE"


def test_a_program_that_speaks_for_many_is_no_second_person_of_its_own():
    finding = a_finding(recorded_by="key-1")
    assert refused(lambda: finding.explain("…", by="s0002", recorded_by="key-1", at=NOW)) == "SAME_PERSON"
    finding.explain("…", by="s0002", recorded_by="key-2", at=NOW)
    for key in ("key-1", "key-2"):
        assert refused(lambda key=key: finding.decide(true=True, by="s0092", recorded_by=key, note="", at=NOW)) == "SAME_PERSON"
    finding.decide(true=True, by="s0092", recorded_by="key-3", note="", at=NOW)
    assert (finding.decided_by, finding.decision_recorded_by) == ("s0092", "key-3")
