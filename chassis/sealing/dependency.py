"""What a service class declares to seal values."""

from __future__ import annotations

from typing import Any

from nameko.extensions import DependencyProvider

from chassis.sealing.rotation import SealedColumn
from chassis.sealing.vault import Vault


class Sealing(DependencyProvider):  # type: ignore[misc]  # nameko is untyped
    """`vault = Sealing(columns)`: the attribute is always called `vault`; `columns` is what `rotate` has to visit."""

    def __init__(self, *columns: SealedColumn) -> None:
        super().__init__()
        self.columns = columns

    def get_dependency(self, _worker: Any) -> Vault:
        """The process' one vault."""
        return self.container.config["vault"]  # type: ignore[no-any-return]  # the runner put it there
