"""Settings of devices; see chassis.config for how they are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class DevicesConfig:
    """Read once per process from HALLBUS_DEVICES_<NAME>."""

    http_host: str = "0.0.0.0"  # noqa: S104  terminals come from the halls' network; the listener never faces the Internet
    http_port: int = 8090
    default_zone: str = "Asia/Shanghai"
    poll_delay_seconds: int = 10
    error_delay_seconds: int = 30
    offline_seconds: int = 90
    ahead_seconds: int = 120
    oldest_days: int = 60
    report_seconds: int = 60
    max_body_bytes: int = 25 * 1024 * 1024
    raw_days: int = 30
    pending_limit: int = 1000
    command_wait_seconds: int = 60
    command_attempts: int = 3
    request_seconds: float = 10.0

    @property
    def presence_window(self) -> timedelta:
        """Silence after which a device counts as offline: max(3 × poll delay, 90 s) by default (protocol section 5)."""
        return timedelta(seconds=max(3 * self.poll_delay_seconds, self.offline_seconds))
