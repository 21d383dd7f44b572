"""Regions, halls, units and windows."""

import pytest

from chassis.errors import FailedPrecondition, HallbusError, InvalidArgument, NotFound, PermissionDenied


def refused(reason: str, call, *arguments, **request) -> HallbusError:
    with pytest.raises(HallbusError) as caught:
        call(*arguments, **request)
    assert caught.value.reason == reason
    return caught.value


def test_regions_form_one_tree(directory):
    directory("upsert_region", region="52.02", name="示例市")
    county = directory("upsert_region", region="52.02.01", name="甲县")
    town = directory("upsert_region", region="52.02.01.05", name="乙镇")
    assert (county["parent"], county["level"], county["code"]) == ("52.02", "county", "520201")
    assert (town["parent"], town["level"]) == ("52.02.01", "township")
    assert isinstance(refused("REGION_PARENT_NOT_FOUND", directory, "upsert_region", region="53.01", name="外省"), NotFound)
    assert isinstance(refused("REGION_PATH_INVALID", directory, "upsert_region", region="52.2", name="坏"), InvalidArgument)


def test_a_hall_event_carries_units_and_windows(city):
    events = [e for e in city.events("directory.hall.changed") if e["subject"] == "h0001"]
    assert [e["version"] for e in events] == [1, 2, 3]
    last = events[-1]["data"]
    assert last["units"] == [{"unit_id": "u0001", "name": "单位1"}]
    assert last["windows"] == [{"window_id": "w0001", "code": "A01", "name": "综合窗口", "unit_id": "u0001", "kind": "unit"}]
    assert (events[-1]["region"], events[-1]["hallid"]) == ("52.02", "h0001")


def test_writing_the_same_again_says_nothing(city):
    before = len(city.events("directory.hall.changed"))
    again = city("upsert_hall", hall_id="h0001", name="市政务服务中心", level="city", region="52.02")
    city("upsert_unit", unit_id="u0001", name="单位1", hall_id="h0001")
    city("upsert_window", window_id="w0001", hall_id="h0001", code="A01", name="综合窗口", unit_id="u0001")
    assert (again["version"], len(city.events("directory.hall.changed"))) == (3, before)


def test_every_change_is_kept_with_its_period(city):
    city("upsert_hall", hall_id="h0002", name="甲县政务大厅", level="county", region="52.02.01", parent_id="h0001")
    entries = city("list_history", kind="hall", subject_id="h0002")["entries"]
    assert ["甲县政务大厅" in e["state"] for e in entries] == [True, False]
    assert entries[1]["valid_to"] == entries[0]["valid_from"]
    assert "valid_to" not in entries[0] or entries[0]["valid_to"] is None


def test_a_closed_window_leaves_the_hall(city):
    city("upsert_window", window_id="w0001", hall_id="h0001", code="A01", name="综合窗口", unit_id="u0001", status="closed")
    assert city.events("directory.hall.changed")[-1]["data"]["windows"] == []


@pytest.mark.parametrize(
    ("reason", "method", "request_"),
    [
        ("HALL_REGION_FIXED", "upsert_hall", {"hall_id": "h0001", "name": "x", "level": "city", "region": "52.02.01"}),
        ("REGION_NOT_FOUND", "upsert_hall", {"hall_id": "h9", "name": "x", "level": "city", "region": "52.02.09"}),
        ("HALL_PARENT_NOT_FOUND", "upsert_hall", {"hall_id": "h9", "name": "x", "level": "city", "region": "52.02", "parent_id": "h8"}),
        ("HALL_IS_ITS_OWN_PARENT", "upsert_hall", {"hall_id": "h9", "name": "x", "level": "city", "region": "52.02", "parent_id": "h9"}),
        ("HALL_PARENT_NOT_FOUND", "upsert_hall", {"hall_id": "h1", "name": "x", "level": "city", "region": "52.02", "parent_id": "nope"}),
        ("HALL_PARENT_ELSEWHERE", "upsert_hall", {"hall_id": "h9", "name": "x", "level": "city", "region": "52.02", "parent_id": "h0002"}),
        ("UNIT_HALL_FIXED", "upsert_unit", {"unit_id": "u0001", "name": "x", "hall_id": "h0002"}),
        ("UNIT_OF_OTHER_HALL", "upsert_window", {"window_id": "w9", "hall_id": "h0001", "code": "B", "name": "x", "unit_id": "u0002"}),
        ("WINDOW_HALL_FIXED", "upsert_window", {"window_id": "w0001", "hall_id": "h0002", "code": "B", "name": "x", "unit_id": "u0002"}),
        ("WINDOW_CODE_TAKEN", "upsert_window", {"window_id": "w9", "hall_id": "h0001", "code": "A01", "name": "x", "unit_id": "u0001"}),
        ("HALL_NOT_FOUND", "get_hall", {"hall_id": "h9"}),
        ("INVALID_REQUEST", "upsert_hall", {"hall_id": "h9", "name": "x", "level": "village", "region": "52.02"}),
        ("INVALID_REQUEST", "upsert_hall", {"hall_id": "h9", "name": "x", "level": "city", "region": "52.02", "zone": "Mars/Olympus"}),
        ("INVALID_REQUEST", "upsert_hall", {"hall_id": "h9", "name": "  ", "level": "city", "region": "52.02"}),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(city, reason, method, request_):
    refused(reason, city, method, **request_)


def test_lists_show_the_callers_scope_only(city):
    county = city.acting_as("region:52.02.01")
    hall = city.acting_as("hall:h0001")
    nobody = city.acting_as()
    assert [h["hall_id"] for h in county("list_halls")["halls"]] == ["h0002"]
    assert [w["window_id"] for w in hall("list_windows")["windows"]] == ["w0001"]
    assert [u["unit_id"] for u in county("list_units")["units"]] == ["u0002"]
    assert [s["staff_id"] for s in county("list_staff")["staff"]] == ["s0002"]
    for method, name in (("list_halls", "halls"), ("list_windows", "windows"), ("list_units", "units"), ("list_staff", "staff")):
        answer = nobody(method)
        assert (answer[name], answer["total_size"]) == ([], 0)
    assert isinstance(refused("OUT_OF_SCOPE", county, "get_hall", hall_id="h0001"), PermissionDenied)
    refused("OUT_OF_SCOPE", county, "upsert_unit", unit_id="u9", name="x", hall_id="h0001")
    refused("OUT_OF_SCOPE", hall, "upsert_hall", hall_id="h9", name="x", level="city", region="52.02")


def test_pages_follow_the_key_and_count_everything(city):
    for number in range(10, 17):
        city("upsert_window", window_id=f"w{number}", hall_id="h0001", code=f"B{number}", name="窗口", unit_id="u0001")
    seen, token, pages = [], "", 0
    while True:
        page = city("list_windows", hall_id="h0001", page_size=3, page_token=token)
        assert page["total_size"] == 8
        seen += [w["window_id"] for w in page["windows"]]
        pages, token = pages + 1, page["next_page_token"]
        if not token:
            break
    assert (seen, pages) == (["w0001", *(f"w{n}" for n in range(10, 17))], 3)
    refused("INVALID_REQUEST", city, "list_windows", page_size=5000)
    refused("INVALID_REQUEST", city, "list_windows", page_token="rubbish")


def test_the_gateway_learns_where_halls_lie(city):
    assert city.acting_as()("list_hall_regions") == {
        "halls": [{"hall_id": "h0001", "region": "52.02"}, {"hall_id": "h0002", "region": "52.02.01"}]
    }


def test_replay_answers_first_answer_and_reuse_is_refused(city):
    request_id = "0199b7c2-6f1e-7d34-9a41-3f2b8f1c0001"
    body = {"unit_id": "u0009", "name": "新单位", "hall_id": "h0001"}
    first = city("upsert_unit", request_id=request_id, **body)
    city("upsert_unit", unit_id="u0009", name="改名", hall_id="h0001")
    assert city("upsert_unit", request_id=request_id, **body) == first
    assert city("get_unit", unit_id="u0009")["name"] == "改名"
    refused("REQUEST_ID_REUSED", city, "upsert_unit", request_id=request_id, **{**body, "name": "别的"})


def test_a_refused_change_leaves_nothing(city):
    before = len(city.events("directory.hall.changed"))
    with pytest.raises(FailedPrecondition):
        city("upsert_unit", unit_id="u0001", name="改名", hall_id="h0002")
    assert len(city.events("directory.hall.changed")) == before
    assert city("get_unit", unit_id="u0001")["name"] == "单位1"
