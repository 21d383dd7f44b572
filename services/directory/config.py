"""Settings of directory."""

from dataclasses import dataclass
from pathlib import Path

from chassis.config import setting
from services.directory.domain.items import OFFICES


@dataclass(frozen=True)
class DirectoryConfig:
    """HALLBUS_DIRECTORY_…; the key is shared with nobody: the gateway holds the public half."""

    jwt_private_key_file: Path | None = setting(  # noqa: RUF009  setting() makes a dataclass field
        None, env="HALLBUS_JWT_PRIVATE_KEY_FILE", doc="Ed25519 private key, PEM"
    )
    token_seconds: int = setting(3600, doc="life of a token")
    lockout_failures: int = setting(5, doc="wrong passwords in a row")
    lockout_seconds: int = setting(900, doc="how long the account is locked then")
    review_offices: tuple[str, ...] = setting(OFFICES, doc="whose agreement a draft item needs (M-A2)")
    guide_stale_days: int = setting(365, doc="calendar days after which an unconfirmed guide counts as stale")

    def __post_init__(self) -> None:
        """Refuse bounds that would lock everybody out or nobody ever, and offices that do not exist."""
        if not self.review_offices or not set(self.review_offices) <= set(OFFICES):
            raise ValueError(f"HALLBUS_DIRECTORY_REVIEW_OFFICES: some of {', '.join(OFFICES)}")
        for name in ("token_seconds", "lockout_failures", "lockout_seconds", "guide_stale_days"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: at least 1")
