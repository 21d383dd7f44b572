"""Items from draft to exit, bulk import, the calendar."""

import json

import pytest

from chassis.errors import HallbusError, InvalidArgument


def refused(reason, call, /, *arguments, **request) -> HallbusError:
    with pytest.raises(HallbusError) as caught:
        call(*arguments, **request)
    assert caught.value.reason == reason
    return caught.value


OFFICES = ("centre", "supervision", "price", "legal")


def reviewed(city, item_id):
    for office in OFFICES:
        said = city.acting_as("*", subject=f"{office}-officer")("review_item", item_id=item_id, office=office, agrees=True)
    return said


def in_hall(city, fields):
    city("upsert_item", **fields)
    reviewed(city, fields["item_id"])
    return city("publish_item", item_id=fields["item_id"])


def test_an_item_passes_its_gates_in_order(city, item):
    assert city("upsert_item", **item())["status"] == "draft"
    refused("ITEM_NOT_REVIEWED", city, "publish_item", item_id="i0001")
    assert reviewed(city, "i0001")["status"] == "reviewed"
    refused("ITEM_NOT_DRAFT", city, "review_item", item_id="i0001", office="legal", agrees=True)
    assert city("publish_item", item_id="i0001")["status"] == "in_hall"
    (event,) = city.events("directory.item.published")
    assert (event["data"]["item_version"], event["data"]["status"], event["data"]["promised_days"]) == (1, "in_hall", 5)
    assert event["hallid"] == "h0001"


def test_what_is_told_before_an_application_travels_with_the_version(city, item):
    content = item()
    in_hall(city, content)
    (event,) = city.events("directory.item.published")
    told = {name: event["data"][name] for name in ("legal_basis", "conditions", "procedure")}
    assert told == {"legal_basis": content["legal_basis"], **{name: content["guide"][name] for name in ("conditions", "procedure")}}


def test_a_revision_leaves_the_old_version_in_force_until_it_is_published(city, item):
    in_hall(city, item())
    revised = city("upsert_item", **item(promised_days=3))
    assert (revised["status"], [v["status"] for v in revised["versions"]]) == ("in_hall", ["in_hall", "draft"])
    reviewed(city, "i0001")
    done = city("publish_item", item_id="i0001")
    assert [(v["number"], v["status"], v["promised_days"]) for v in done["versions"]] == [(1, "superseded", 5), (2, "in_hall", 3)]
    assert done["versions"][0]["valid_to"] == done["versions"][1]["valid_from"]
    assert [e["version"] for e in city.events("directory.item.published")] == [1, 2]


def test_a_cancelled_item_is_told_as_such(city, item):
    in_hall(city, item())
    assert city("cancel_item", item_id="i0001", reason="国务院取消", document_no="国发〔2026〕1号")["status"] == "cancelled"
    assert city.events("directory.item.published")[-1]["data"]["status"] == "cancelled"
    refused("ITEM_NOT_IN_HALL", city, "cancel_item", item_id="i0001", reason="再次", document_no="x")


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"promised_days": 30}, "promised_days"),
        ({"promised_days": 0}, "promised_days"),
        ({"time_class": "immediate"}, "promised_days"),
        ({"legal_days": 0}, "legal_days"),
        ({"materials": [{"code": "M1", "name": "a"}, {"code": "M1", "name": "b"}]}, "materials"),
    ],
)
def test_content_that_breaks_a_rule_names_the_field(city, item, over, field):
    assert refused("ITEM_CONTENT_INVALID", city, "upsert_item", **item(**over)).metadata["field"] == field


CSV = """item_id,name,unit_id,time_class,legal_days,promised_days,materials,units_involved,legal_basis,item_no,conditions,procedure,phone,flow_chart,sample_forms
i0001,食品经营许可,u0001,promised,20,5,M1:申请书:required;M2:平面图:optional,1,食品安全法,52001,有场所,受理;审查,8000,f.pdf,示范:s.pdf
i0002,身份证明,u0001,immediate,1,0,,1,户口登记条例,52002,本人办理,受理,8000,f.pdf,示范:s.pdf
"""


def test_import_brings_a_file_into_the_hall(city):
    answer = city("import_items", format="csv", content=CSV, target_status="in_hall", approval_document="目录")
    assert (answer["row_count"], answer["created_count"]) == (2, 2)
    assert [i["status"] for i in city("list_items")["items"]] == ["in_hall", "in_hall"]
    assert city("get_item", item_id="i0001")["versions"][0]["materials"][1] == {"code": "M2", "name": "平面图", "required": False}
    again = city("import_items", format="csv", content=CSV, target_status="in_hall", approval_document="目录")
    assert (again["unchanged_count"], len(city.events("directory.item.published"))) == (2, 2)


def test_one_bad_row_keeps_the_whole_file_out(city):
    bad = CSV + "i0003,坏,u0009,promised,x,5,,1\ni0004,坏,u0001,promised,5,9,,1\ni0001,重复,u0001,promised,20,5,,1\n"
    error = refused("IMPORT_ROWS_INVALID", city, "import_items", format="csv", content=bad)
    assert isinstance(error, InvalidArgument)
    fields = [v.field for v in error.violations]
    assert "content.line[4].legal_days" in fields
    assert "content.line[5].promised_days" in fields
    assert "content.line[6].item_id" in fields
    assert city("list_items")["total_size"] == 0


def test_a_dry_run_says_the_same_and_writes_nothing(city):
    bad = CSV + "i0003,坏,u0009,promised,20,5,,1\n"
    answer = city("import_items", format="csv", content=bad, dry_run=True, target_status="in_hall", approval_document="目录")
    assert [(e["line"], e["field"]) for e in answer["errors"]] == [(4, "unit_id")]
    assert (answer["created_count"], city("list_items")["total_size"]) == (2, 0)
    assert city.events("directory.item.published") == []


def test_import_reads_json_too(city, item):
    answer = city("import_items", format="json", content=json.dumps([item(), item(item_id="i0002", name="另一项")]))
    assert (answer["created_count"], city("get_item", item_id="i0002")["status"]) == (2, "draft")
    refused("IMPORT_ROWS_INVALID", city, "import_items", format="json", content="{")


def test_items_of_other_halls_cannot_be_imported(city, item):
    county = city.acting_as("region:52.02.01")
    refused("IMPORT_ROWS_INVALID", county, "import_items", format="json", content=json.dumps([item()]))
    refused("OUT_OF_SCOPE", county, "upsert_item", **item())


def test_calendar_revisions_replace_each_other(city):
    day = {"date": "2027-02-06", "is_workday": True, "reason": "春节调休上班", "notice_no": "国办发明电〔2026〕1号"}
    assert city("get_calendar")["revision"] == 0
    first = city("publish_calendar", overrides=[day], notices=[{"year": 2027, "notice_no": "国办发明电〔2026〕1号"}])
    assert (first["revision"], first["published_until"]) == (1, "2027-12-31")
    assert city("publish_calendar", overrides=[day], notices=[{"year": 2027, "notice_no": "国办发明电〔2026〕1号"}])["revision"] == 1
    assert city("publish_calendar")["revision"] == 2
    assert [e["version"] for e in city.events("directory.calendar.changed")] == [1, 2]
    assert city("get_calendar", revision=1)["overrides"] == [day]
    refused("CALENDAR_INVALID", city, "publish_calendar", overrides=[day, day])
    refused("CALENDAR_NOT_FOUND", city, "get_calendar", revision=9)
    refused("OUT_OF_SCOPE", city.acting_as("region:52.02.01"), "publish_calendar", overrides=[day])


def test_improvements_are_told_once_and_verified_by_a_second_person(city, item):
    in_hall(city, item())
    in_hall(city, item(promised_days=3))
    in_hall(city, item(promised_days=3, name="另名"))
    (told,) = city.events("directory.item.improved")
    assert (told["data"]["kind"], told["data"]["before"], told["data"]["after"], told["version"]) == ("shorten_promise", 5, 3, 1)
    (found,) = city("list_improvements", state="detected")["improvements"]
    asked = {"improvement_id": found["improvement_id"], "verified": True, "evidence": "近三月办件均在三日内"}
    refused("SAME_PERSON", city, "decide_improvement", **asked)
    county = city.acting_as("region:52.02.01", subject="other")
    refused("OUT_OF_SCOPE", county, "decide_improvement", **asked)
    assert county("list_improvements")["total_size"] == 0
    second = city.acting_as("*", subject="other")
    assert second("decide_improvement", **asked)["state"] == "verified"
    refused("IMPROVEMENT_DECIDED", second, "decide_improvement", **asked)
    (decided,) = city.events("directory.improvement.decided")
    assert (decided["data"]["verified_by"], decided["version"]) == ("other", 2)


def test_an_item_leaves_the_hall_by_itself_on_its_day(city, item):
    in_hall(city, item())
    left = city("cancel_item", item_id="i0001", reason="取消", document_no="国发1号", cancelled_on="2999-01-01")
    assert (left["status"], left["cancelled_on"]) == ("in_hall", "2999-01-01")
    assert city.service.expire_items() == 0
    with city.db.transaction() as tx:
        tx.execute("UPDATE directory.items SET cancelled_on = '2026-01-01'")
    assert (city.service.expire_items(), city.service.expire_items()) == (1, 0)
    events = city.events("directory.item.published")
    assert [(e["data"]["status"], e["data"]["cancelled_on"]) for e in events[1:]] == [
        ("in_hall", "2999-01-01"),
        ("cancelled", "2026-01-01"),
    ]


def test_guides_that_need_care_are_listed_until_somebody_confirms_them(city, item):
    in_hall(city, item())
    city("upsert_item", **item(item_id="i0002", legal_basis=""))
    (hole,) = city("list_guide_problems")["problems"]
    assert (hole["item_id"], hole["missing"], hole["stale"], hole["status"]) == ("i0002", ["legal_basis"], False, "draft")
    with city.db.transaction() as tx:
        tx.execute("UPDATE directory.item_versions SET guide_checked_at = now() - interval '366 days' WHERE item_id = 'i0001'")
    first = city("list_guide_problems", page_size=1)
    assert (first["problems"][0]["item_id"], first["problems"][0]["stale"], first["total_size"]) == ("i0001", True, 2)
    assert city("list_guide_problems", page_size=1, page_token=first["next_page_token"])["problems"] == [hole]
    assert city.acting_as("region:52.02.01")("list_guide_problems")["total_size"] == 0
    city("confirm_guide", item_id="i0001")
    assert city("list_guide_problems")["problems"] == [hole]


def test_the_history_says_what_each_version_changed(city, item):
    in_hall(city, item())
    city("upsert_item", **item(promised_days=3, guide={**item()["guide"], "phone": "1"}))
    answer = city("list_item_history", item_id="i0001", page_size=1)
    changes = [(c["field"], c["before"], c["after"]) for c in answer["versions"][0]["changes"]]
    assert changes == [("guide.phone", '"0858-8000000"', '"1"'), ("promised_days", "5", "3")]
    older = city("list_item_history", item_id="i0001", page_token=answer["next_page_token"])["versions"]
    assert [(v["number"], v["status"]) for v in older] == [(1, "in_hall")]


def test_a_catalogue_enters_the_hall_by_its_document_only(city):
    refused("APPROVAL_DOCUMENT_REQUIRED", city, "import_items", format="csv", content=CSV, target_status="in_hall")


def test_an_excluded_item_is_kept_out_by_its_document(city, item):
    city("upsert_item", **item())
    out = city("exclude_item", item_id="i0001", kind="state_secret", document_no="府1号", approved_on="2026-11-01")
    assert (out["status"], out["exclusion"]["document_no"]) == ("excluded", "府1号")
    assert city("list_items", status="excluded")["total_size"] == 1
    refused("ITEM_EXCLUDED", city, "upsert_item", **item(promised_days=4))
    assert city("readmit_item", item_id="i0001")["status"] == "draft"


def test_the_table_of_shortened_promises_has_what_was_verified_with_before_and_after(city, item):
    second = city.acting_as("*", subject="other")
    for item_id, promised, verified in (("i0001", 3, True), ("i0002", 2, True), ("i0003", 4, False)):
        in_hall(city, item(item_id=item_id))
        in_hall(city, item(item_id=item_id, promised_days=promised))
        (found,) = city("list_improvements", item_id=item_id)["improvements"]
        second("decide_improvement", improvement_id=found["improvement_id"], verified=verified, evidence="近三月办件均在期限内")
    in_hall(city, item(item_id="i0004"))
    in_hall(city, item(item_id="i0004", promised_days=4))  # nobody has looked at it yet
    asked = {"kind": "shorten_promise", "state": "verified", "page_size": 1}
    first = city("list_improvements", **asked)
    rest = city("list_improvements", **asked, page_token=first["next_page_token"])
    table = [
        (row["item_id"], row["before"], row["after"], row["day_kind"], row["decided_by"])
        for row in first["improvements"] + rest["improvements"]
    ]
    assert table == [("i0002", 5, 2, "working", "other"), ("i0001", 5, 3, "working", "other")]
    assert (first["total_size"], rest["next_page_token"]) == (2, "")
    # Each is one fact, whatever became of it afterwards.
    assert len(city.events("directory.item.improved")) == 4
    assert [event["data"]["verified"] for event in city.events("directory.improvement.decided")] == [True, True, False]


@pytest.mark.parametrize(("outcome", "over"), [("exited", {}), ("delegated_down", {"document_no": "黔府1号", "delegated_to": "h0002"})])
def test_an_item_may_leave_the_hall_in_other_ways_than_by_cancellation(city, item, outcome, over):
    in_hall(city, item())
    assert city("cancel_item", item_id="i0001", outcome=outcome, reason="下放", **over)["status"] == outcome
    assert city.events("directory.item.published")[-1]["data"]["status"] == outcome
    refused("ITEM_NOT_REVIEWED", city, "publish_item", item_id="i0001")
