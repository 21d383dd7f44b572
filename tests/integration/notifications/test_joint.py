"""Joint handling: the unit that is asked is told, not the lead; everybody who is called hears of a meeting, also when it moves."""

from chassis.testing import deliver

from .conftest import an_event, staff_changed
from .test_dispatch import deliveries, people, read_inbox

MEMBER = {"case_id": "c1", "unit_id": "u0002", "unit_hall_id": "h0002", "handler_id": None}


def a_member_unit(city):
    """u0002 sits in another hall of the region: two A posts, one B post and somebody who has left; far away it has people too."""
    people_ = [
        staff_changed(staff_id="s0021", unit_id="u0002", hall_id="h0002", window_id=None, region="52.02.01"),
        staff_changed(staff_id="s0022", unit_id="u0002", hall_id="h0002", window_id=None, region="52.02.01"),
        staff_changed(staff_id="s0023", unit_id="u0002", hall_id="h0002", window_id=None, region="52.02.01", post="B"),
        staff_changed(staff_id="s0024", unit_id="u0002", hall_id="h0002", window_id=None, region="52.02.01", status="ended"),
        staff_changed(staff_id="s0025", unit_id="u0002", hall_id="h0009", window_id=None, region="52.03"),
    ]
    deliver(city, people_, entry="on_reference")


def test_the_unit_that_is_asked_is_told_where_it_sits(city, db, calls):
    a_member_unit(city)
    first = an_event("intake.joint.opinion_requested", **MEMBER)
    assert deliver(city, [first], entry="on_occasion") == {first.id}
    assert deliver(city, [first], entry="on_occasion") == set()
    assert people(db) == ["s0021", "s0022"]
    (message,) = read_inbox(db, calls, "s0021")["messages"]
    assert "请贵单位在 5 个工作日内（2026-11-30 前）提出意见" in message["text"]


def test_a_person_who_was_asked_is_told_and_for_one_who_has_left_the_unit_is(city, db):
    a_member_unit(city)
    deliver(city, [an_event("intake.joint.opinion_requested", **MEMBER | {"handler_id": "s0023"})], entry="on_occasion")
    assert people(db) == ["s0023"]
    gone = an_event("intake.joint.member_overdue", **MEMBER | {"handler_id": "s0024"})
    deliver(city, [gone], entry="on_occasion")
    assert people(db) == ["s0021", "s0022", "s0023"]


def test_each_day_over_is_told_once(city, db):
    a_member_unit(city)
    days = [an_event("intake.joint.member_overdue", **MEMBER | {"overdue_days": n, "as_of": f"2026-12-0{n}"}) for n in (1, 2, 2)]
    deliver(city, days, entry="on_occasion")
    assert people(db) == ["s0021", "s0021", "s0022", "s0022"]


def test_everybody_who_is_called_hears_of_a_meeting_its_move_and_its_end(city, db, calls):
    a_member_unit(city)
    called = {"unit_ids": ["u0001", "u0002"]}
    for verb, subject in (("scheduled", "召开"), ("moved", "改为"), ("cancelled", "取消")):
        deliver(city, [an_event(f"intake.joint_meeting.{verb}", **called)], entry="on_occasion")
        latest = read_inbox(db, calls, "s0021")["messages"][0]
        assert subject in latest["title"]
    assert "2026-11-26 14:30" in latest["title"]
    told = {d["recipient_id"] for d in deliveries(db)}
    assert {"s0001", "s0021", "s0022"} <= told
    assert not {"s0023", "s0024", "s0025"} & told


def test_who_goes_to_the_site_is_told_the_day_and_not_the_place(city, db, calls):
    a_member_unit(city)
    for verb in ("planned", "moved", "cancelled"):
        deliver(city, [an_event(f"intake.joint_inspection.{verb}", unit_ids=["u0002"])], entry="on_occasion")
    messages = read_inbox(db, calls, "s0022")["messages"]
    assert [("2026-11-27" in message["title"]) for message in messages] == [True, True, True]
