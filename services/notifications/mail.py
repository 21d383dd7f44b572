"""E-mail over SMTP with the standard library: one message, one bounded attempt, an outcome with a reason."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as WIRE

from services.notifications.config import NotificationsConfig
from services.notifications.domain import outcomes
from services.notifications.domain.outcomes import DUE, FAILED, SENT, Outcome


@dataclass(frozen=True)
class Letter:
    """One message to one address; `message_id` is the same at every attempt, so that mailboxes can fold repeats."""

    message_id: str
    to: str
    subject: str
    text: str
    html: str
    at: datetime


class Mailer:
    """Sends letters as the settings say; `enabled` is false without a host."""

    def __init__(self, config: NotificationsConfig) -> None:
        self._config = config
        self._domain = config.smtp_from.rpartition("@")[2]

    @property
    def enabled(self) -> bool:
        """Whether there is a server to send to."""
        return bool(self._config.smtp_host)

    def message_id(self, delivery_id: str) -> str:
        """The Message-ID of a delivery."""
        return f"<{delivery_id}@{self._domain}>"

    def send(self, letter: Letter) -> Outcome:
        """One attempt within `smtp_seconds`: sent, to be tried again, or refused for good. Raises nothing."""
        try:
            message = self._message(letter)
        except ValueError:
            return Outcome(FAILED, outcomes.INVALID)
        deadline = _Deadline(self._config.smtp_seconds)
        try:
            self._deliver(message, letter.to, deadline)
        except (smtplib.SMTPException, OSError) as error:
            return _outcome_of(error, late=deadline.passed)
        finally:
            deadline.cancel()
        return Outcome(SENT)

    def _deliver(self, message: EmailMessage, to: str, deadline: _Deadline) -> None:
        config = self._config
        # local_hostname given: else smtplib asks the resolver for our own name, without a bound.
        context = ssl.create_default_context(cafile=config.smtp_ca_file or None) if config.smtp_tls != "none" else None
        client: smtplib.SMTP
        if config.smtp_tls == "tls":
            client = smtplib.SMTP_SSL(timeout=config.smtp_seconds, local_hostname=self._domain, context=context)
        else:
            client = smtplib.SMTP(timeout=config.smtp_seconds, local_hostname=self._domain)
        deadline.watch(client)
        try:
            # The certificate is verified against this name, which smtplib takes from the constructor; given there it would connect before it is watched.
            client._host = config.smtp_host  # type: ignore[attr-defined]  # no public way to set it
            _greeted(client.connect(config.smtp_host, config.smtp_port))
            if config.smtp_tls == "starttls":
                client.starttls(context=context)
            if config.smtp_user:
                client.login(config.smtp_user, config.smtp_password)
            client.send_message(message, config.smtp_from, [to])
        finally:
            _close(client)

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage(policy=WIRE)
        message["From"] = self._config.smtp_from
        message["To"] = letter.to
        message["Subject"] = letter.subject
        message["Date"] = letter.at
        message["Message-ID"] = letter.message_id
        # RFC 3834: no out-of-office answers to a machine.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text, cte="base64")
        if letter.html:
            message.add_alternative(letter.html, subtype="html", cte="base64")
        return message


class _Deadline:
    """Cuts the connection when an attempt as a whole takes too long: a server that sends a byte now and then never meets the socket's timeout."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._over = False
        self._client: smtplib.SMTP | None = None
        self._arm(seconds)

    def watch(self, client: smtplib.SMTP) -> None:
        self._client = client

    def cancel(self) -> None:
        self._over = True
        self._timer.cancel()

    def _arm(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def _cut(self) -> None:
        self.passed = True
        sock = getattr(self._client, "sock", None)
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        elif not self._over:
            self._arm(0.2)  # still connecting, which the socket's own timeout bounds for each address; cut as soon as it stands


def _greeted(answer: tuple[int, bytes]) -> None:
    code, text = answer
    if code != 220:
        raise smtplib.SMTPConnectError(code, text)


def _outcome_of(error: smtplib.SMTPException | OSError, *, late: bool) -> Outcome:
    # The socket's own timeout, which smtplib turns into a lost connection while it reads an answer.
    timed_out = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
    if late or timed_out:
        # First, because a connection cut in the middle of a line looks like an answer.
        return Outcome(DUE, outcomes.TIMEOUT)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _answered(next(iter(error.recipients.values()))[0])
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Outcome(DUE, outcomes.AUTHENTICATION, str(error.smtp_code))
    if isinstance(error, smtplib.SMTPConnectError | smtplib.SMTPHeloError | smtplib.SMTPSenderRefused):
        # The server refuses us, not the letter: that may be put right.
        return Outcome(DUE, outcomes.TEMPORARY, str(error.smtp_code))
    if isinstance(error, smtplib.SMTPResponseException):
        return _answered(error.smtp_code)
    # smtplib's own exceptions are OSErrors too: what is neither an answer nor a lost connection is the server lacking something (STARTTLS, AUTH).
    lost = isinstance(error, smtplib.SMTPServerDisconnected) or not isinstance(error, smtplib.SMTPException)
    return Outcome(DUE, outcomes.UNREACHABLE if lost else outcomes.TEMPORARY)


def _answered(code: int) -> Outcome:
    """5yz is final, 4yz is not (RFC 5321 §4.2.1); the text is dropped, it may name the address."""
    return Outcome(FAILED, outcomes.REFUSED, str(code)) if 500 <= code < 600 else Outcome(DUE, outcomes.TEMPORARY, str(code))


def _close(client: smtplib.SMTP) -> None:
    # The letter is accepted or not by now; a server that does not say good-bye changes nothing, and QUIT must not wait for it.
    with suppress(smtplib.SMTPException, OSError):
        if client.sock is not None:
            client.sock.settimeout(1.0)
            client.quit()
    client.close()
