"""The green channel (绿色通道): what an approver converts is kept whole and found again."""

import pytest

from chassis.errors import HallbusError
from tests.integration.intake.conftest import person


def converted(intake, case_id, **over):
    request = {"case_id": case_id, "time_class": "immediate", "reason": "重大投资项目", "staff_id": "s11", "approver_id": "s10"}
    return intake("reclassify_case", **{**request, **over})


@pytest.fixture
def centre(intake):
    intake.tell("directory.staff.changed", person("s10"), subject="s10")
    return intake


def test_the_conversion_keeps_original_kind_reason_and_approver(centre):
    case = centre.accepted()
    assert case.get("green_channel") is None
    green = converted(centre, case["case_id"])["green_channel"]
    assert (green["original_kind"], green["approver_id"], green["by"], green["reason"]) == ("promised", "s10", "s11", "重大投资项目")
    seen = centre("get_case", case_id=case["case_id"])
    assert (seen["green_channel"], seen["kind"], seen["promised_due"]) == (green, "immediate", case["promised_due"])


def test_without_a_second_person_there_is_no_green_channel(centre):
    case = centre.accepted()
    for reason, over in (("APPROVER_REQUIRED", {"approver_id": None}), ("APPROVER_IS_ACTOR", {"approver_id": "s11"})):
        with pytest.raises(HallbusError) as caught:
            converted(centre, case["case_id"], **over)
        assert caught.value.reason == reason
    assert centre("list_cases", green_channel=True)["total_size"] == 0


def test_cases_of_the_green_channel_are_listed_and_exported(centre):
    # Through the green counter, but nobody converted it: no approver is asked for, and it is not in the list.
    centre.accepted(channel="green")
    made = [converted(centre, centre.accepted(channel="green")["case_id"])["case_id"] for _ in range(3)]
    back = converted(centre, centre.accepted()["case_id"])["case_id"]
    centre("reclassify_case", case_id=back, time_class="promised", reason="误转", staff_id="s11")
    centre.receipt(item_id="i0002", materials=[])
    first = centre("list_cases", green_channel=True, page_size=2)
    rest = centre("list_cases", green_channel=True, page_size=2, page_token=first["next_page_token"])
    assert [case["case_id"] for case in first["cases"] + rest["cases"]] == made[::-1]
    assert (first["total_size"], rest["next_page_token"]) == (3, "")
    assert centre("list_cases", green_channel=False)["total_size"] == 3
    assert centre("list_cases", green_channel=True, hall_id="h0002")["total_size"] == 0
    assert centre.acting_as("hall:h0002")("list_cases", green_channel=True)["total_size"] == 0
    assert centre("export_cases", green_channel=True)["text"].count("\r\n") == 4
    again = centre("get_case", case_id=back)
    assert again.get("green_channel") is None
    assert again["reclassifications"][0]["green_channel"] is True, "the history stays"
    assert converted(centre, back)["green_channel"]["original_kind"] == "promised"
    assert centre("list_cases", green_channel=True)["total_size"] == 4
