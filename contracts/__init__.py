"""Events of the bus. Importing the package registers all of them."""

from contracts import (  # noqa: F401  imported for their registrations
    attendance,
    devices,
    directory,
    evaluation,
    intake,
    notifications,
    scoring,
    supervision,
)
from contracts.registry import REGISTRY, Contract, ContractError, Payload, Registry

__all__ = ["REGISTRY", "Contract", "ContractError", "Payload", "Registry"]
