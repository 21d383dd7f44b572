"""Items from draft to exit, bulk import, the calendar."""

import json

import pytest

from chassis.errors import HallbusError, InvalidArgument


def refused(reason, call, /, *arguments, **request) -> HallbusError:
    with pytest.raises(HallbusError) as caught:
        call(*arguments, **request)
    assert caught.value.reason == reason
    return caught.value


def in_hall(city, fields):
    city("upsert_item", **fields)
    city("review_item", item_id=fields["item_id"])
    return city("publish_item", item_id=fields["item_id"])


def test_an_item_passes_its_gates_in_order(city, item):
    assert city("upsert_item", **item())["status"] == "draft"
    refused("ITEM_NOT_REVIEWED", city, "publish_item", item_id="i0001")
    assert city("review_item", item_id="i0001")["status"] == "reviewed"
    refused("ITEM_NOT_DRAFT", city, "review_item", item_id="i0001")
    assert city("publish_item", item_id="i0001")["status"] == "in_hall"
    (event,) = city.events("directory.item.published")
    assert (event["data"]["item_version"], event["data"]["status"], event["data"]["promised_days"]) == (1, "in_hall", 5)
    assert event["hallid"] == "h0001"


def test_a_revision_leaves_the_old_version_in_force_until_it_is_published(city, item):
    in_hall(city, item())
    revised = city("upsert_item", **item(promised_days=3))
    assert (revised["status"], [v["status"] for v in revised["versions"]]) == ("in_hall", ["in_hall", "draft"])
    city("review_item", item_id="i0001")
    done = city("publish_item", item_id="i0001")
    assert [(v["number"], v["status"], v["promised_days"]) for v in done["versions"]] == [(1, "superseded", 5), (2, "in_hall", 3)]
    assert done["versions"][0]["valid_to"] == done["versions"][1]["valid_from"]
    assert [e["version"] for e in city.events("directory.item.published")] == [1, 2]


def test_a_cancelled_item_is_told_as_such(city, item):
    in_hall(city, item())
    assert city("cancel_item", item_id="i0001", reason="国务院取消")["status"] == "cancelled"
    assert city.events("directory.item.published")[-1]["data"]["status"] == "cancelled"
    refused("ITEM_NOT_IN_HALL", city, "cancel_item", item_id="i0001", reason="再次")


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


CSV = """item_id,name,unit_id,time_class,legal_days,promised_days,materials,units_involved
i0001,食品经营许可,u0001,promised,20,5,M1:申请书:required;M2:平面图:optional,1
i0002,身份证明,u0001,immediate,1,0,,1
"""


def test_import_brings_a_file_into_the_hall(city):
    answer = city("import_items", format="csv", content=CSV, target_status="in_hall")
    assert (answer["row_count"], answer["created_count"]) == (2, 2)
    assert [i["status"] for i in city("list_items")["items"]] == ["in_hall", "in_hall"]
    assert city("get_item", item_id="i0001")["versions"][0]["materials"][1] == {"code": "M2", "name": "平面图", "required": False}
    again = city("import_items", format="csv", content=CSV, target_status="in_hall")
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
    answer = city("import_items", format="csv", content=bad, dry_run=True, target_status="in_hall")
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
