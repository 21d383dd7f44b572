"""The gateway's settings: HALLBUS_GATEWAY_… besides those that the whole house shares."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.config import setting

PREFIX = "HALLBUS_GATEWAY"


@dataclass(frozen=True)
class GatewayConfig:
    """Read once at start. TLS certificate and key are PEM texts, given by HALLBUS_GATEWAY_TLS_CERT_FILE and …_TLS_KEY_FILE."""

    amqp_uri: str = setting(env="AMQP_URI", secret=True, doc="pyamqp://user:password@host:port/vhost")
    jwt_public_key: str = setting(env="HALLBUS_JWT_PUBLIC_KEY", doc="PEM of the Ed25519 keys that may have signed a token; give …_FILE")
    host: str = "127.0.0.1"
    port: int = 50051
    metrics_host: str = setting("127.0.0.1", env="HALLBUS_METRICS_HOST")
    metrics_port: int = 9100
    tls_cert: str = ""
    tls_key: str = setting("", secret=True)
    audit_path: str = setting("", doc="file the audit log is appended to; empty: standard output with the other logs")
    max_request_bytes: int = 1024 * 1024
    max_deadline_seconds: float = 60.0
    max_concurrent_calls: int = 2000
    max_subscriptions: int = 200
    max_subscriptions_per_account: int = 20
    max_exports: int = setting(4, doc="pages of exports asked for at the same time; what comes beyond is refused and may be taken up again")
    keepalive_seconds: float = setting(5.0, doc="longest silence of a subscription")
    tail_events: int = setting(5000, doc="newest events of the log kept in memory for live subscribers")
    heartbeat_seconds: int = setting(10, env="HALLBUS_HEARTBEAT_SECONDS")
    drain_seconds: float = setting(10.0, env="HALLBUS_DRAIN_SECONDS", doc="how long SIGTERM waits for running calls")
    log_level: str = setting("INFO", env="HALLBUS_LOG_LEVEL")

    def __post_init__(self) -> None:
        if bool(self.tls_cert) != bool(self.tls_key):
            missing = "TLS_KEY" if self.tls_cert else "TLS_CERT"
            raise ValueError(f"{PREFIX}_{missing}_FILE is not set: certificate and key are given together or not at all")
