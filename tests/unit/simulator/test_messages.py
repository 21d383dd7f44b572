"""Messages as dicts, by descriptor."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from simulator import messages


def test_words_times_and_lists_survive_the_way_there_and_back():
    descriptor = messages.method("intake", "ListCases").output_type
    values = {
        "cases": [
            {"case_id": "c1", "state": "accepted", "accepted_at": datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC), "missing": ["M1", "M2"]}
        ],
        "total_size": 1,
    }

    assert messages.plain(messages.build(descriptor, values)) == values


def test_optional_fields_keep_zero_and_false():
    descriptor = messages.method("evaluation", "VerifyComplaint").input_type

    assert messages.plain(messages.build(descriptor, {"complaint_id": "k1", "true": False})) == {"complaint_id": "k1", "true": False}


def test_an_unknown_word_or_field_is_the_callers_mistake():
    descriptor = messages.method("intake", "ListCases").input_type

    with pytest.raises(KeyError):
        messages.build(descriptor, {"state": "nonsense"})
    with pytest.raises(KeyError):
        messages.build(descriptor, {"nonsense": 1})
