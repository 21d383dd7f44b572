"""Routes, facts and retries, as data and as functions."""

from datetime import UTC, datetime, timedelta

import pytest

from services.notifications import catalog
from services.notifications.config import NotificationsConfig
from services.notifications.domain.facts import values
from services.notifications.domain.outcomes import DUE, FAILED, GAVE_UP, REFUSED, SENT, TEMPORARY, UNREACHABLE, Next, Outcome, after
from services.notifications.domain.routing import Route
from services.notifications.service import NotificationsService

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def test_the_service_listens_to_exactly_the_events_that_have_routes():
    assert set(NotificationsService.on_occasion.subscription.types) == set(catalog.load().routes)


def test_an_occasion_is_made_of_its_fields_or_of_the_event():
    by_fields = Route("e", "t", ("case_staff",), ("case_id", "level"))
    blue, again, yellow = (
        {"case_id": "c1", "level": "blue"},
        {"case_id": "c1", "level": "blue", "x": 1},
        {"case_id": "c1", "level": "yellow"},
    )
    assert by_fields.occasion("1", blue) == by_fields.occasion("2", again)
    assert by_fields.occasion("1", blue) != by_fields.occasion("1", yellow)
    by_event = Route("e", "t", ("case_staff",))
    assert by_event.occasion("1", blue) != by_event.occasion("2", blue)


def test_facts_are_strings_in_the_readers_language_and_the_halls_time():
    data = {"level": "blue", "found_at": "2026-11-23T02:30:00+00:00", "minutes": 40, "window_id": None}
    shown = values(
        ("level", "found_at", "minutes", "window_id", "hall_name"), data, {}, zone="Asia/Shanghai", locale="en", words=catalog.load().words
    )
    assert shown == {"level": "blue warning", "found_at": "2026-11-23 10:30", "minutes": "40", "window_id": "—", "hall_name": "—"}


def test_only_the_declared_fields_come_through():
    assert values(("a",), {"a": 1, "secret": 2}, {}, zone="Asia/Shanghai", locale="en", words={}) == {"a": "1"}


@pytest.mark.parametrize(
    ("outcome", "attempts", "expected"),
    [
        (Outcome(SENT), 1, Next(SENT, "", None)),
        (Outcome(FAILED, REFUSED), 1, Next(FAILED, REFUSED, None)),
        (Outcome(DUE, TEMPORARY), 1, Next(DUE, TEMPORARY, NOW + timedelta(seconds=60))),
        (Outcome(DUE, UNREACHABLE), 2, Next(DUE, UNREACHABLE, NOW + timedelta(seconds=300))),
        (Outcome(DUE, UNREACHABLE), 3, Next(FAILED, GAVE_UP, None)),
    ],
)
def test_attempts_grow_apart_and_end(outcome, attempts, expected):
    assert after(outcome, attempts, NOW, (60.0, 300.0)) == expected


@pytest.mark.parametrize(
    "settings",
    [
        {"smtp_tls": "perhaps"},
        {"smtp_seconds": 0},
        {"smtp_seconds": 30},
        {"smtp_retry_seconds": ("60", "soon")},
        {"smtp_retry_seconds": ("-1",)},
        {"smtp_from": "nobody"},
    ],
)
def test_wrong_settings_are_named(settings):
    with pytest.raises(ValueError, match="HALLBUS_NOTIFICATIONS_SMTP"):
        NotificationsConfig(**settings)
