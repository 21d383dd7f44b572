"""The running service: events in from the bus, calls over RPC, crashes in the narrow windows."""

import uuid

import pytest
import sqlalchemy as sa

from chassis.caller import Caller
from chassis.errors import HallbusError
from chassis.migrations import check, downgrade, upgrade
from chassis.testing import eventually
from contracts import REGISTRY
from services.evaluation import orm

from .conftest import case_decided, hall_changed, pressed, staff_changed

HEAD = Caller("a1", "s0002", ("hall:h0001",))
VERIFIER = Caller("a9", "s0090", ("*",))


def send(bus, event):
    bus.publish(
        event.type, event.data, subject=event.subject, version=event.version, region=event.region, hall_id=event.hall_id, event_id=event.id
    )


def ask(rpc, method, caller=None, mutating=False, **request):
    if mutating:
        request.setdefault("request_id", str(uuid.uuid4()))
    return rpc.call("evaluation", method, request, caller=caller)


def reason_of(call):
    with pytest.raises(HallbusError) as caught:
        call()
    return caught.value.reason


def opened(rpc, case_id):
    try:
        return ask(rpc, "get_rating", case_id=case_id)
    except HallbusError:
        return None


def test_a_case_from_the_bus_is_rated_over_rpc_and_told_to_everyone(run_services, bus, rpc, make_db, now):
    run_services("evaluation")
    for event in (hall_changed(), staff_changed(), case_decided("c1", at=now), case_decided("c2", at=now, window_id="w0002")):
        send(bus, event)
    eventually(lambda: opened(rpc, "c1") and opened(rpc, "c2"))

    send(bus, pressed(at=now, window_id="w0002", key=5))
    eventually(lambda: opened(rpc, "c2")["state"] == "rated")

    request_id = str(uuid.uuid4())
    first = ask(rpc, "open_rating", HEAD, mutating=True, case_id="c1", request_id=request_id)
    again = ask(rpc, "open_rating", HEAD, mutating=True, case_id="c1", request_id=request_id)
    assert "token" in first
    assert "token" not in again
    with make_db("evaluation").read() as tx:
        assert first["token"] not in str(tx.execute(sa.text("SELECT * FROM evaluation.idempotency")).all())

    citizen = Caller.anonymous()
    assert ask(rpc, "get_rating_session", citizen, token=first["token"])["state"] == "invited"
    rating = {"token": first["token"], "grade": "satisfied", "request_id": str(uuid.uuid4())}
    receipt = ask(rpc, "submit_rating", citizen, mutating=True, **rating)
    assert receipt["grade"] == "satisfied"
    assert ask(rpc, "submit_rating", citizen, mutating=True, **rating) == receipt
    fresh = {**rating, "request_id": str(uuid.uuid4())}
    assert reason_of(lambda: ask(rpc, "submit_rating", citizen, mutating=True, **fresh)) == "RATING_ALREADY_GIVEN"
    assert reason_of(lambda: ask(rpc, "submit_rating", citizen, mutating=True, token="x" * 20, grade="satisfied")) == "TOKEN_UNKNOWN"
    assert reason_of(lambda: ask(rpc, "submit_rating", citizen, mutating=True, token="x" * 20, grade="superb")) == "INVALID_REQUEST"
    assert reason_of(lambda: ask(rpc, "list_ratings", page_token="rubbish")) == "INVALID_REQUEST"

    summary = ask(rpc, "rating_summary", HEAD, group_by="window")
    assert [(line["key"], line["average"]) for line in summary["lines"]] == [("w0001", "4.00"), ("w0002", "1.00")]
    eventually(lambda: len(bus.events("evaluation.rating.submitted")) == 2)
    (bad,) = eventually(lambda: bus.events("evaluation.bad_review.opened"))
    REGISTRY.get("evaluation.bad_review.opened").validate(bad["data"])


def test_a_complaint_over_rpc(run_services, bus, rpc, now):
    run_services("evaluation")
    send(bus, hall_changed())
    send(bus, staff_changed())
    said = {
        "hall_id": "h0001", "category": "attitude", "window_id": "w0001", "staff_id": "s0001", "text": "态度差", "contact": "13812345678",
        "occurred_at": now.isoformat(),
    }  # fmt: skip

    def file():
        try:
            return ask(rpc, "file_complaint", HEAD, mutating=True, **said)
        except HallbusError:
            return None

    complaint = eventually(file)
    assert complaint["contact"] == "138****5678"
    assert (
        reason_of(lambda: ask(rpc, "verify_complaint", VERIFIER, mutating=True, complaint_id=complaint["complaint_id"]))
        == "INVALID_REQUEST"
    )
    verified = ask(rpc, "verify_complaint", VERIFIER, mutating=True, complaint_id=complaint["complaint_id"], true=True, serious=True)
    assert (verified["true"], verified["serious"], verified["round"]) == (True, True, 1)
    personal = {"subject_kind": "complaint", "subject_id": complaint["complaint_id"], "purpose": "回访"}
    assert ask(rpc, "disclose_personal_data", VERIFIER, mutating=True, **personal)["contact"] == "13812345678"
    (event,) = eventually(lambda: bus.events("evaluation.complaint.verified"))
    assert event["data"]["serious"] is True
    assert ask(rpc, "list_complaints", Caller("a5", "s0050", ("hall:h0002",)))["total_size"] == 0


@pytest.mark.parametrize("window", ["consumer.after_handler_before_commit", "consumer.after_commit_before_ack"])
def test_a_crash_between_any_two_steps_neither_loses_nor_doubles(run_services, bus, rpc, make_db, now, window):
    running = run_services("evaluation", env={"HALLBUS_FAILPOINT": f"{window}:2"})
    send(bus, case_decided(at=now))
    send(bus, pressed(at=now, key=4))
    eventually(lambda: running.processes["evaluation"].poll() == 137)
    running.start("evaluation", env={"HALLBUS_FAILPOINT": ""})
    eventually(lambda: (opened(rpc, "c1") or {}).get("state") == "rated")
    eventually(lambda: bus.events("evaluation.bad_review.opened"))
    with make_db("evaluation").read() as tx:
        counts = [
            tx.execute(sa.select(sa.func.count()).select_from(t)).scalar()
            for t in (orm.sessions, orm.ratings, orm.presses, orm.bad_reviews)
        ]
    assert counts == [1, 1, 1, 1]
    assert len(bus.events("evaluation.rating.submitted")) == 1


def test_migrations_agree_with_the_tables_and_go_both_ways(database_url, template):
    template.require("evaluation")
    assert check(database_url, "evaluation") == []
    downgrade(database_url, "evaluation", "base")
    upgrade(database_url, ["evaluation"])
    assert check(database_url, "evaluation") == []
