"""The keys, from the environment or from files."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.config import setting
from chassis.sealing.vault import Key, Vault

_HOW = "comma-separated <id>:<base64>, the first is current; `python -m chassis.sealing new-key` makes one"


@dataclass(frozen=True)
class SealingConfig:
    """What a service that seals values needs; there is no default, because a built-in key protects nothing."""

    sealing_keys: tuple[str, ...] = setting(env="HALLBUS_SEALING_KEYS", secret=True, doc=_HOW)
    index_keys: tuple[str, ...] = setting(env="HALLBUS_INDEX_KEYS", secret=True, doc=_HOW)

    def __post_init__(self) -> None:
        """Refuse what could not be used."""
        sealing, index = _keys("HALLBUS_SEALING_KEYS", self.sealing_keys), _keys("HALLBUS_INDEX_KEYS", self.index_keys)
        if {key.secret for key in sealing} & {key.secret for key in index}:
            raise ValueError("HALLBUS_INDEX_KEYS: must not share a secret with HALLBUS_SEALING_KEYS")

    @property
    def vault(self) -> Vault:
        """The vault these keys make."""
        return Vault(_keys("", self.sealing_keys), _keys("", self.index_keys))


def _keys(name: str, written: tuple[str, ...]) -> list[Key]:
    try:
        keys = [Key.parse(text) for text in written]
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    if not keys:
        raise ValueError(f"{name}: at least one key")
    if len({key.id for key in keys}) < len(keys):
        raise ValueError(f"{name}: two keys have the same id")
    return keys
