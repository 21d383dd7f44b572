"""The API of scoring: rulebooks, assignments, facts by hand, sheets, rankings; scope on every row and list."""

import re

import pytest

from chassis.caller import Caller
from chassis.errors import adopt
from services.scoring import rulebook_file

from .conftest import day_assessed, finding, mark, overdue

CITY = Caller("a1", "s0081", ("*",))
SECOND = Caller("a2", "s0082", ("*",))
COUNTY = Caller("c1", "s0083", ("region:52.02.01",))
HALL1 = Caller("h1", "s0084", ("hall:h0001",))
NOBODY = Caller("n1", "s0085", ())


def reason_of(call):
    with pytest.raises(Exception, match=r".") as caught:
        call()
    return adopt(caught.value).reason


# Rulebooks and assignments


def test_a_published_version_never_changes(house):
    text = rulebook_file.bundled()["mj.v1"].read_text()
    first = house.ask("publish_rulebook", bundled="mj.v1")
    assert house.ask("publish_rulebook", text=text)["published_at"] == first["published_at"]
    changed = text.replace("points: -500", "points: -400", 1)
    assert reason_of(lambda: house.ask("publish_rulebook", text=changed)) == "RULEBOOK_VERSION_PUBLISHED"
    assert house.ask("publish_rulebook", text=changed.replace("version: 1", "version: 2"))["version"] == 2
    listed = house.ask("list_rulebooks")
    assert [(b["rulebook"], b["version"]) for b in listed["rulebooks"]] == [("MJ", 2), ("MJ", 1)]
    assert (len(listed["rulebooks"][1]["gaps"]), listed["rulebooks"][1]["parameters"][0]["default"]) == (8, "a")


def test_a_wrong_text_is_refused_with_line_and_field(house):
    text = rulebook_file.bundled()["mj.v1"].read_text().replace("facts: [ALCOHOL]", "facts: [ALCOHL]")
    with pytest.raises(Exception, match="line MJ-20-2: facts: 'ALCOHL'") as caught:
        house.ask("publish_rulebook", text=text)
    assert [(v.field, v.description) for v in caught.value.violations] == [
        ("text: line MJ-20-2 facts", "'ALCOHL' is not a type of the neutral register")
    ]


@pytest.mark.parametrize(
    ("request_", "reason"), [({}, "INVALID_REQUEST"), ({"bundled": "zzz"}, "RULEBOOK_NOT_BUNDLED"), ({"text": "3"}, "RULEBOOK_INVALID")]
)
def test_a_publication_needs_exactly_one_source(house, request_, reason):
    assert reason_of(lambda: house.ask("publish_rulebook", **request_)) == reason


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"version": 9}, "RULEBOOK_NOT_FOUND"),
        ({"valid_from": "2026-10-02"}, "NOT_A_PERIOD"),
        ({"valid_to": "2026-11-30"}, "NOT_A_PERIOD"),
        ({"valid_to": "2026-09-30"}, "NOT_A_PERIOD"),
        ({"base": "100"}, "BASE_FIXED"),
        ({"rulebook": "MJ", "base": "-1"}, "MARKS_INVALID"),
        ({"rulebook": "MJ", "base": "1e2"}, "MARKS_INVALID"),
        ({"parameters": [{"code": "no", "option": "a"}]}, "PARAMETER_UNKNOWN"),
        ({"parameters": [{"code": "repetition_scope", "option": "Z"}]}, "OPTION_UNKNOWN"),
        ({"hall_id": "h0404"}, "HALL_NOT_FOUND"),
        ({"region": ""}, "INVALID_REQUEST"),
        ({"region": "52.02.01", "hall_id": "h0001"}, "INVALID_REQUEST"),
    ],
)
def test_wrong_assignments_are_refused(house, over, reason):
    house.publish("mj.v1", "xzk.v1")
    request = {"rulebook": "XZK", "version": 1, "region": "52.02", "valid_from": "2026-10-01"} | over
    assert reason_of(lambda: house.ask("assign_rulebook", CITY, **request)) == reason


def test_one_rulebook_scores_a_place_once_and_several_score_it_together(house):
    house.publish("mj.v1", "xzk.v1")
    county = house.assign("XZK", region="52.02.01", valid_to="2026-12-31")
    house.assign("MJ", base="100")
    assert reason_of(lambda: house.assign("XZK", region="52.02")) == "ASSIGNMENT_OVERLAPS"
    assert reason_of(lambda: house.assign("XZK", region="", hall_id="h0002")) == "ASSIGNMENT_OVERLAPS"
    house.assign("XZK", region="", hall_id="h0001")
    house.assign("XZK", region="52.02.01", valid_from="2027-01-01")
    listed = house.ask("list_assignments", rulebook="XZK")["assignments"]
    assert len(listed) == 3
    assert listed[-1] == county
    house.tell(day_assessed("2026-11-03", mark("late")))
    assert house.sheet("MJ", "person", "p")["total"] == "98.00"
    assert house.sheet("XZK", "window", "w1_1")["total"] == "99.50"


def test_facts_that_were_there_first_are_scored_after_the_assignment(house):
    house.publish("mj.v1", "xzk.v1")
    house.tell(
        day_assessed("2026-11-03", mark("late")),
        day_assessed("2026-09-03", mark("late")),
        day_assessed("2026-11-03", mark("late"), person="r", hall_id="h0002"),
    )
    house.assign("MJ", region="52.02.01")
    house.assign("XZK", region="", hall_id="h0002")
    assert house.service.rescore_dirty.__wrapped__(house.service) == 4
    assert (house.points("MJ", "person", "r"), house.points("XZK", "window", "w2_1")) == ("-2.00", "-0.50")
    assert reason_of(lambda: house.points("MJ", "person", "p")) == "SHEET_NOT_FOUND"
    assert house.service.rescore_dirty.__wrapped__(house.service) == 0
    assert house.differences() == []


def test_what_lies_after_the_end_of_an_assignment_is_reversed(house):
    house.publish("mj.v1")
    assignment = house.assign("MJ")
    house.tell(day_assessed("2026-10-08", mark("late")), day_assessed("2026-11-03", mark("late")))
    ended = house.ask("end_assignment", CITY, assignment_id=assignment["assignment_id"], valid_to="2026-10-31")
    assert ended["valid_to"] == "2026-10-31"
    house.service.rescore_dirty.__wrapped__(house.service)
    assert house.points("MJ", "person", "p", "2026-10") == "-2.00"
    assert reason_of(lambda: house.points("MJ", "person", "p", "2026-11")) == "SHEET_NOT_FOUND"
    assert house.differences() == []
    assert (
        reason_of(lambda: house.ask("end_assignment", assignment_id=assignment["assignment_id"], valid_to="2026-11-30"))
        == "ASSIGNMENT_ENDED"
    )


def test_the_choice_of_parameters_changes_the_score(house):
    house.publish("xzk.v1")
    house.assign("XZK", parameters=[{"code": "repetition_reading", "option": "b"}])
    for day in ("03", "09", "17", "18"):
        house.tell(day_assessed(f"2026-11-{day}", mark("late")))
    sheet = house.sheet("XZK", "window", "w1_1")
    assert sheet["points"] == "-4.00"
    assert {"code": "repetition_reading", "option": "b"} in sheet["parameters"]


# Facts by hand


def test_a_fact_by_hand_scores_when_a_second_person_verifies_it(scored):
    fact = scored.ask(
        "record_fact", CITY, type="OFF_POST", hall_id="h0001", person_id="p", occurred_on="2026-11-20", minutes=70, evidence="巡查记录"
    )
    assert (fact["verified"], fact["window_id"], fact["unit_id"], fact["recorded_by"]) == (False, "w1_1", "u1_1", "s0081")
    assert fact["text_zh"] == "2026-11-20 离岗 70分钟（人工登记）"
    assert scored.sheet("XZK", "window", "w1_1")["pending"][0]["fact_id"] == fact["fact_id"]
    assert reason_of(lambda: scored.ask("verify_fact", CITY, fact_id=fact["fact_id"], verified=True)) == "SAME_PERSON"
    judged = scored.ask("verify_fact", SECOND, fact_id=fact["fact_id"], verified=True, note="属实")
    assert (judged["verified"], judged["judged_by"]) == (True, "s0082")
    assert scored.points("XZK", "window", "w1_1") == "-1.00"
    scored.ask("verify_fact", SECOND, fact_id=fact["fact_id"], verified=False)
    assert scored.points("XZK", "window", "w1_1") == "0.00"
    assert scored.differences() == []


def test_a_key_is_no_second_person_of_its_own_and_nobody_judges_a_fact_about_himself(scored):
    key, other = Caller("key-1", None, ("*",)), Caller("key-2", None, ("*",))
    said = {"type": "GAME", "hall_id": "h0001", "person_id": "p", "occurred_on": "2026-11-20", "evidence": "记录"}
    fact_id = scored.ask("record_fact", key, recorded_by="s0081", **said)["fact_id"]
    assert reason_of(lambda: scored.ask("verify_fact", key, fact_id=fact_id, verified=True, verified_by="s0082")) == "SAME_PERSON"
    assert reason_of(lambda: scored.ask("verify_fact", CITY, fact_id=fact_id, verified=True)) == "SAME_PERSON", (
        "who is said to have recorded it"
    )
    himself = Caller("a7", "p", ("*",))
    assert reason_of(lambda: scored.ask("verify_fact", himself, fact_id=fact_id, verified=False)) == "SAME_PERSON"
    assert scored.ask("verify_fact", other, fact_id=fact_id, verified=True, verified_by="s0082")["judged_by"] == "s0082"


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"hall_id": "h0404"}, "HALL_NOT_FOUND"),
        ({"person_id": None}, "SUBJECT_MISSING"),
        ({"person_id": "nobody"}, "SUBJECT_UNKNOWN"),
        ({"person_id": "r"}, "SUBJECT_NOT_IN_HALL"),
        ({"occurred_on": "2126-11-20"}, "OCCURRED_IN_FUTURE"),
        ({"occurred_on": None}, "INVALID_REQUEST"),
        ({"occurred_at": "2026-11-18T17:00:00+00:00", "occurred_on": "2026-11-18"}, "INVALID_REQUEST"),
        ({"recorded_by": "s0001"}, "NOT_YOURSELF"),
    ],
)
def test_wrong_facts_are_refused(scored, over, reason):
    request = {"type": "GAME", "hall_id": "h0001", "person_id": "p", "occurred_on": "2026-11-20", "evidence": "记录"} | over
    request = {name: value for name, value in request.items() if value is not None}
    assert reason_of(lambda: scored.ask("record_fact", CITY, **request)) == reason


def test_a_judgement_outlives_later_reports_of_the_source(scored):
    scored.tell(day_assessed("2026-11-03", mark("late")))
    fact_id = scored.ask("list_facts", type="LATE")["facts"][0]["fact_id"]
    judged = scored.ask("verify_fact", CITY, fact_id=fact_id, verified=False, note="考勤机停电")
    assert (judged["verified"], scored.points("XZK", "window", "w1_1")) == (False, "0.00")
    scored.tell(day_assessed("2026-11-03", mark("late", minutes=9), revision=2))
    assert scored.points("XZK", "window", "w1_1") == "0.00"


def test_a_fact_that_its_source_took_back_cannot_be_judged(scored):
    scored.tell(day_assessed("2026-11-03", mark("late")))
    scored.tell(day_assessed("2026-11-03", revision=2))
    assert scored.ask("list_facts")["total_size"] == 0
    (fact,) = scored.ask("list_facts", retracted=True)["facts"]
    assert fact["retracted_at"]
    assert reason_of(lambda: scored.ask("verify_fact", CITY, fact_id=fact["fact_id"], verified=True)) == "FACT_RETRACTED"
    assert reason_of(lambda: scored.ask("verify_fact", CITY, fact_id="finding:f2", verified=True)) == "FACT_NOT_FOUND"


def test_what_has_a_second_person_at_home_is_not_judged_here_once_more(scored):
    scored.tell(finding("recorded", 1), overdue(1, "2026-12-01"))
    for fact_id in ("finding:f1", "overdue:c1@5"):
        assert reason_of(lambda i=fact_id: scored.ask("verify_fact", CITY, fact_id=i, verified=True)) == "JUDGED_BY_SOURCE"
    assert scored.ask("list_facts", type="GAME")["facts"][0]["recorded_by"] == "s0091"


# Sheets and lines


def test_every_line_of_a_sheet_is_explained(scored):
    for day in ("03", "09", "17"):
        scored.tell(day_assessed(f"2026-11-{day}", mark("late", minutes=7)))
    sheet = scored.sheet("XZK", "window", "w1_1")
    assert [line["running_total"] for line in sheet["lines"]] == ["99.50", "99.00", "98.00"]
    assert sheet["lines"][2]["explanation_zh"] == (
        "XZK-5D-10(五(四)(十))迟到、早退。事实：2026-11-17上午 迟到 7分钟（考勤）。"
        "计算：-0.50 × 2（XZK-5D-15：当月第3次） = -1.00 （同时符合XZK-5D-1，一事只计更具体的一条）"
    )
    assert "-0.50 × 2 (XZK-5D-15: no. 3 in its month) = -1.00" in sheet["lines"][2]["explanation_en"]
    assert (sheet["base"], sheet["raw_total"], sheet["capped_total"], sheet["subject_name"]) == ("100.00", "98.00", "98.00", "A01 窗口1")
    assert len(sheet["gaps"]) == 8
    answer = scored.ask("explain_line", HALL1, entry_id=sheet["lines"][2]["entry_id"])
    assert answer["line"]["explanation_zh"] == sheet["lines"][2]["explanation_zh"]
    assert [fact["fact_id"] for fact in answer["facts"]] == sheet["lines"][2]["fact_ids"]


def test_the_cascade_is_explained(scored):
    scored.tell(day_assessed("2026-11-03", mark("absent_half_day", "pm", 0)))
    (line,) = scored.sheet("MJ", "unit", "u1_1")["lines"]
    assert (line["line"], line["person_id"], line["source"]) == ("MJ-17-2", "p", "第十七条(二)")
    assert line["explanation_zh"].endswith("计算：工作人员被扣 5.00，每 5.00 连带 -2.00（按人累计取整）= -2.00")


def test_a_reversed_line_is_explained_by_the_facts_of_its_time(scored):
    scored.tell(day_assessed("2026-11-03", mark("late", minutes=7)))
    scored.tell(day_assessed("2026-11-03", mark("late", minutes=12), revision=2))
    old, reversal, new = scored.sheet("MJ", "person", "p", history=True)["lines"]
    assert [re.search(r"\d+分钟", line["explanation_zh"])[0] for line in (old, reversal, new)] == ["7分钟", "7分钟", "12分钟"]
    assert reversal["explanation_zh"].startswith("冲销：")
    assert reversal["explanation_zh"].endswith("原因：考勤结果已更正（attendance.day.assessed，p/2026-11-03第2号）")
    explained = scored.ask("explain_line", entry_id=old["entry_id"])["line"]
    assert explained["reversed_by"] == reversal["entry_id"]
    assert explained["reversed_because_en"] == "the person-day was assessed anew (attendance.day.assessed, p/2026-11-03 no. 2)"
    assert explained["causes"] == reversal["causes"]
    assert "reversed_because_zh" not in new


def test_a_subject_without_a_fact_has_its_base(scored):
    sheet = scored.sheet("XZK", "window", "w1_2")
    assert (sheet["total"], sheet["lines"], sheet["version"]) == ("100.00", [], 0)
    assert scored.sheet("MJ", "person", "q")["base"] is None


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"subject_id": "w404"}, "SHEET_NOT_FOUND"),
        ({"rulebook": "ZZZ"}, "SHEET_NOT_FOUND"),
        ({"subject_kind": "unit", "subject_id": "u1_1"}, "SHEET_NOT_FOUND"),
        ({"period": "2026-11"}, "PERIOD_INVALID"),
        ({"period": "Q4"}, "PERIOD_INVALID"),
        ({"period": "2026Q3"}, "SHEET_NOT_FOUND"),
    ],
)
def test_there_is_no_sheet_of_what_is_not_scored(scored, over, reason):
    request = {"rulebook": "XZK", "subject_kind": "window", "subject_id": "w1_1", "period": "2026Q4"} | over
    assert reason_of(lambda: scored.ask("get_score_sheet", **request)) == reason


# Rankings


def test_a_ranking_holds_everyone_and_equal_totals_share_a_place(scored):
    scored.tell(
        day_assessed("2026-11-03", mark("late")),
        finding("verified", 2, hall_id="h0002"),
        finding("verified", 2, hall_id="h0003", finding_id="f2"),
    )
    places = scored.ask("list_ranking", rulebook="XZK", subject_kind="window", period="2026Q4")["places"]
    assert [(p["place"], p["subject_id"], p["total"]) for p in places] == [
        (1, "w1_2", "100.00"), (1, "w2_2", "100.00"), (1, "w3_2", "100.00"), (2, "w1_1", "99.50"), (3, "w2_1", "96.00"), (3, "w3_1", "96.00"),
    ]  # fmt: skip
    assert places[0]["subject_name"] == "A02 窗口2"


def test_a_ranking_is_paged_by_key(scored):
    scored.tell(day_assessed("2026-11-03", mark("late")))
    whole = scored.ask("list_ranking", rulebook="XZK", subject_kind="window", period="2026Q4")
    pages, token = [], ""
    for _ in range(3):
        page = scored.ask("list_ranking", rulebook="XZK", subject_kind="window", period="2026Q4", page_size=2, page_token=token)
        pages += page["places"]
        token = page["next_page_token"]
    assert (pages, token, whole["total_size"]) == (whole["places"], "", 6)
    for bad in ("WyJ4IiwxLDJd", "zz"):
        assert (
            reason_of(lambda b=bad: scored.ask("list_ranking", rulebook="XZK", subject_kind="window", period="2026Q4", page_token=b))
            == "INVALID_REQUEST"
        )


def test_a_ranking_shows_only_the_callers_scope_and_counts_within_it(scored):
    scored.tell(finding("verified", 2, hall_id="h0002", staff_id="r"))

    def ranked(caller, **over):
        answer = scored.ask("list_ranking", caller, **({"rulebook": "MJ", "subject_kind": "person", "period": "2026-11"} | over))
        return [(place["place"], place["subject_id"]) for place in answer["places"]]

    assert ranked(CITY) == [(1, "p"), (1, "q"), (1, "t"), (2, "r")]
    assert ranked(HALL1) == [(1, "p"), (1, "q")]
    assert ranked(COUNTY) == [(1, "r")]
    assert ranked(NOBODY) == []
    assert ranked(CITY, region="52.02.02") == [(1, "t")]
    assert ranked(CITY, hall_id="h0003") == [(1, "t")]
    assert reason_of(lambda: ranked(CITY, period="2026Q4")) == "PERIOD_INVALID"


# Scope


def test_nobody_reads_or_acts_outside_his_scope(scored):
    scored.tell(day_assessed("2026-11-03", mark("late")), day_assessed("2026-11-03", mark("late"), person="r", hall_id="h0002"))
    line = scored.sheet("MJ", "person", "p")["lines"][0]
    which = {"rulebook": "MJ", "subject_kind": "person", "subject_id": "p", "period": "2026-11"}
    for caller in (COUNTY, NOBODY):
        assert reason_of(lambda c=caller: scored.ask("get_score_sheet", c, **which)) == "OUT_OF_SCOPE"
        assert reason_of(lambda c=caller: scored.ask("get_score_sheet", c, **(which | {"subject_id": "q"}))) == "OUT_OF_SCOPE"
        assert reason_of(lambda c=caller: scored.ask("explain_line", c, entry_id=line["entry_id"])) == "OUT_OF_SCOPE"
        assert reason_of(lambda c=caller: scored.ask("verify_fact", c, fact_id=line["fact_ids"][0])) == "OUT_OF_SCOPE"
        assert (
            reason_of(
                lambda c=caller: scored.ask(
                    "record_fact", c, type="GAME", hall_id="h0001", person_id="p", occurred_on="2026-11-03", evidence="…"
                )
            )
            == "OUT_OF_SCOPE"
        )
        assert (
            reason_of(lambda c=caller: scored.ask("assign_rulebook", c, rulebook="MJ", version=1, region="52.02", valid_from="2027-01-01"))
            == "OUT_OF_SCOPE"
        )
    assert [fact["person_id"] for fact in scored.ask("list_facts", COUNTY)["facts"]] == ["r"]
    assert [fact["person_id"] for fact in scored.ask("list_facts", HALL1)["facts"]] == ["p"]
    assert scored.ask("list_facts", NOBODY)["total_size"] == 0
    assert scored.ask("list_assignments", NOBODY)["total_size"] == 0
    assert scored.ask("recompute_period", COUNTY, rulebook="MJ", period="2026-11")["sheet_count"] == 2
    assert scored.ask("recompute_period", NOBODY, rulebook="MJ", period="2026-11")["sheet_count"] == 0


def test_facts_are_paged_by_key_newest_first(scored):
    scored.tell(*[day_assessed(f"2026-11-{day:02d}", mark("late"), mark("early", "pm")) for day in range(2, 7)])
    whole = scored.ask("list_facts", page_size=200)
    first = scored.ask("list_facts", page_size=3)
    scored.tell(day_assessed("2026-11-09", mark("late")))
    rest = scored.ask("list_facts", page_size=200, page_token=first["next_page_token"])
    assert [f["fact_id"] for f in first["facts"] + rest["facts"]] == [f["fact_id"] for f in whole["facts"]]
    assert (
        scored.ask("list_facts", type="EARLY", first_day="2026-11-03", last_day="2026-11-04", verified=True, person_id="p")["total_size"]
        == 2
    )
