"""Gates, guides, fee standards and improvements of items, without a database."""

import datetime as dt

import pytest

from services.directory.domain import guides
from services.directory.domain.contents import ItemContent, Material
from services.directory.domain.errors import DomainError
from services.directory.domain.guides import FeeLine, Guide, SampleForm
from services.directory.domain.importing import read_csv
from services.directory.domain.improvements import Gain, gains
from services.directory.domain.items import OFFICES, Exit, Item

AT = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 23)
GUIDE = Guide("52001", "有场所", ("受理", "审查", "决定"), "8000", "flow.pdf", (SampleForm("样表", "s.pdf"),))
FEE = FeeLine("F1", "登记费", "fixed", 8000, "件", "发改价格规〔2016〕2559号")
M1, M2 = Material("M1", "申请书", required=True), Material("M2", "平面图", required=True)


def content(**over):
    given = {
        "name": "x", "item_type": "license", "time_class": "promised", "legal_days": 40, "promised_days": 5, "day_kind": "working",
        "materials": (M1, M2), "key_stages": (), "units_involved": 1, "legal_basis": "行政许可法", "guide": GUIDE,
    }  # fmt: skip
    return ItemContent(**{**given, **over})


def an_item():
    return Item("i1", "u1", "52.02", "h1", "x", "draft")


def publish(item, **over):
    item.revise(content(**over), by="author", at=AT)
    item.approve_by_document("目录")
    return [(i.kind, i.before, i.after) for i in item.publish(by="author", at=AT)]


def refused(reason, call, /, *arguments, **named):
    with pytest.raises(DomainError) as caught:
        call(*arguments, **named)
    assert caught.value.reason == reason
    return caught.value


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"promised_days": 41}, "promised_days"),
        ({"promised_days": 21}, "long_limit_basis"),
        ({"promised_days": 29, "day_kind": "natural"}, "long_limit_basis"),
        ({"fees": (FeeLine("F1", "费", "fixed", 0, "", "令"),)}, "fees"),
        ({"fees": (FeeLine("F1", "费", "fixed", 100, "", " "),)}, "fees"),
        ({"fees": (FeeLine("F1", "费", "per_unit", 100, "", "令"),)}, "fees"),
        ({"fees": (FEE, FEE)}, "fees"),
    ],
)
def test_a_promise_or_a_fee_without_its_law_is_no_content(over, field):
    assert field in [name for name, _ in content(**over).problems()]


@pytest.mark.parametrize(
    "over",
    [
        {"promised_days": 20}, {"promised_days": 28, "day_kind": "natural"}, {"promised_days": 21, "long_limit_basis": "行政许可法第四十二条"},
        {"fees": (FEE, FeeLine("F2", "证照工本费", "per_unit", 1000, "证", "令"))},
    ],
)  # fmt: skip
def test_a_promise_or_a_fee_with_its_law_is_well(over):
    assert content(**over).problems() == []


@pytest.mark.parametrize("field", ["item_no", "conditions", "procedure", "phone", "flow_chart", "sample_forms"])
def test_an_item_enters_the_hall_with_a_complete_guide_only(field):
    item = an_item()
    holes = Guide(**{**GUIDE.__dict__, field: () if field in ("procedure", "sample_forms") else ""})
    item.revise(content(guide=holes), by="author", at=AT)
    item.approve_by_document("目录")
    assert refused("GUIDE_INCOMPLETE", item.publish, by="author", at=AT).metadata["missing"] == f"guide.{field}"
    assert publish(item) == []
    assert item.status == "in_hall"


def test_a_guide_grows_stale_after_the_setting():
    assert not guides.stale(AT, AT + dt.timedelta(days=365), days=365)
    assert guides.stale(AT, AT + dt.timedelta(days=365, seconds=1), days=365)
    assert not guides.stale(None, AT, days=1)


def said(item, office, by, *, agrees=True, needed=OFFICES):
    item.give_opinion(office, agrees=agrees, opinion="", by=by, at=AT, needed=needed)


def test_four_offices_and_five_people_bring_an_item_to_the_door():
    item = an_item()
    item.revise(content(), by="author", at=AT)
    refused("SAME_PERSON", said, item, "centre", "author")
    for office in OFFICES[:3]:
        said(item, office, office)
    refused("SAME_PERSON", said, item, "legal", "price")
    said(item, "legal", "legal", agrees=False)
    assert item.status == "draft"
    said(item, "legal", "legal")
    assert item.status == "reviewed"
    refused("ITEM_NOT_DRAFT", said, item, "legal", "legal")


def test_opinions_about_other_words_do_not_count():
    item = an_item()
    item.revise(content(), by="author", at=AT)
    for office in OFFICES[:3]:
        said(item, office, office)
    item.revise(content(promised_days=4), by="author", at=AT)
    said(item, "legal", "legal")
    assert (item.status, [o["office"] for o in item.newest().opinions]) == ("draft", ["legal"])


def test_an_objection_of_an_office_that_is_not_needed_still_stands():
    item = an_item()
    item.revise(content(), by="author", at=AT)
    said(item, "legal", "legal", agrees=False, needed=("centre",))
    said(item, "centre", "centre", needed=("centre",))
    assert item.status == "draft"


def test_an_item_cancelled_from_a_day_on_stays_till_then():
    item = an_item()
    publish(item)
    item.leave(Exit("cancelled", "国务院取消", "国发1号", on=TODAY + dt.timedelta(days=3)), today=TODAY, at=AT)
    assert (item.status, item.pending_events[-1].status, item.pending_events[-1].cancelled_on) == (
        "in_hall",
        "in_hall",
        dt.date(2026, 11, 26),
    )
    item.expire(at=AT)
    assert (item.status, item.pending_events[-1].status) == ("cancelled", "cancelled")
    refused("ITEM_NOT_IN_HALL", item.expire, at=AT)


def test_a_cancellation_from_a_past_day_takes_effect_at_once():
    item = an_item()
    publish(item)
    item.leave(Exit("cancelled", "x", "国发1号", on=TODAY - dt.timedelta(days=9)), today=TODAY, at=AT)
    assert (item.status, item.cancelled_on, len(item.pending_events)) == ("cancelled", dt.date(2026, 11, 14), 2)


def test_who_takes_an_item_out_names_the_document():
    item = an_item()
    publish(item)
    refused("DOCUMENT_REQUIRED", item.leave, Exit("cancelled", "x"), today=TODAY, at=AT)
    refused("DELEGATE_REQUIRED", item.leave, Exit("delegated_down", "x", "文1号"), today=TODAY, at=AT)
    item.leave(Exit("delegated_down", "x", "文1号", delegated_to="h0005"), today=TODAY, at=AT)
    assert (item.status, item.leaving["delegated_to"]) == ("delegated_down", "h0005")


def test_a_new_version_after_an_exit_is_not_cancelled_any_more():
    item = an_item()
    publish(item)
    item.leave(Exit("exited", "x"), today=TODAY, at=AT)
    publish(item, promised_days=4)
    assert (item.status, item.cancelled_on, item.pending_events[-1].cancelled_on) == ("in_hall", None, None)


def test_an_excluded_item_needs_its_approval_lifted_before_it_moves():
    item = an_item()
    publish(item)
    approved = {"document_no": "府1号", "approved_on": TODAY, "reason": "涉密"}
    refused("ITEM_IN_HALL", item.exclude, "state_secret", **approved)
    item.leave(Exit("exited", "x"), today=TODAY, at=AT)
    item.exclude("state_secret", **approved)
    refused("ITEM_EXCLUDED", item.revise, content(), by="author", at=AT)
    item.readmit()
    assert (item.status, item.exclusion) == ("exited", None)
    refused("ITEM_NOT_EXCLUDED", item.readmit)


def test_improvements_are_found_between_versions_and_each_once():
    item = an_item()
    assert publish(item) == []
    assert publish(item, promised_days=3) == [("shorten_promise", 5, 3)]
    assert publish(item, promised_days=5) == []
    assert publish(item, promised_days=3, name="y") == []
    assert publish(item, promised_days=2) == [("shorten_promise", 3, 2)]
    assert publish(item, promised_days=2, materials=(M1,)) == [("fewer_materials", 2, 1)]
    assert publish(item, promised_days=2, materials=(M1,), guide=Guide(**{**GUIDE.__dict__, "procedure": ("受理", "决定")})) == [
        ("fewer_steps", 3, 2)
    ]


def test_a_promise_made_immediate_counts_as_that_alone():
    item = an_item()
    publish(item)
    assert publish(item, time_class="immediate", promised_days=0) == [("promise_to_immediate", 5, 0)]
    publish(item)
    assert publish(item, time_class="immediate", promised_days=0) == []


def test_working_and_natural_days_are_not_compared():
    old = {"time_class": "promised", "promised_days": 10, "day_kind": "working", "materials": [], "guide": {"procedure": []}}
    assert gains({**old, "promised_days": 9, "day_kind": "natural"}, [old]) == []
    assert gains({**old, "promised_days": 9}, [old]) == [Gain("shorten_promise", 10, 9, "working")]


def test_an_improvement_is_verified_by_another_person_with_evidence():
    item = an_item()
    publish(item)
    item.revise(content(promised_days=3), by="author", at=AT)
    item.approve_by_document("目录")
    (found,) = item.publish(by="publisher", at=AT)
    found.detect()
    refused("SAME_PERSON", found.decide, true=True, by="publisher", evidence="x", note="", at=AT)
    refused("EVIDENCE_REQUIRED", found.decide, true=True, by="other", evidence=" ", note="", at=AT)
    found.decide(true=True, by="other", evidence="近三月办件均在三日内", note="", at=AT)
    refused("IMPROVEMENT_DECIDED", found.decide, true=False, by="other", evidence="", note="", at=AT)
    assert (found.state, [e.version for e in found.pending_events]) == ("verified", [1, 2])


HEADER = "item_id,name,unit_id,time_class,legal_days,promised_days,fees,procedure,sample_forms\n"


def test_fees_and_guide_are_read_from_csv():
    rows, errors = read_csv(
        HEADER + "i1,x,u1,promised,20,5,F1:登记费:fixed:8000:件:令;F2:工本费:per_unit:1000:证:令,受理;决定,样表:guide/a.pdf\n"
    )
    assert errors == []
    assert rows[0].values["fees"][1] == {
        "code": "F2",
        "name": "工本费",
        "kind": "per_unit",
        "amount_fen": 1000,
        "unit": "证",
        "basis": "令",
    }
    assert rows[0].values["guide"] == {"procedure": ["受理", "决定"], "sample_forms": [{"name": "样表", "reference": "guide/a.pdf"}]}


@pytest.mark.parametrize(
    "cell", ["F1:费:fixed:80.00:件:令", "F1:费:cash:8000:件:令", "F1:费:fixed:8000:件", "F1:费:fixed:-1:件:令", "F1:费:fixed:８０:件:令"]
)
def test_a_fee_that_cannot_be_read_names_its_line(cell):
    _, errors = read_csv(HEADER + f"i1,x,u1,promised,20,5,{cell},,\n")
    assert [(e.line, e.field) for e in errors] == [(2, "fees")]


def test_the_cause_of_a_bad_sample_form_is_told():
    _, errors = read_csv(HEADER + "i1,x,u1,promised,20,5,,,样表\n")
    assert [(e.line, e.field) for e in errors] == [(2, "sample_forms")]
