"""The plans of the hot reads on a filled table, taken from what the service really asks."""

import contextlib
import datetime as dt
import re

import psycopg2
import pytest
import sqlalchemy as sa

from bench.subjects.stored_cases import store
from services.intake.domain.monthly import days
from services.intake.monthly_register import read_register

ROWS = 20_000


class Filled:
    """The test's database as the bench's loader wants it."""

    def __init__(self, url: str) -> None:
        self._dsn = url.replace("postgresql+psycopg2://", "postgresql://")

    @contextlib.contextmanager
    def database(self):
        connection = psycopg2.connect(self._dsn)
        connection.autocommit = True
        yield connection
        connection.close()

    def fetch(self, statement, parameters=None):
        with self.database() as connection, connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return list(cursor.fetchall())


@pytest.fixture
def filled(intake, database_url):
    case_id = intake.accepted(applicant={"name": "张三丰", "phone": "13812345678"})["case_id"]
    intake("decide_case", case_id=case_id, outcome="approved", handler_id="s11")
    city = Filled(database_url)
    store(city, ROWS)
    return city


@contextlib.contextmanager
def asked(intake):
    """The statements that the service sends meanwhile."""
    sent: list[tuple[str, object]] = []

    def note(_connection, _cursor, statement, parameters, *_):
        sent.append((statement, parameters))

    sa.event.listen(intake.db.engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(intake.db.engine, "before_cursor_execute", note)


def plans(city, sent) -> list[str]:
    """The plan of every read of a large table."""
    large = [(s, p) for s, p in sent if re.search(r"(FROM|JOIN) intake\.(cases|applicants)\b", s) and not s.lstrip().startswith("UPDATE")]
    with city.database() as connection, connection.cursor() as cursor:
        found = []
        for statement, parameters in large:
            cursor.execute("EXPLAIN " + statement, parameters)
            found.append("\n".join(row[0] for row in cursor.fetchall()))
    return found


def test_no_hot_read_scans_the_cases(intake, filled):
    ((first, number, staff_id, window_id, item_id, unit_id),) = filled.fetch(
        "SELECT case_id, case_no, staff_id, window_id, item_id, unit_id FROM intake.cases WHERE case_no LIKE 'STORED-%%' ORDER BY case_id DESC LIMIT 1"
    )
    with asked(intake) as sent:
        for filters in (
            {}, {"hall_id": "h0007"}, {"unit_id": unit_id}, {"window_id": window_id}, {"item_id": item_id}, {"staff_id": staff_id},
            {"state": "suspended"}, {"state": "in_review", "hall_id": "h0007"}, {"provisional": True}, {"applicant_phone": "13812345678"},
            {"applicant_id_number": "11010519491231002X", "hall_id": "h0007"}, {"order": "due"}, {"order": "due", "hall_id": "h0007"},
            {"due_from": "2025-11-23", "due_to": "2025-11-25", "staff_id": staff_id},
            {"green_channel": True}, {"green_channel": True, "hall_id": "h0007"},
        ):  # fmt: skip
            page = intake("list_cases", page_size=20, **filters)
            if page["next_page_token"]:
                intake("list_cases", page_size=20, page_token=page["next_page_token"], **filters)
        intake.acting_as("hall:h0007")("list_cases")
        intake.acting_as("region:52.02.03")("list_cases")
        intake("get_case", case_id=first)
        intake("get_case", case_no=number)
        with contextlib.suppress(Exception):
            intake("track_case", token="a-token-of-nobody")
        intake.sweep()
        intake.service.reproject_cases()
        intake.service.adopt_agency_cases()
    found = plans(filled, sent)
    assert len(found) > 35
    scanning = [plan for plan in found if "Seq Scan on cases" in plan or "Seq Scan on applicants" in plan]
    assert scanning == [], scanning[0]
    # The counts have seen the bulk load too.
    assert intake("list_cases", page_size=1)["total_size"] == ROWS + 1
    ((stored,),) = filled.fetch("SELECT count(*) FROM intake.cases WHERE state = 'in_review'")
    assert intake("list_cases", page_size=1, state="in_review")["total_size"] == stored > 0


def test_the_figures_of_a_month_read_one_index_of_the_cases(intake, filled):
    ((month,),) = filled.fetch(
        "SELECT date_trunc('month', max(decided_at))::date FROM intake.cases WHERE hall_id = 'h0007' AND decided_at IS NOT NULL"
    )
    months = [month, days.month_of(month - dt.timedelta(days=1)), days.month_of(month - dt.timedelta(days=300))]
    with asked(intake) as sent, intake.db.read() as tx:
        registers = [read_register(tx, "h0007", one) for one in months]
    found = plans(filled, sent)
    assert len(found) == len(months)
    for plan in found:
        assert "ix_cases_hall_id_at_rest" in plan, plan
        assert "Seq Scan on cases" not in plan, plan
    counted = sum(computed.figures["received"] for computed in registers[1].windows.values())
    since, until = days.bounds(months[1])
    ((stored,),) = filled.fetch(
        "SELECT count(*) FROM intake.cases WHERE hall_id = 'h0007' AND received_at >= %s AND received_at < %s", (since, until)
    )
    assert counted == stored > 0
