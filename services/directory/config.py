"""Settings of directory."""

from dataclasses import dataclass
from pathlib import Path

from chassis.config import setting


@dataclass(frozen=True)
class DirectoryConfig:
    """HALLBUS_DIRECTORY_…; the key is shared with nobody: the gateway holds the public half."""

    jwt_private_key_file: Path | None = setting(  # noqa: RUF009  setting() makes a dataclass field
        None, env="HALLBUS_JWT_PRIVATE_KEY_FILE", doc="Ed25519 private key, PEM"
    )
    token_seconds: int = setting(3600, doc="life of a token")
    lockout_failures: int = setting(5, doc="wrong passwords in a row")
    lockout_seconds: int = setting(900, doc="how long the account is locked then")

    def __post_init__(self) -> None:
        """Refuse bounds that would lock everybody out or nobody ever."""
        for name in ("token_seconds", "lockout_failures", "lockout_seconds"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: at least 1")
