"""Settings of the simulator: the addresses and the key that `deploy.local.run` hands to it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from chassis.config import setting


@dataclass(frozen=True)
class SimulatorConfig:
    """HALLBUS_SIMULATOR_… besides what the house shares. Seconds are real ones."""

    admin_api_key: str = setting(env="HALLBUS_ADMIN_API_KEY", secret=True, doc="the bootstrap administrator's key")
    clock_file: Path = setting(env="HALLBUS_CLOCK_FILE", doc="the sandbox clock that is written")  # noqa: RUF009  setting() makes a dataclass field
    gateway_host: str = setting("127.0.0.1", env="HALLBUS_GATEWAY_HOST")
    gateway_port: int = setting(50051, env="HALLBUS_GATEWAY_PORT")
    devices_host: str = setting("127.0.0.1", env="HALLBUS_DEVICES_HTTP_HOST")
    devices_port: int = setting(8081, env="HALLBUS_DEVICES_HTTP_PORT")
    management_url: str = setting("", env="HALLBUS_MANAGEMENT_URL", doc="only shown at the end")
    day_seconds: float = 60.0  # wall time of the working day
    call_seconds: float = 10.0  # deadline of one attempt
    settle_seconds: float = 60.0  # how long the house may take to work off the day
    city: Path = Path("data/sample_city")

    @property
    def gateway(self) -> str:
        """host:port of the gateway."""
        return f"{self.gateway_host}:{self.gateway_port}"
