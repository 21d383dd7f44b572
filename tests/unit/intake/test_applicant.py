"""Applicants: numbers by the rules of their papers, masks, corrections that no mask can spoil."""

import datetime as dt

import pytest

from services.intake.domain.applicant import Applicant
from services.intake.domain.errors import Invalid
from services.intake.domain.masking import mask_contact, mask_name, mask_number, mask_text

TODAY = dt.date(2026, 11, 23)
ZHANG = {
    "name": "张三丰", "id_kind": "resident_id", "id_number": "11010519491231002X", "phone": "13812345678", "contact": "zhang@example.cn",
    "agent": {"name": "李四", "id_kind": "passport", "id_number": "E12345678", "phone": "0858-8261234"},
}  # fmt: skip


def zhang(**over) -> Applicant:
    return Applicant.of({**ZHANG, **over}, today=TODAY)


def refused(values, change=None) -> Invalid:
    with pytest.raises(Invalid) as caught:
        zhang().changed(change, today=TODAY) if change is not None else zhang(**values)
    return caught.value


# The numbers are the published examples of GB 11643-1999 and GB 32100-2015, and ones made by the same rules.
@pytest.mark.parametrize(
    ("kind", "written", "number"),
    [
        ("resident_id", "11010519491231002X", "11010519491231002X"),
        ("resident_id", "440524188001010014", "440524188001010014"),
        ("resident_id", " 110105 19491231 002x", "11010519491231002X"),
        ("resident_id", "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
        ("residence_permit", "810000199408230021", "810000199408230021"),
        ("residence_permit", "830000199201300022", "830000199201300022"),
        ("credit_code", "91350100M000100Y43", "91350100M000100Y43"),
        ("foreigner_permit", "CHN110195012345", "CHN110195012345"),
        ("passport", "e12345678", "E12345678"),
        ("travel_permit", "H12345678", "H12345678"),
    ],
)
def test_numbers_have_one_written_form(kind, written, number):
    assert zhang(id_kind=kind, id_number=written).person.id_number == number


@pytest.mark.parametrize(
    ("kind", "number", "rule"),
    [
        ("resident_id", "110105194912310021", "check character"),
        ("resident_id", "11010519491231002", "17 digits"),
        ("resident_id", "110105491231002", "15-digit"),
        ("resident_id", "990105194912310029", "province"),
        ("resident_id", "110105194902300028", "no day of birth"),
        ("resident_id", "11010520491231002X", "possible day"),
        ("residence_permit", "11010519491231002X", "810000"),
        ("credit_code", "91350100M000100Y44", "check character"),
        ("credit_code", "91350100I000100Y43", "18 characters"),
        ("passport", "E1", "4 to 30"),
        ("foreigner_permit", "12345", "beginning with 9"),
    ],
)
def test_a_wrong_number_is_refused_by_its_rule_and_not_repeated(kind, number, rule):
    error = refused({"id_kind": kind, "id_number": number})
    assert (error.reason, error.metadata["field"]) == ("ID_NUMBER_INVALID", "applicant.id_number")
    assert rule in str(error)
    assert number not in str(error)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("138 1234 5678", "13812345678"),
        ("+86-138-1234-5678", "13812345678"),
        ("008613812345678", "13812345678"),
        ("0858-8261234", "0858-8261234"),
        ("+85291234567", "+85291234567"),
        ("12345", "12345"),
    ],
)
def test_phones_have_one_written_form(written, number):
    assert zhang(phone=written).person.phone == number


@pytest.mark.parametrize(
    ("over", "reason", "field"),
    [
        ({"phone": "call me"}, "PHONE_INVALID", "applicant.phone"),
        ({"id_kind": ""}, "ID_KIND_REQUIRED", "applicant.id_kind"),
        ({"name": "张**"}, "MASKED_VALUE", "applicant.name"),
        ({"id_number": "110***********002X"}, "MASKED_VALUE", "applicant.id_number"),
        ({"phone": "138＊＊＊＊5678"}, "MASKED_VALUE", "applicant.phone"),
        ({"agent": {"name": " "}}, "NAME_REQUIRED", "applicant.agent.name"),
        ({"agent": {"name": "李四", "id_kind": "resident_id", "id_number": "1"}}, "ID_NUMBER_INVALID", "applicant.agent.id_number"),
    ],
)
def test_refusals_name_the_field(over, reason, field):
    error = refused(over)
    assert (error.reason, error.metadata["field"]) == (reason, field)


def test_what_is_shown():
    assert zhang().masked() == {
        "name": "张**", "id_kind": "resident_id", "id_number": "110***********002X", "phone": "138****5678", "contact": "z***@example.cn",
        "agent": {"name": "李*", "id_kind": "passport", "id_number": "*******78", "phone": "085*****1234"},
    }  # fmt: skip
    assert mask_name("贵州六盘水某某建设有限公司") == "贵州***公司"
    assert (mask_contact(""), mask_contact("ab"), mask_number("12345")) == ("", "**", "***45")
    assert mask_text("打 138 1234 5678 或 110105 1949 1231 002X，共 3 份") == "打 138******5678 或 110**************002X，共 3 份"


def test_a_masked_value_sent_back_changes_nothing():
    before = zhang()
    assert before.changed(before.masked(), today=TODAY) == before
    assert before.differences(before.changed(before.masked(), today=TODAY)) == []


def test_a_masked_value_beside_a_real_change_stays_unchanged():
    before = zhang()
    after = before.changed({**before.masked(), "phone": "13900001111"}, today=TODAY)
    assert (after.person.phone, after.person.id_number, after.person.name) == ("13900001111", "11010519491231002X", "张三丰")
    assert before.differences(after) == ["phone"]


def test_another_masked_value_is_refused():
    error = refused({}, {"phone": "139****1111"})
    assert (error.reason, error.metadata["field"]) == ("MASKED_VALUE", "applicant.phone")


def test_another_kind_of_paper_keeps_the_number_only_if_it_fits():
    assert refused({}, {"id_kind": "credit_code", "id_number": "110***********002X"}).reason == "ID_NUMBER_INVALID"
    assert zhang().changed({"id_kind": "other"}, today=TODAY).person.id_number == "11010519491231002X"


def test_fields_and_agent_can_be_taken_away_and_given():
    before = zhang()
    assert before.changed({"contact": ""}, today=TODAY).person.contact == ""
    gone = before.changed({"agent": {"name": None, "id_number": None}}, today=TODAY)
    assert gone.agent is None
    assert before.differences(gone) == ["agent.id_kind", "agent.id_number", "agent.name", "agent.phone"]
    again = gone.changed({"agent": {"name": "王五"}}, today=TODAY)
    assert again.agent is not None
    assert again.agent.name == "王五"
    assert refused({}, {"agent": {"phone": "12345", "name": ""}}).reason == "NAME_REQUIRED"


def test_plain_values_and_back():
    assert Applicant.from_plain(zhang().to_plain()) == zhang()
    assert zhang().shown() == ZHANG
    assert zhang(agent=None, contact="").shown() == {k: v for k, v in ZHANG.items() if k not in ("agent", "contact")}
