"""From an event to the inboxes: who, once, in which words, and who may see it."""

import pytest
import sqlalchemy as sa

from chassis.caller import Caller
from chassis.errors import InvalidArgument, NotFound, PermissionDenied
from chassis.paging import Page
from chassis.testing import deliver, outbox_events
from services.notifications import catalog, orm, queries
from services.notifications.usecases import inbox, recipients, templates

from .conftest import an_event, due_soon, staff_changed

ALL = {"created_from": None, "created_to": None}
NOTHING_SAID = {"email": None, "locale": None, "smtp": None}


def deliveries(db, **filters):
    return queries.list_deliveries(db, page=Page(50, None), **ALL, **filters)["deliveries"]


def people(db, **filters):
    return sorted(d["recipient_id"] for d in deliveries(db, **filters))


def of(staff_id):
    return Caller(f"a-{staff_id}", staff_id, ("hall:h0001",))


def read_inbox(db, calls, staff_id, **over):
    with calls(of(staff_id)):
        return queries.list_inbox(db, **{"page": Page(50, None), "unread": False} | over)


def set_recipient(db, recipient_id, duties=None, **wishes):
    return recipients.set_recipient(db, recipient_id=recipient_id, duties=duties, **NOTHING_SAID | wishes)


def test_the_first_responsible_person_and_the_head_are_told_once(city, db, calls):
    deliver(city, [due_soon(staff_id="s0002")], entry="on_occasion")
    assert people(db) == ["s0001", "s0002"]
    (message,) = read_inbox(db, calls, "s0002")["messages"]
    assert message["title"] == "【蓝色预警】办件 H0001-20261123-000001 将于 2026-11-30 到期"
    assert "食品经营许可，企业登记" in message["text"]
    sent = outbox_events(db)
    assert [e["data"]["channel"] for e in sent] == ["inbox", "inbox"]
    assert "食品" not in str(sent)


def test_who_is_both_is_told_once(city, db):
    deliver(city, [due_soon()], entry="on_occasion")
    assert people(db) == ["s0001"]


def test_the_same_event_and_the_same_occasion_under_another_id_say_nothing_new(city, db):
    first = due_soon()
    assert deliver(city, [first], entry="on_occasion") == {first.id}
    assert deliver(city, [first], entry="on_occasion") == set()
    assert deliver(city, [due_soon()], entry="on_occasion") != set()
    assert len(deliveries(db)) == 1
    deliver(city, [due_soon(level="yellow")], entry="on_occasion")
    assert len(deliveries(db)) == 2
    assert len(outbox_events(db)) == 2


def test_rungs_in_the_wrong_order_are_each_told_once(city, db):
    rungs = [due_soon(level="yellow"), due_soon(level="blue")]
    overdue = [an_event("intake.case.overdue", case_id="c1", window_id="w0001", staff_id="s0001", overdue_days=days) for days in (3, 1)]
    deliver(city, [*overdue, *rungs], entry="on_occasion")
    assert sorted(d["template"] for d in deliveries(db)) == ["case_due_soon"] * 2 + ["case_overdue"] * 2


def test_who_was_charged_with_a_late_case_hears_that_it_was_excused_or_withdrawn(city, db, calls):
    about = {"case_id": "c1", "window_id": "w0001", "staff_id": "s0002"}
    judged = [an_event("intake.case.breach_judged", **about, number=number, staff_fault=fault) for number, fault in ((1, False), (2, True))]
    gone = an_event("intake.case.overdue_withdrawn", **about)
    deliver(city, [judged[1], gone, *judged, an_event("intake.case.breach_judged", **about, number=1)], entry="on_occasion")
    for staff_id in ("s0001", "s0002"):
        titles = sorted(message["title"] for message in read_inbox(db, calls, staff_id)["messages"])
        assert titles == [
            "办件 H0001-20261123-000001 的办件逾期已有认定：属工作人员责任",
            "办件 H0001-20261123-000001 的办件逾期已有认定：非工作人员责任",
            "办件 H0001-20261123-000001 的逾期记录已撤销",
        ]
    assert people(db) == ["s0001"] * 3 + ["s0002"] * 3


def test_an_older_staff_event_moves_nobody_back(city, db):
    deliver(city, [staff_changed(version=3, status="ended"), staff_changed(version=2)], entry="on_reference")
    deliver(city, [due_soon()], entry="on_occasion")
    assert people(db, state="sent") == []
    assert [d["reason"] for d in deliveries(db)] == ["NO_RECIPIENT"]


def test_nobody_to_tell_is_seen_in_the_log_and_is_no_event(city, db):
    deliver(city, [an_event("devices.device.offline")], entry="on_occasion")
    (row,) = deliveries(db)
    assert (row["state"], row["reason"], row["channel"], row["recipient_id"]) == ("failed", "NO_RECIPIENT", "none", "")
    assert outbox_events(db) == []


def test_duties_make_the_one_to_be_told(city, db):
    set_recipient(db, "s0009", duties={"items": [{"duty": "hall_administrator", "hall_id": "h0001", "window_id": ""}]})
    set_recipient(db, "s0002", duties={"items": [{"duty": "window_head", "hall_id": "h0001", "window_id": "w0001"}]})
    deliver(city, [an_event("devices.device.offline"), an_event("devices.device.clock_skewed")], entry="on_occasion")
    deliver(city, [an_event("evaluation.bad_review.opened", window_id="w0001")], entry="on_occasion")
    assert people(db, template="device_offline") == ["s0009"]
    assert people(db, template="device_clock_skewed") == ["s0009"]
    assert people(db, template="bad_review_opened") == ["s0002"]
    answer = set_recipient(db, "s0002", duties={"items": []})
    assert answer["duties"] == {"items": []}
    deliver(city, [an_event("evaluation.bad_review.opened", window_id="w0001", session_id="r9")], entry="on_occasion")
    assert people(db, template="bad_review_opened") == ["s0001", "s0002"]


def test_a_finding_is_told_to_the_whole_window(city, db):
    deliver(city, [an_event("supervision.finding.recorded", window_id="w0001", staff_id=None)], entry="on_occasion")
    assert people(db) == ["s0001", "s0002"]


def test_people_whom_an_event_names_are_told_each_and_whoever_has_left_is_not(city, db):
    deliver(city, [staff_changed(version=2, staff_id="s0002", status="left")], entry="on_reference")
    over = {"staff_ids": ["s0001", "s0002"], "removed_staff_ids": ["s0077"]}
    deliver(city, [an_event("intake.visit.dispatched", subject="v1", **over)], entry="on_occasion")
    assert people(db, template="visit_dispatched") == ["s0001", "s0077"]


def test_an_appointment_is_told_to_who_is_on_duty_and_to_the_head_of_the_window(city, db, calls):
    event = an_event(
        "intake.appointment.requested", subject="a1", appointment_id="a1", window_id="w0001", item_id="i0001", staff_ids=["s0077"]
    )
    deliver(
        city,
        [event, an_event("intake.appointment.requested", subject="a1", version=8, appointment_id="a1", staff_ids=["s0077"])],
        entry="on_occasion",
    )
    assert people(db, template="appointment_requested") == ["s0001", "s0077"]
    (message,) = read_inbox(db, calls, "s0077")["messages"]
    assert message["title"].startswith("新预约：2026-10-01 09:00")
    assert "节假日预约" in message["text"]


def test_words_in_the_readers_language(city, db, calls):
    set_recipient(db, "s0001", locale="en")
    deliver(city, [due_soon()], entry="on_occasion")
    assert read_inbox(db, calls, "s0001")["messages"][0]["title"].startswith("[blue warning] Case ")


def test_an_inbox_is_its_owners(city, db, calls):
    deliver(city, [due_soon(), due_soon(level="yellow")], entry="on_occasion")
    page = read_inbox(db, calls, "s0001", page=Page(1, None))
    assert (len(page["messages"]), page["total_size"], page["unread_count"]) == (1, 2, 2)
    message_id = page["messages"][0]["message_id"]
    assert read_inbox(db, calls, "s0002")["total_size"] == 0
    with calls(of("s0002")), pytest.raises(NotFound) as caught:
        inbox.mark_read(db, message_ids=[message_id])
    assert caught.value.reason == "MESSAGE_NOT_FOUND"
    with calls(of("s0001")):
        assert inbox.mark_read(db, message_ids=[message_id]) == {"marked": 1, "unread_count": 1}
        assert inbox.mark_read(db, message_ids=[message_id]) == {"marked": 0, "unread_count": 1}
    assert read_inbox(db, calls, "s0001", unread=True)["total_size"] == 1
    with calls(Caller("key", None, ("*",))), pytest.raises(PermissionDenied) as denied:
        queries.list_inbox(db, page=Page(50, None), unread=False)
    assert denied.value.reason == "PERSON_REQUIRED"


def test_the_delivery_log_keeps_to_the_callers_halls(city, db, calls):
    deliver(city, [due_soon(), due_soon(case_id="c2", staff_id="s0050", hall_id="h0002", region="52.02.01")], entry="on_occasion")
    with calls(Caller("a", "s0050", ("region:52.02.01",))):
        assert people(db) == ["s0001", "s0050"]
        assert {d["hall_id"] for d in deliveries(db)} == {"h0002"}
    with calls(Caller.anonymous()):
        assert deliveries(db) == []


def test_addresses_are_masked_and_a_masked_one_changes_nothing(city, db):
    answer = set_recipient(db, "s0001", email="wang.li@example.cn", smtp=True)
    assert answer["email"] == "w***@example.cn"
    set_recipient(db, "s0001", email=answer["email"], locale="en")
    with db.read() as tx:
        row = tx.execute(sa.select(orm.recipients)).one()
    assert (row.email, row.locale, row.smtp) == ("wang.li@example.cn", "en", True)
    for given, reason in (("z***@example.cn", "EMAIL_MASKED"), ("no address", "EMAIL_MALFORMED")):
        with pytest.raises(InvalidArgument) as caught:
            set_recipient(db, "s0001", email=given)
        assert caught.value.reason == reason
        assert caught.value.violations[0].field == "email"


def test_recipients_keep_to_scope(city, db, calls):
    with calls(Caller("a", "s0050", ("hall:h0002",))):
        for refused in (lambda: set_recipient(db, "s0001", locale="en"), lambda: recipients.get_recipient(db, recipient_id="s0001")):
            with pytest.raises(PermissionDenied):
                refused()
    with calls(of("s0001")):
        assert recipients.set_my_preferences(db, **NOTHING_SAID | {"locale": "en"})["locale"] == "en"


def test_a_template_of_a_county_speaks_there_and_nowhere_else(city, db, calls):
    texts = [{"locale": "zh-CN", "title": "县：{{ case_no }}", "text": "{{ hall_name }}", "html": ""}]
    with calls(Caller("a", "s0011", ("region:52.02.01",))):
        written = templates.upsert_template(db, code="case_due_soon", region="52.02.01", texts=texts)
        assert (written.version, templates.upsert_template(db, code="case_due_soon", region="52.02.01", texts=texts).version) == (2, 2)
        with pytest.raises(PermissionDenied):
            templates.upsert_template(db, code="case_due_soon", region="52.02", texts=texts)
        assert queries.list_templates(db, page=Page(200, None))["total_size"] == len(catalog.load().templates) + 1
    deliver(city, [due_soon(), due_soon(case_id="c2", hall_id="h0005", region="52.02.01.05")], entry="on_occasion")
    titles = {d["hall_id"]: (d["title"][:2], d["template_version"]) for d in deliveries(db)}
    assert titles == {"h0001": ("【蓝", 1), "h0005": ("县：", 2)}


def test_a_template_that_reaches_too_far_is_refused_with_its_place(city, db):
    texts = [{"locale": "zh-CN", "title": "{{ case_no }}", "text": "{{ case_no.__class__ }}", "html": ""}]
    with pytest.raises(InvalidArgument) as caught:
        templates.upsert_template(db, code="case_due_soon", region="", texts=texts)
    assert [v.field for v in caught.value.violations] == ["texts[zh-CN.text]"]
    with pytest.raises(NotFound):
        templates.upsert_template(db, code="lottery", region="", texts=texts)


def test_previews_show_the_example_and_drafts(city, db):
    shown = queries.preview(db, code="case_due_soon", region="52.02", locale="en", draft=None)
    assert shown["title"].startswith("[blue warning] Case ")
    draft = {"locale": "", "title": "草稿 {{ level }}", "text": "{{ item_name }}", "html": "<p>{{ item_name }}</p>"}
    assert queries.preview(db, code="case_due_soon", region="", locale="zh-CN", draft=draft)["title"] == "草稿 蓝色预警"
    with pytest.raises(InvalidArgument):
        queries.preview(db, code="case_due_soon", region="", locale="zh-CN", draft=draft | {"title": "{{ phone }}"})


def test_pages_of_templates_follow_each_other(city, db):
    seen, token = [], None
    while token != "":
        page = queries.list_templates(db, page=Page.of(2, token, keys=2))
        seen += [t["code"] for t in page["templates"]]
        token = page["next_page_token"]
    assert len(seen) == len(set(seen)) == page["total_size"] == len(catalog.load().templates)
