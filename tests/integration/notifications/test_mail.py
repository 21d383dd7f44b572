"""E-mail against real SMTP servers: taken, put off, refused, away, silent; every end has its reason and its event."""

import smtplib
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from chassis.paging import Page
from chassis.testing import deliver, outbox_events
from services.notifications import orm, queries
from services.notifications.config import NotificationsConfig
from services.notifications.domain.outcomes import DUE, TIMEOUT, Outcome
from services.notifications.mail import Letter, Mailer, _outcome_of
from services.notifications.usecases import recipients
from tests.plugin import free_port

from .conftest import Postbox, due_soon, only_wang, smtp_server

ADDRESS = "wang.li@example.cn"


@pytest.fixture
def reachable(city, db):
    """The head reads e-mail."""
    recipients.set_recipient(db, recipient_id="s0001", duties=None, email=ADDRESS, locale=None, smtp=True)
    return city


def mail_of(db):
    page = queries.list_deliveries(db, page=Page(50, None), created_from=None, created_to=None, channel="smtp")
    (row,) = page["deliveries"]
    return row


def told(db):
    return [(e["type"].split(".")[3], e["data"].get("reason")) for e in outbox_events(db) if e["data"]["channel"] == "smtp"]


def make_due(db):
    """As if the delay were over."""
    with db.transaction() as tx:
        tx.execute(sa.update(orm.deliveries).where(orm.deliveries.c.state == "due").values(next_attempt_at=tx.now - timedelta(seconds=1)))


def test_a_letter_arrives_with_its_headers(reachable, make, db, postbox):
    service = make(smtp_host="127.0.0.1", smtp_port=postbox.port, smtp_from="hall@example.cn")
    deliver(service, [due_soon()], entry="on_occasion")
    assert service.send_mail() == 1
    ((to, letter),) = postbox.letters
    row = mail_of(db)
    assert to == [ADDRESS]
    assert letter["Subject"] == "【蓝色预警】办件 H0001-20261123-000001 将于 2026-11-30 到期"
    assert "食品经营许可" in letter.get_content()
    assert (letter["From"], letter["Auto-Submitted"], letter["Message-ID"]) == (
        "hall@example.cn",
        "auto-generated",
        f"<{row['delivery_id']}@example.cn>",
    )
    assert (row["state"], row["attempts"], row["reason"]) == ("sent", 1, "")
    assert told(db) == [("sent", None)]
    assert ADDRESS not in str(outbox_events(db)) + str(row)
    assert service.send_mail() == 0


def test_a_four_hundred_is_tried_again_later_under_the_same_id(reachable, make, db, postbox):
    service = make(smtp_host="127.0.0.1", smtp_port=postbox.port)
    postbox.answers = ["451 4.7.1 come back later, " + ADDRESS]
    deliver(service, [due_soon()], entry="on_occasion")
    assert service.send_mail() == 1
    row = mail_of(db)
    assert (row["state"], row["reason"], row["detail"], row["attempts"]) == ("due", "SMTP_TEMPORARY", "SMTP_TEMPORARY 451", 1)
    assert row["next_attempt_at"] - row["created_at"] >= timedelta(seconds=60)
    assert service.send_mail() == 0
    assert told(db) == []
    make_due(db)
    assert service.send_mail() == 1
    assert (mail_of(db)["state"], mail_of(db)["attempts"]) == ("sent", 2)
    assert postbox.letters[0][1]["Message-ID"].startswith("<" + row["delivery_id"])


def test_a_five_hundred_is_final(reachable, make, db, postbox):
    service = make(smtp_host="127.0.0.1", smtp_port=postbox.port)
    postbox.answers = ["550 5.1.1 no such user " + ADDRESS]
    deliver(service, [due_soon()], entry="on_occasion")
    service.send_mail()
    row = mail_of(db)
    assert (row["state"], row["reason"], row["detail"]) == ("failed", "SMTP_REFUSED", "SMTP_REFUSED 550")
    assert told(db) == [("failed", "SMTP_REFUSED")]


def test_a_server_that_is_down_is_waited_for(reachable, make, db):
    port = free_port()
    service = make(smtp_host="127.0.0.1", smtp_port=port)
    deliver(service, [due_soon()], entry="on_occasion")
    assert service.send_mail() == 0
    assert (mail_of(db)["state"], mail_of(db)["reason"]) == ("due", "SMTP_UNREACHABLE")
    make_due(db)
    box = Postbox()
    with smtp_server(box, port):
        assert service.send_mail() == 1
    assert len(box.letters) == 1
    assert told(db) == [("sent", None)]


def test_trying_ends(reachable, make, db):
    service = make(smtp_host="127.0.0.1", smtp_port=free_port(), smtp_retry_seconds=("60", "300"))
    deliver(service, [due_soon()], entry="on_occasion")
    for _ in range(3):
        make_due(db)
        service.send_mail()
    row = mail_of(db)
    assert (row["state"], row["reason"], row["detail"], row["attempts"]) == ("failed", "SMTP_GAVE_UP", "SMTP_UNREACHABLE", 3)
    assert told(db) == [("failed", "SMTP_GAVE_UP")]


@pytest.mark.parametrize("drip", [b"", b"2", b"220-still busy\r\n"], ids=["silent", "dripping", "talkative"])
def test_a_server_that_wastes_time_is_left(reachable, make, db, tiresome, drip):
    service = make(smtp_host="127.0.0.1", smtp_port=tiresome(drip), smtp_seconds=0.5)
    deliver(service, [due_soon()], entry="on_occasion")
    started = time.monotonic()
    assert service.send_mail() == 0
    assert time.monotonic() - started < 4
    assert (mail_of(db)["state"], mail_of(db)["reason"]) == ("due", "SMTP_TIMEOUT")


def test_the_sockets_own_timeout_is_one_too(tiresome):
    """It and the attempt's deadline are of the same length; whichever comes first, the reason is the same."""
    with smtplib.SMTP(timeout=0.2, local_hostname="example.cn") as client, pytest.raises(smtplib.SMTPServerDisconnected) as lost:
        client.connect("127.0.0.1", tiresome(b""))
    assert _outcome_of(lost.value, late=False) == Outcome(DUE, TIMEOUT)


def test_an_away_server_is_asked_once_a_pass(reachable, make, db):
    service = make(smtp_host="127.0.0.1", smtp_port=free_port())
    deliver(service, [due_soon(case_id=f"c{n}") for n in range(3)], entry="on_occasion")
    service.send_mail()
    with db.read() as tx:
        assert tx.execute(sa.select(sa.func.sum(orm.deliveries.c.attempts))).scalar() == 1


def test_without_a_server_the_channel_is_off(reachable, db):
    deliver(reachable, [due_soon()], entry="on_occasion")
    assert (mail_of(db)["state"], mail_of(db)["reason"]) == ("failed", "NO_SMTP")
    assert told(db) == [("failed", "NO_SMTP")]


def test_without_an_address_there_is_no_letter(city, make, db, postbox):
    recipients.set_recipient(db, recipient_id="s0001", duties=None, email=None, locale=None, smtp=True)
    service = make(smtp_host="127.0.0.1", smtp_port=postbox.port)
    deliver(service, [due_soon()], entry="on_occasion")
    assert told(db) == [("failed", "NO_ADDRESS")]
    assert service.send_mail() == 0


def test_a_greeting_that_refuses_us_does_not_fail_the_letter(tiresome):
    mailer = Mailer(NotificationsConfig(smtp_host="127.0.0.1", smtp_port=tiresome(b"554 no service here\r\n"), smtp_seconds=3))
    letter = Letter("<a@b.cn>", ADDRESS, "t", "t", "", due_soon().time)
    assert mailer.send(letter) == Outcome("due", "SMTP_TEMPORARY", "554")


def test_a_subject_cannot_become_a_header():
    mailer = Mailer(NotificationsConfig(smtp_host="127.0.0.1"))
    letter = Letter("<a@b.cn>", ADDRESS, "t\r\nBcc: x@y.cn", "t", "", due_soon().time)
    assert mailer.send(letter) == Outcome("failed", "MESSAGE_INVALID")


def a_letter():
    return Letter("<a@b.cn>", ADDRESS, "t", "t", "", due_soon().time)


@pytest.mark.parametrize("mode", ["starttls", "tls"])
def test_letters_go_encrypted_to_a_server_that_is_who_it_says(tls, mode):
    box, port = Postbox(), free_port()
    settings = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": mode, "smtp_seconds": 3}
    options = {"ssl_context": tls.context} if mode == "tls" else {"tls_context": tls.context, "require_starttls": True}
    with smtp_server(box, port, **options):
        assert Mailer(NotificationsConfig(**settings, smtp_ca_file=tls.ca_file)).send(a_letter()) == Outcome("sent")
        # Nobody vouches for it: the letter stays here.
        assert Mailer(NotificationsConfig(**settings)).send(a_letter()).state == "due"
    assert len(box.letters) == 1


@pytest.mark.parametrize(
    ("password", "expected"), [("opensesame", Outcome("sent")), ("wrong", Outcome("due", "SMTP_AUTHENTICATION", "535"))]
)
def test_a_login_that_fails_is_our_matter_not_the_letters(tls, password, expected):
    box, port = Postbox(), free_port()
    config = NotificationsConfig(
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_tls="starttls",
        smtp_ca_file=tls.ca_file,
        smtp_user="wang",
        smtp_password=password,
        smtp_seconds=3,
    )
    with smtp_server(box, port, tls_context=tls.context, authenticator=only_wang, auth_required=True):
        assert Mailer(config).send(a_letter()) == expected
