"""Values that the database must not show: sealed with AES-256-GCM, found again by a keyed hash, rotated in bounded batches.

`python -m chassis.sealing new-key | status <service> | rotate <service>`; see docs/decisions/0013-sealed-values.md.
"""

from chassis.sealing.config import SealingConfig
from chassis.sealing.dependency import Sealing
from chassis.sealing.rotation import SealedColumn
from chassis.sealing.vault import Key, Vault

__all__ = ["Key", "SealedColumn", "Sealing", "SealingConfig", "Vault"]
