"""Local copies of directory's data: duplicates, reordering, a crash, a gap."""

import pytest

from chassis.testing import a_received
from contracts import REGISTRY

from .conftest import hall, item, person


def received(type_, data, version, subject="x", event_id=None):
    return a_received(REGISTRY, type_, data, version=version, subject=subject, event_id=event_id)


def stored(intake, sql):
    with intake.db.read() as tx:
        return [tuple(row) for row in tx.execute(sql)]


def test_a_duplicate_is_taken_in_once(empty_intake):
    event = received("directory.item.published", item(), 1)
    assert len(empty_intake.deliver([event, event])) == 1
    assert len(empty_intake.deliver([event])) == 0
    assert stored(empty_intake, "SELECT count(*) FROM intake.item_versions") == [(1,)]


def test_the_newest_version_wins_whatever_comes_last(empty_intake):
    events = [
        received("directory.hall.changed", hall(name="新名"), 3),
        received("directory.hall.changed", hall(name="旧名"), 2),
        received("directory.item.published", item(status="cancelled", item_version=2), 3, subject="i"),
        received("directory.item.published", item(item_version=2), 2, subject="i"),
        received("directory.item.published", item(), 1, subject="i"),
        received("directory.staff.changed", person(status="ended", valid_to="2026-06-30"), 2, subject="s"),
        received("directory.staff.changed", person(), 1, subject="s"),
        received("directory.calendar.changed", {"revision": 2, "overrides": []}, 2, subject="calendar"),
        received("directory.calendar.changed", {"revision": 1, "overrides": []}, 1, subject="calendar"),
    ]
    empty_intake.deliver(events)
    assert stored(empty_intake, "SELECT name FROM intake.halls") == [("新名",)]
    newest = "SELECT item_version, status FROM intake.item_versions ORDER BY event_version DESC LIMIT 1"
    assert stored(empty_intake, newest) == [(2, "cancelled")]
    assert stored(empty_intake, "SELECT valid_to::text FROM intake.stationings") == [("2026-06-30",)]
    assert stored(empty_intake, "SELECT max(revision) FROM intake.calendars") == [(2,)]


def test_a_crash_before_the_commit_leaves_the_event_to_be_delivered_again(empty_intake):
    event = received("directory.item.published", item(), 1)
    broken = received("directory.item.published", item("i0002"), 1, subject="i2")
    broken.data["legal_days"] = None
    with pytest.raises(Exception, match="legal_days"):
        empty_intake.deliver([event, broken])
    assert stored(empty_intake, "SELECT count(*) FROM intake.item_versions") == [(0,)]
    assert stored(empty_intake, "SELECT count(*) FROM intake.inbox") == [(0,)]
    assert len(empty_intake.deliver([event])) == 1


def test_who_left_the_hall_takes_nothing_in_any_more(intake):
    intake.tell("directory.staff.changed", person(status="ended", valid_to="2026-11-20"), version=2)
    with pytest.raises(Exception, match="STAFF_NOT_FOUND"):
        intake.receipt()
    intake.tell("directory.staff.changed", person(valid_from="2026-12-01"), version=3)
    with pytest.raises(Exception, match="STAFF_NOT_FOUND"):
        intake.receipt()
    intake.clock.at("2026-12-01 09:00")
    assert intake.receipt()["case_no"]


def test_what_a_process_remembers_is_never_used_after_it_changed(intake):
    assert intake.receipt()["missing"] == []
    more = [*item()["materials"], {"code": "M4", "name": "新材料", "required": True}]
    intake.tell("directory.item.published", item(item_version=2, materials=more), version=2)
    assert intake.receipt()["missing"] == ["M4"]
    intake.tell("directory.hall.changed", hall(region="52.02.03"), version=2)
    with pytest.raises(Exception, match="OUT_OF_SCOPE"):
        intake.acting_as("region:52.02.01").receipt()
    assert intake("get_case", case_id=intake.receipt()["case_id"])["region"] == "52.02.03"


def test_what_is_remembered_opens_nothing_to_other_callers(intake):
    intake.receipt()
    with pytest.raises(Exception, match="OUT_OF_SCOPE"):
        intake.acting_as("hall:h0002").receipt()
