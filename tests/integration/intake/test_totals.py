"""Totals beyond the page: exact through every change, whoever folds the counts."""

import threading
from itertools import product

import pytest

from services.intake.queries import totals
from services.intake.usecases.counts import fold_counts


@pytest.fixture
def lived(intake):
    """Cases in many states, in two halls, with the counts folded somewhere in between."""
    made = [intake.receipt()["case_id"] for _ in range(4)]
    intake.receipt(hall_id="h0002", window_id="w12", item_id="i0009", staff_id="s12")
    intake("accept_case", case_id=made[0])
    fold_counts(intake.db, batch=3)
    intake("accept_case", case_id=made[1])
    intake("return_case", case_id=made[2], reason_code="withdrawn", reason="申请人撤回")
    return intake


def counted(intake, **filters) -> int:
    """By looking at every case."""
    with intake.db.read() as tx:
        where = " AND ".join(f"{name} = '{value}'" for name, value in filters.items()) or "true"
        return int(tx.execute(f"SELECT count(*) FROM intake.cases WHERE {where}").scalar_one())


def test_totals_are_those_of_the_cases_for_every_filter(lived):
    for state, more in product(
        (None, "registered", "accepted", "delivered"),
        ({}, {"hall_id": "h0002"}, {"unit_id": "u11"}, {"item_id": "i0001", "hall_id": "h0001"}, {"window_id": "w11"}, {"staff_id": "s12"}),
    ):
        filters = more | ({"state": state} if state else {})
        answer = lived("list_cases", page_size=1, **filters)
        assert (answer["total_size"], answer["total_is_exact"]) == (counted(lived, **filters), True), filters
    assert lived("list_cases", order="due", page_size=1)["total_size"] == 2


def test_folding_by_several_processes_changes_no_total(lived):
    workers = [threading.Thread(target=lambda: [fold_counts(lived.db, batch=2) for _ in range(6)]) for _ in range(3)]
    for worker in workers:
        worker.start()
    while any(worker.is_alive() for worker in workers):
        assert lived("list_cases", page_size=1)["total_size"] == 5
    assert fold_counts(lived.db, batch=100) == 0
    assert lived("list_cases", page_size=1, state="accepted")["total_size"] == 2
    assert lived.acting_as("region:52.02.01")("list_cases")["total_size"] == 1


def test_a_total_that_would_cost_too_much_says_that_it_is_a_bound(lived, monkeypatch):
    monkeypatch.setattr(totals, "COUNTED_UP_TO", 2)
    answer = lived("list_cases", staff_id="s11")
    assert (answer["total_size"], answer["total_is_exact"]) == (2, False)
    assert lived("list_cases", staff_id="s12")["total_is_exact"] is True
