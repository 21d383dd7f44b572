"""Who hears of enquiries, objections and what is said against somebody."""

import pytest

from chassis.testing import deliver

from .conftest import an_event, staff_changed
from .test_dispatch import people, read_inbox, set_recipient


def tell(city, type_, **over):
    return deliver(city, [an_event(type_, **over)], entry="on_occasion")


@pytest.mark.parametrize(
    ("to", "told"),
    [
        ({"to_staff_id": "s0002", "to_window_id": "w0001"}, ["s0002"]),
        ({"to_staff_id": None, "to_window_id": "w0001"}, ["s0001", "s0002"]),
        ({"to_staff_id": None, "to_window_id": None, "to_unit_id": "u0001"}, ["s0001", "s0009"]),
        ({"to_staff_id": None, "to_window_id": None, "to_unit_id": "u0099"}, [""]),
    ],
)
def test_a_ticket_passed_on_is_told_to_whom_it_is_passed_on(city, db, to, told):
    tell(city, "intake.enquiry.routed", staff_id="s0001", window_id=None, **to)
    assert people(db, template="enquiry_routed") == told


def test_who_holds_the_ticket_hears_of_its_last_day_once_and_of_every_day_over(city, db, calls):
    for _ in range(2):
        tell(city, "intake.enquiry.due_soon", staff_id="s0002", enquiry_id="e1")
    assert people(db, template="enquiry_due_soon") == ["s0002"]
    for days in (1, 2, 2):
        tell(city, "intake.enquiry.overdue", staff_id="s0002", window_id="w0001", enquiry_id="e1", overdue_days=days)
    assert people(db, template="enquiry_overdue") == ["s0001", "s0001", "s0002", "s0002"], "the head of his window too"
    titles = [message["title"] for message in read_inbox(db, calls, "s0002")["messages"]]
    assert "咨询 H0001-20261123-Q000001 已逾期 2 个工作日" in titles


def test_an_objection_is_told_to_who_is_responsible_and_to_the_head_and_an_escalated_one_to_the_hall(city, db):
    set_recipient(db, "s0009", duties={"items": [{"duty": "hall_administrator", "hall_id": "h0001", "window_id": ""}]})
    tell(city, "intake.objection.raised", staff_id="s0002", window_id="w0001", objection_id="o1")
    assert people(db, template="objection_raised") == ["s0001", "s0002"]
    tell(city, "intake.objection.escalated", staff_id="s0002", window_id="w0001", objection_id="o1")
    assert people(db, template="objection_escalated") == ["s0009"]
    for waits_for in ("answer", "settlement", "settlement"):
        tell(city, "intake.objection.overdue", window_id="w0001", objection_id="o1", waits_for=waits_for, overdue_days=1)
    assert people(db, template="objection_overdue") == ["s0001", "s0001", "s0009", "s0009"]


def test_what_is_said_against_a_person_is_told_to_him_alone(city, db, calls):
    tell(city, "intake.first_asked_failure.recorded", staff_id="s0002", window_id="w0001", failure_id="f1")
    assert people(db, template="first_asked_failure_recorded") == ["s0002"]
    assert read_inbox(db, calls, "s0002")["messages"][0]["title"] == "首问责任问题待核实：指引错误后不管"
    tell(city, "intake.first_asked_failure.recorded", staff_id=None, window_id="w0001", failure_id="f2")
    assert people(db, template="first_asked_failure_recorded") == ["s0001", "s0002", "s0002"]


def test_a_person_who_left_is_not_told(city, db):
    deliver(city, [staff_changed(staff_id="s0002", version=9, status="ended", valid_to="2026-11-01")], entry="on_reference")
    tell(city, "intake.enquiry.routed", to_staff_id="s0002")
    assert people(db, template="enquiry_routed") == [""]
