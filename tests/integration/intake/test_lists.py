"""Lists: scope, filters, stable pages, totals, plans."""

import pytest
import sqlalchemy as sa

from chassis.errors import InvalidArgument, PermissionDenied


@pytest.fixture
def cases(intake):
    first = [intake.receipt()["case_id"] for _ in range(5)]
    other = intake.receipt(hall_id="h0002", window_id="w12", item_id="i0009", staff_id="s12")["case_id"]
    intake("accept_case", case_id=first[0])
    intake.clock.at("2026-11-25 09:00")
    intake("accept_case", case_id=first[1])
    intake("accept_case", case_id=other)
    return first, other


def ids(page):
    return [case["case_id"] for case in page["cases"]]


def test_a_list_shows_the_callers_scope_only(intake, cases):
    _, other = cases
    assert ids(intake.acting_as("hall:h0002")("list_cases")) == [other]
    assert ids(intake.acting_as("region:52.02.01")("list_cases")) == [other]
    assert intake.acting_as("region:52.02")("list_cases")["total_size"] == 6
    assert intake.acting_as()("list_cases") == {"cases": [], "next_page_token": "", "total_size": 0, "total_is_exact": True}
    assert intake.acting_as("region:52.02.01")("list_cases", hall_id="h0001")["total_size"] == 0


@pytest.mark.parametrize(
    "method",
    [
        "get_case",
        "explain_deadline",
        "accept_case",
        "submit_supplement",
        "decide_case",
        "deliver_case",
        "record_stage",
        "suspend_case",
        "resume_case",
        "extend_case",
        "judge_breach",
    ],
)
def test_nothing_of_another_hall_can_be_touched(intake, cases, method):
    more = {
        "submit_supplement": {"materials": ["M1"]}, "decide_case": {"outcome": "approved", "handler_id": "s12"},
        "record_stage": {"stage": "review", "handler_id": "s12"}, "suspend_case": {"procedure": "hearing"},
        "judge_breach": {"breach": "overdue", "staff_fault": False},
    }.get(method, {})  # fmt: skip
    with pytest.raises(PermissionDenied):
        intake.acting_as("hall:h0002")(method, case_id=cases[0][0], **more)
    with pytest.raises(PermissionDenied):
        intake.acting_as("hall:h0002").receipt()


def test_pages_are_stable_while_cases_come(intake, cases):
    first, other = cases
    page = intake("list_cases", page_size=4)
    assert page["total_size"] == 6
    intake.receipt()
    rest = intake("list_cases", page_size=4, page_token=page["next_page_token"])
    assert ids(page) + ids(rest) == [other, *reversed(first)]
    assert rest["next_page_token"] == ""


def test_the_nearest_due_days_come_first(intake, cases):
    first, other = cases
    page = intake("list_cases", order="due", page_size=2)
    assert (ids(page), page["total_size"]) == ([first[0], first[1]], 3)
    assert ids(intake("list_cases", order="due", page_size=2, page_token=page["next_page_token"])) == [other]


def test_filters_narrow(intake, cases):
    first, other = cases
    assert intake("list_cases", state="registered")["total_size"] == 3
    assert ids(intake("list_cases", due_to="2026-11-30")) == [first[0]]
    assert intake("list_cases", due_from="2026-12-01")["total_size"] == 2
    assert intake("list_cases", unit_id="u12", window_id="w12", item_id="i0009", staff_id="s12")["total_size"] == 1
    number = intake("get_case", case_id=other)["case_no"]
    assert intake("get_case", case_no=number)["case_id"] == other


@pytest.mark.parametrize("over", [{"page_size": 1000}, {"page_token": "x"}, {"state": "lost"}, {"due_from": "soon"}, {"colour": "red"}])
def test_a_bad_list_request_names_the_field(intake, over):
    with pytest.raises(InvalidArgument) as caught:
        intake("list_cases", **over)
    assert caught.value.violations[0].field == next(iter(over))


def test_hot_reads_use_their_indexes(intake, cases):
    with intake.db.transaction() as tx:
        tx.execute(
            "INSERT INTO intake.cases (case_id, case_no, region, hall_id, unit_id, window_id, staff_id, item_id, item_version, channel,"
            " applicant, track_hash, received_at, state, time_class, required, handed, clock_at, clock_start, version)"
            " SELECT 'x' || n, 'x' || n, '52.02', 'h' || n % 50, 'u', 'w', 's', 'i', 1, 'window', '{}', 'x' || n, now(), 'delivered', 'promised',"
            " '{}', '{}', now(), now()::date, 1 FROM generate_series(1, 20000) n"
        )
    engine = sa.create_engine(intake.db.dsn, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE intake.cases")
        for query in (
            "SELECT * FROM intake.cases WHERE hall_id = 'h7' ORDER BY case_id DESC LIMIT 51",
            "SELECT * FROM intake.cases WHERE state IN ('accepted', 'in_review') ORDER BY promised_due, case_id LIMIT 51",
            "SELECT * FROM intake.cases WHERE timer_at <= now() ORDER BY timer_at LIMIT 1 FOR UPDATE SKIP LOCKED",
            "SELECT * FROM intake.cases WHERE state IN ('registered', 'supplement', 'accepted', 'in_review', 'suspended', 'decided') AND calendar_edition < 2027 LIMIT 1",
            "SELECT * FROM intake.cases WHERE track_hash = 'x5'",
            "SELECT * FROM intake.cases WHERE case_no = 'x5'",
        ):
            plan = "\n".join(row[0] for row in connection.exec_driver_sql("EXPLAIN " + query))
            assert "Seq Scan" not in plan, plan
    engine.dispose()
