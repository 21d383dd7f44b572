"""What a service class declares and the runner fills: its database and its settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nameko.extensions import DependencyProvider

from chassis.database import Db, Mapper
from chassis.events import Contracts


class Database(DependencyProvider):  # type: ignore[misc]  # nameko is untyped
    """The service's own schema. `mappers`: domain event class → function that makes the contract's event; `configure` maps the aggregates once."""

    def __init__(
        self,
        schema: str,
        *,
        contracts: Contracts,
        mappers: Mapping[type, Mapper] | None = None,
        configure: Callable[[], None] | None = None,
    ) -> None:
        super().__init__()
        self.schema, self.contracts, self.mappers, self.configure = schema, contracts, mappers or {}, configure

    def make(self, dsn: str, *, pool_size: int = 12, seconds: float = 20.0) -> Db:
        """A `Db` on `dsn`, with the aggregates mapped."""
        if self.configure is not None:
            self.configure()
        return Db(dsn, self.schema, self.contracts, self.mappers, pool_size, seconds)

    def get_dependency(self, _worker: Any) -> Db:
        """The process' one `Db`."""
        return self.container.config["db"]  # type: ignore[no-any-return]  # the runner put it there


class Configuration(DependencyProvider):  # type: ignore[misc]  # nameko is untyped
    """The service's settings, a frozen dataclass read from the environment at start."""

    def __init__(self, cls: type) -> None:
        super().__init__()
        self.cls = cls

    def get_dependency(self, _worker: Any) -> Any:
        """The settings."""
        return self.container.config["settings"]
