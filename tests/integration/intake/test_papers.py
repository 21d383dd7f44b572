"""Papers are written with the command that gives them and shown as they were given."""

import pytest

from chassis.errors import PermissionDenied

from .conftest import item


def listed(intake, case_id, **page):
    return intake("list_papers", case_id=case_id, **page)


def test_the_papers_of_a_case_name_what_was_asked_and_promised(intake):
    case_id = intake.receipt(materials=[])["case_id"]
    intake("request_supplement", case_id=case_id, supply_by="2026-11-27")
    intake("submit_supplement", case_id=case_id, materials=["M1", "M2"])
    intake("accept_case", case_id=case_id, routing="agency")
    shown = listed(intake, case_id)["papers"]
    assert [(p["kind"], p["template_version"]) for p in shown] == [("one_time_notice", 1), ("agency_register", 2), ("promise_notice", 1)]
    notice = shown[0]["text"]
    assert "1. 申请书" in notice
    assert "2. 平面图" in notice
    assert "请于2026-11-27前补正" in notice
    assert "张三丰" not in notice
    assert "承诺于2026-11-30前办结" in shown[2]["text"]
    first = listed(intake, case_id, page_size=1)
    assert listed(intake, case_id, page_token=first["next_page_token"])["papers"] == shown[1:]


@pytest.mark.parametrize(("code", "kind"), [("not_competent", "non_acceptance"), ("prohibited", "return_notice")])
def test_a_refusal_is_a_paper_that_later_changes_leave_alone(intake, code, kind):
    case_id = intake.receipt()["case_id"]
    intake("return_case", case_id=case_id, reason_code=code, reason="依据某某规定")
    before = listed(intake, case_id)["papers"]
    assert [p["kind"] for p in before] == [kind]
    assert "理由：依据某某规定" in before[0]["text"]
    intake.tell("directory.item.published", item(item_version=2, name="新名称"), version=2)
    assert listed(intake, case_id)["papers"] == before
    with pytest.raises(PermissionDenied):
        listed(intake.acting_as("hall:h0002"), case_id)
