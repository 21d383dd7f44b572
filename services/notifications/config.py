"""Settings of notifications. Without HALLBUS_NOTIFICATIONS_SMTP_HOST the e-mail channel is off (reason NO_SMTP)."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.config import setting
from services.notifications.domain.addresses import AddressError, replaced

TLS_MODES = ("none", "starttls", "tls")


@dataclass(frozen=True)
class NotificationsConfig:
    """Where mail goes out, how long an attempt may take and when it is repeated."""

    smtp_host: str = ""
    smtp_port: int = 25
    smtp_tls: str = "none"
    smtp_ca_file: str = ""  # who vouches for the server's certificate; the system's authorities when empty
    smtp_user: str = ""
    smtp_password: str = setting("", secret=True)
    smtp_from: str = "hallbus@localhost.localdomain"
    smtp_seconds: float = 10.0  # bound of one attempt, from the first byte to the last
    smtp_retry_seconds: tuple[str, ...] = ("60", "300", "1800", "7200", "21600")
    default_locale: str = "zh-CN"

    def __post_init__(self) -> None:
        prefix = "HALLBUS_NOTIFICATIONS"
        if self.smtp_tls not in TLS_MODES:
            raise ValueError(f"{prefix}_SMTP_TLS: one of {', '.join(TLS_MODES)}")
        # An attempt runs inside its row's transaction, whose own bound is 20 s.
        if not 0 < self.smtp_seconds <= 15:
            raise ValueError(f"{prefix}_SMTP_SECONDS: more than 0, at most 15")
        try:
            if any(delay <= 0 for delay in self.delays):
                raise ValueError
        except ValueError:
            raise ValueError(f"{prefix}_SMTP_RETRY_SECONDS: positive numbers, separated by commas") from None
        try:
            replaced("", self.smtp_from)
        except AddressError as error:
            raise ValueError(f"{prefix}_SMTP_FROM: {error}") from None

    @property
    def delays(self) -> tuple[float, ...]:
        """Seconds before the second, third, … attempt."""
        return tuple(float(text) for text in self.smtp_retry_seconds)
