"""Sessions and ratings on a real database: one case, one rating, whatever arrives how often and in which order."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from chassis.caller import Caller
from chassis.errors import HallbusError, NotFound, PermissionDenied
from chassis.paging import Page
from chassis.testing import deliver, outbox_events
from services.evaluation import orm, queries, summaries
from services.evaluation.domain.errors import EvaluationError
from services.evaluation.usecases import ratings

from .conftest import case_decided, hall_changed, pressed


def rated(db, case_id):
    return queries.rating(db, session_id="", case_id=case_id)


def types(db):
    return [event["type"] for event in outbox_events(db)]


def invite(db, case_id="c1"):
    return ratings.open_rating(db, case_id=case_id, rating_url="https://rate.example.cn/r/")


def submit(db, token, grade="satisfied", **over):
    return ratings.submit_rating(db, **{"token": token, "grade": grade, "tags": [], "text": "", "contact": ""} | over)


def test_a_finished_case_is_rated_with_a_token(city, db):
    deliver(city, [case_decided()], entry="on_case_decided")
    invitation = invite(db)
    assert invitation["link"] == "https://rate.example.cn/r/" + invitation["token"]
    session = queries.rating_session(db, token=invitation["token"])
    assert (session["state"], session["hall_name"], session["window_name"], session["item_name"]) == (
        "invited", "示例市政务服务中心", "企业登记", "食品经营许可",
    )  # fmt: skip
    assert not {"staff_id", "case_no", "contact"} & set(session)
    submit(db, invitation["token"], tags=["waiting_long"], text="打 13812345678 找我", contact="13812345678")
    answer = rated(db, "c1")
    assert (answer["grade"], answer["national_code"], answer["channel"], answer["tags"]) == ("satisfied", 2, "token", ["waiting_long"])
    assert "13812345678" not in str(answer)
    (event,) = outbox_events(db)
    assert event["data"]["grade"] == "satisfied"
    assert "13812345678" not in str(event)
    assert "打" not in str(event)


def test_the_token_itself_is_nowhere_in_the_database(city, db):
    deliver(city, [case_decided()], entry="on_case_decided")
    token = invite(db)["token"]
    with db.read() as tx:
        row = tx.execute(sa.select(orm.sessions)).one()
    assert len(token) >= 32
    assert token not in str(row)
    assert row.token_hash == ratings.token_hash(token)


def test_a_new_token_voids_the_former_one(city, db):
    deliver(city, [case_decided()], entry="on_case_decided")
    first, second = invite(db)["token"], invite(db)["token"]
    with pytest.raises(NotFound) as caught:
        submit(db, first)
    assert caught.value.reason == "TOKEN_UNKNOWN"
    submit(db, second)
    assert rated(db, "c1")["state"] == "rated"


def test_a_bad_rating_opens_a_bad_review(city, db):
    deliver(city, [case_decided()], entry="on_case_decided")
    submit(db, invite(db)["token"], "very_dissatisfied")
    assert types(db) == ["hallbus.evaluation.rating.submitted.v1", "hallbus.evaluation.bad_review.opened.v1"]
    assert [event["version"] for event in outbox_events(db)] == [1, 2]
    page = queries.list_bad_reviews(db, page=Page(50, None))
    assert [(r["case_id"], r["state"]) for r in page["bad_reviews"]] == [("c1", "opened")]


def test_the_same_decision_again_opens_nothing_new(city, db):
    event = case_decided()
    assert deliver(city, [event], entry="on_case_decided") == {event.id}
    assert deliver(city, [event], entry="on_case_decided") == set()
    # The producer said it twice under two ids: the case's key holds.
    deliver(city, [case_decided()], entry="on_case_decided")
    with db.read() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(orm.sessions)).scalar() == 1


def test_two_tries_at_once_give_one_rating(city, db):
    deliver(city, [case_decided()], entry="on_case_decided")
    token = invite(db)["token"]
    outcomes, start = [], threading.Barrier(6)

    def attempt(grade):
        start.wait()
        try:
            outcomes.append(submit(db, token, grade)["grade"])
        except (EvaluationError, HallbusError) as error:
            outcomes.append(error.reason)

    threads = [threading.Thread(target=attempt, args=(grade,)) for grade in ["satisfied", "dissatisfied"] * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes)[:5] == ["RATING_ALREADY_GIVEN"] * 5
    with db.read() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(orm.ratings)).scalar() == 1
    assert types(db).count("hallbus.evaluation.rating.submitted.v1") == 1


def copy_of(db, table, **over):
    """Write the table's only row again, with other values."""
    with db.transaction() as tx:
        row = dict(tx.execute(sa.select(table)).one()._mapping)
        tx.execute(sa.insert(table).values(row | over))


def test_the_database_itself_refuses_a_second_rating_of_a_case(city, db):
    deliver(city, [case_decided()], entry="on_case_decided")
    submit(db, invite(db)["token"])
    with pytest.raises(sa.exc.IntegrityError):
        copy_of(db, orm.ratings, grade="dissatisfied")
    with pytest.raises(sa.exc.IntegrityError):
        copy_of(db, orm.sessions, session_id="other", token_hash=None)


def test_silence_expires_and_counts_as_no_rating(city, db, now):
    deliver(city, [case_decided(at=now - timedelta(days=8)), case_decided("c2", at=now)], entry="on_case_decided")
    assert city.expire_sessions() == 1
    assert rated(db, "c1")["state"] == "expired"
    summary = summaries.rating_summary(db, page=Page(50, None), group_by="window", decided_from=None, decided_to=None)
    assert (summary["total"]["finished"], summary["total"]["rated"], summary["total"]["satisfaction_percent"]) == (2, 0, None)
    assert outbox_events(db) == []


def test_an_old_token_is_refused_before_the_sweep_comes_by(city, db, now):
    deliver(city, [case_decided(at=now - timedelta(days=6.99999))], entry="on_case_decided")
    token = invite(db)["token"]
    with db.transaction() as tx:
        tx.execute(sa.update(orm.sessions).values(expires_at=now))
    assert queries.rating_session(db, token=token)["state"] == "expired"
    with pytest.raises(EvaluationError) as caught:
        submit(db, token)
    assert caught.value.reason == "SESSION_EXPIRED"


def test_an_older_hall_event_changes_nothing(city, db):
    deliver(city, [hall_changed(version=3, name="新名"), hall_changed(version=2, name="旧名", windows=[])], entry="on_reference")
    with db.read() as tx:
        assert tx.execute(sa.select(orm.halls.c.name, orm.halls.c.version)).one() == ("新名", 3)
        assert tx.execute(sa.select(sa.func.count()).select_from(orm.windows)).scalar() == 2


def test_a_failing_handler_leaves_nothing_behind_and_succeeds_on_the_next_try(city, db):
    event, whole = case_decided(), orm.sessions.c.case_no
    with db.transaction() as tx:
        tx.execute(sa.insert(orm.presses).values(
            device_id="d", press_id="p", window_id="w0001", key=9, pressed_at=event.time, received_at=event.time, session_id=None,
            reason="NO_SESSION", settled_at=event.time, region="52.02", hall_id="h0001",
        ))  # fmt: skip
    with pytest.raises(AssertionError):
        deliver(city, [event], entry="on_case_decided")
    with db.transaction() as tx:
        assert tx.execute(sa.select(whole)).all() == []
        tx.execute(sa.delete(orm.presses))
    assert deliver(city, [event], entry="on_case_decided") == {event.id}


def test_lists_show_only_the_callers_halls(city, db, calls, now):
    there = {"region": "52.02.01", "hall_id": "h0002", "window_id": "w0005"}
    deliver(city, [case_decided(), case_decided("c2", **there), case_decided("c3", **there)], entry="on_case_decided")
    for case_id in ("c1", "c2", "c3"):
        submit(db, invite(db, case_id)["token"], "dissatisfied")
    deliver(city, [pressed(window_id="w0077")], entry="on_rating_pressed")
    county = Caller("a1", "s0011", ("region:52.02.01",))
    span = {"submitted_from": None, "submitted_to": None, "grades": []}
    with calls(county):
        page = queries.list_ratings(db, page=Page(1, None), **span)
        assert (len(page["ratings"]), page["total_size"]) == (1, 2)
        assert queries.list_bad_reviews(db, page=Page(50, None))["total_size"] == 2
        assert queries.list_presses(db, page=Page(50, None), unmatched=True)["total_size"] == 0
        summary = summaries.rating_summary(db, page=Page(50, None), group_by="hall", decided_from=None, decided_to=None)
        assert [line["key"] for line in summary["lines"]] == ["h0002"]
        assert summary["total"]["finished"] == 2
        with pytest.raises(PermissionDenied):
            rated(db, "c1")
        with pytest.raises(PermissionDenied):
            invite(db, "c1")
    with calls(Caller.anonymous()):
        assert queries.list_ratings(db, page=Page(50, None), **span)["total_size"] == 0


def test_pages_follow_each_other_without_gap_or_repeat(city, db, now):
    cases = [f"c{number}" for number in range(7)]
    deliver(city, [case_decided(case_id) for case_id in cases], entry="on_case_decided")
    for case_id in cases:
        submit(db, invite(db, case_id)["token"])
    with db.transaction() as tx:
        tx.execute(sa.update(orm.ratings).values(submitted_at=now))  # all at one moment: only the key can break the tie
    seen, token = [], None
    while token != "":
        page = queries.list_ratings(db, page=Page.of(3, token, keys=2), grades=[], submitted_from=None, submitted_to=None)
        assert page["total_size"] == 7
        seen += [r["case_id"] for r in page["ratings"]]
        token = page["next_page_token"]
    assert sorted(seen) == cases


def test_summary_counts_by_its_definition(city, db):
    grades = ["very_satisfied", "very_satisfied", "basically_satisfied", "dissatisfied"]
    cases = [case_decided(f"c{number}", window_id="w0001" if number < 4 else "w0002") for number in range(6)]
    deliver(city, cases, entry="on_case_decided")
    for number, grade in enumerate(grades):
        submit(db, invite(db, f"c{number}")["token"], grade)
    summary = summaries.rating_summary(db, page=Page(1, None), group_by="window", decided_from=None, decided_to=None)
    (line,) = summary["lines"]
    assert (line["key"], line["rated"], line["satisfied"], line["satisfaction_percent"], line["average"]) == (
        "w0001",
        4,
        3,
        "75.00",
        "3.75",
    )
    assert (summary["total_size"], summary["total"]["finished"], summary["total"]["rating_percent"]) == (2, 6, "66.67")
    after = Page.of(1, summary["next_page_token"], keys=1)
    (rest,) = summaries.rating_summary(db, page=after, group_by="window", decided_from=None, decided_to=None)["lines"]
    assert (rest["key"], rest["rated"], rest["average"]) == ("w0002", 0, None)
