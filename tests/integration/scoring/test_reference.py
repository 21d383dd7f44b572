"""Local copies of halls, units, windows and staff: newest wins, gone is gone, and rankings follow."""

from .conftest import day_assessed, hall_changed, mark, staff_changed


def ranked(house, rulebook, kind):
    period = "2026-11" if rulebook == "MJ" else "2026Q4"
    places = house.ask("list_ranking", rulebook=rulebook, subject_kind=kind, period=period)["places"]
    return {place["subject_id"]: place["subject_name"] for place in places}


def tell(house, *events):
    return house.tell(*events, entry="on_reference")


def test_older_news_of_a_person_is_ignored(scored):
    tell(scored, staff_changed("p", version=3, name="新名"), staff_changed("p", version=2, name="旧名", status="ended"))
    assert ranked(scored, "MJ", "person")["p"] == "新名"


def test_who_left_is_ranked_only_if_he_was_scored(scored):
    scored.tell(day_assessed("2026-11-03", mark("late")))
    tell(scored, staff_changed("p", version=2, status="ended"), staff_changed("q", version=2, status="ended"))
    assert set(ranked(scored, "MJ", "person")) == {"p", "r", "t"}


def test_older_news_of_a_hall_is_ignored_and_closed_windows_disappear(scored):
    one = [{"window_id": "w1_1", "code": "B01", "name": "新窗口", "unit_id": "u1_1", "kind": "unit"}]
    tell(scored, hall_changed(version=3, windows=one), hall_changed(version=2))
    windows = ranked(scored, "XZK", "window")
    assert (windows["w1_1"], "w1_2" in windows) == ("B01 新窗口", False)
    tell(scored, hall_changed(version=4, status="closed"))
    assert "w1_1" not in ranked(scored, "XZK", "window")


def test_the_same_news_again_changes_nothing(scored):
    news = [hall_changed(version=7), staff_changed("p", version=7)]
    assert len(tell(scored, *news)) == 2
    assert tell(scored, *news) == frozenset()


def test_a_fact_about_somebody_unknown_is_scored_all_the_same(scored):
    scored.tell(day_assessed("2026-11-03", mark("late"), person="new", window_id="w9", unit_id="u9"))
    assert scored.points("MJ", "person", "new") == "-2.00"
    assert ranked(scored, "MJ", "person")["new"] == ""
    tell(scored, staff_changed("new", name="后到"))
    assert scored.sheet("MJ", "person", "new")["subject_name"] == "后到"


def test_a_window_that_moved_stays_in_its_new_hall_when_the_news_of_the_old_one_is_late(scored):
    here = [{"window_id": "w1_1", "code": "B01", "name": "企业登记", "unit_id": "u1_1", "kind": "unit"}]
    there = [{"window_id": "w2_1", "code": "A01", "name": "不动产", "unit_id": "u2_1", "kind": "unit"}, here[0] | {"code": "C09"}]
    before, after, gone = (
        hall_changed(version=3, windows=here),
        hall_changed("h0002", version=3, windows=there),
        hall_changed(version=4, windows=[]),
    )
    tell(scored, after)
    tell(scored, before)
    tell(scored, gone)
    assert ranked(scored, "XZK", "window")["w1_1"] == "C09 企业登记"
