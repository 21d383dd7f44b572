"""The running service: occasions from the bus, calls over RPC, mail by the scheduler, crashes in the narrow windows."""

import uuid

import pytest
import sqlalchemy as sa

from chassis.caller import Caller
from chassis.errors import HallbusError
from chassis.migrations import check, downgrade, upgrade
from chassis.testing import eventually
from services.notifications import orm
from tests.plugin import free_port

from .conftest import Postbox, an_event, due_soon, hall_changed, only_wang, smtp_server, staff_changed

ADDRESS = "wang.li@example.cn"
HEAD = Caller("a1", "s0001", ("hall:h0001",))


def send(bus, event):
    bus.publish(
        event.type, event.data, subject=event.subject, version=event.version, region=event.region, hall_id=event.hall_id, event_id=event.id
    )


def ask(rpc, method, caller=None, mutating=False, **request):
    if mutating:
        request.setdefault("request_id", str(uuid.uuid4()))
    return rpc.call("notifications", method, request, caller=caller)


def mail_settings(postbox, **more):
    return {
        "HALLBUS_NOTIFICATIONS_SMTP_HOST": "127.0.0.1", "HALLBUS_NOTIFICATIONS_SMTP_PORT": str(postbox.port),
        "HALLBUS_NOTIFICATIONS_SMTP_RETRY_SECONDS": "0.2,0.2,0.2,0.2,0.2,0.2,0.2,0.2", **more,
    }  # fmt: skip


def set_up(bus, rpc):
    """The city is known and the head reads e-mail."""
    send(bus, hall_changed())
    send(bus, staff_changed())

    def prepared():
        try:
            return ask(rpc, "set_recipient", mutating=True, recipient_id="s0001", email=ADDRESS, smtp=True)
        except HallbusError:
            return None

    return eventually(prepared)


def test_an_occasion_reaches_inbox_and_mailbox(run_services, bus, rpc, postbox):
    running = run_services("notifications", env=mail_settings(postbox))
    assert set_up(bus, rpc)["email"] == "w***@example.cn"
    postbox.answers = ["451 later"]
    send(bus, due_soon())
    eventually(lambda: postbox.letters)
    page = ask(rpc, "list_inbox", HEAD)
    assert (page["total_size"], page["unread_count"]) == (1, 1)
    assert ask(rpc, "mark_read", HEAD, mutating=True, message_ids=[page["messages"][0]["message_id"]]) == {"marked": 1, "unread_count": 0}
    eventually(lambda: len(bus.events("notifications.delivery.sent")) == 2)
    (row,) = ask(rpc, "list_deliveries", HEAD, channel="smtp")["deliveries"]
    assert (row["state"], row["attempts"], row["detail"]) == ("sent", 2, "")
    assert ask(rpc, "list_deliveries", Caller("a", "s0050", ("hall:h0002",)))["total_size"] == 0
    assert ask(rpc, "preview_template", code="case_overdue", locale="en")["title"].startswith("[red warning]")
    with pytest.raises(HallbusError) as caught:
        ask(rpc, "upsert_template", mutating=True, code="case_overdue", texts=[{"locale": "zh-CN", "title": "t", "text": "{{ secret }}"}])
    assert caught.value.reason == "TEMPLATE_INVALID"
    seen = running.log("notifications") + str(bus.events())
    assert ADDRESS not in seen


def test_a_crash_after_sending_sends_again_under_the_same_id(run_services, bus, rpc, postbox, make_db):
    failing = {"HALLBUS_FAILPOINT": "notifications.after_send_before_record:1"}
    running = run_services("notifications", env=mail_settings(postbox, **failing))
    set_up(bus, rpc)
    send(bus, due_soon())
    eventually(lambda: running.processes["notifications"].poll() == 137)
    running.start("notifications", env={"HALLBUS_FAILPOINT": ""})
    eventually(lambda: len(postbox.letters) == 2)
    assert len({letter["Message-ID"] for _, letter in postbox.letters}) == 1
    eventually(lambda: len(bus.events("notifications.delivery.sent")) == 2)
    with make_db("notifications").read() as tx:
        states = tx.execute(sa.select(orm.deliveries.c.channel, orm.deliveries.c.state).order_by("channel")).all()
    assert [tuple(row) for row in states] == [("inbox", "sent"), ("smtp", "sent")]


@pytest.mark.parametrize("window", ["consumer.after_handler_before_commit", "consumer.after_commit_before_ack"])
def test_a_crash_around_the_commit_neither_loses_nor_doubles(run_services, bus, make_db, window):
    running = run_services("notifications", env={"HALLBUS_FAILPOINT": f"{window}:1"})
    send(bus, an_event("supervision.finding.recorded", window_id=None, staff_id="s0007"))
    eventually(lambda: running.processes["notifications"].poll() == 137)
    running.start("notifications", env={"HALLBUS_FAILPOINT": ""})
    eventually(lambda: len(bus.events("notifications.delivery.sent")) == 1)
    with make_db("notifications").read() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(orm.inbox_messages)).scalar() == 1


def test_two_processes_share_the_letters(run_services, bus, rpc, postbox):
    running = run_services("notifications", env=mail_settings(postbox))
    running.start("notifications", alias="second")
    set_up(bus, rpc)
    for number in range(20):
        send(bus, due_soon(case_id=f"c{number}"))
    eventually(lambda: len(bus.events("notifications.delivery.sent")) == 40, within=30)
    assert len({letter["Message-ID"] for _, letter in postbox.letters}) == len(postbox.letters) == 20


def test_a_silent_server_holds_up_neither_calls_nor_the_inbox(run_services, bus, rpc, tiresome):
    settings = {"HALLBUS_NOTIFICATIONS_SMTP_HOST": "127.0.0.1", "HALLBUS_NOTIFICATIONS_SMTP_PORT": str(tiresome(b"2"))}
    run_services("notifications", env=settings | {"HALLBUS_NOTIFICATIONS_SMTP_SECONDS": "1"})
    set_up(bus, rpc)
    send(bus, due_soon())
    eventually(lambda: ask(rpc, "list_inbox", HEAD)["total_size"] == 1)
    (row,) = eventually(lambda: [d for d in ask(rpc, "list_deliveries", channel="smtp")["deliveries"] if d["attempts"]])
    assert (row["state"], row["reason"]) == ("due", "SMTP_TIMEOUT")


@pytest.mark.parametrize("mode", ["starttls", "tls"])
def test_encrypted_mail_works_on_green_threads(run_services, bus, rpc, tls, mode):
    box = Postbox()
    box.port = free_port()
    more = {"TLS": mode, "CA_FILE": tls.ca_file}
    if mode == "starttls":  # aiosmtpd offers logins after STARTTLS only
        more |= {"USER": "wang", "PASSWORD": "opensesame"}
        options = {"tls_context": tls.context, "authenticator": only_wang, "auth_required": True}
    else:
        options = {"ssl_context": tls.context}
    settings = mail_settings(box, **{f"HALLBUS_NOTIFICATIONS_SMTP_{name}": value for name, value in more.items()})
    with smtp_server(box, box.port, **options):
        running = run_services("notifications", env=settings)
        set_up(bus, rpc)
        send(bus, due_soon())
        eventually(lambda: box.letters)
    assert "opensesame" not in running.log("notifications")


def test_migrations_agree_with_the_tables_and_go_both_ways(database_url, template):
    template.require("notifications")
    assert check(database_url, "notifications") == []
    downgrade(database_url, "notifications", "base")
    upgrade(database_url, ["notifications"])
    assert check(database_url, "notifications") == []
