"""ZKTeco PUSH (ADMS, iclock): attendance dialect 2.x, with the security dialect 3.x tolerated.

An upload counts as accepted by the terminal only when it reads `OK: <lines received>`, so that is said after the commit and never before; anything
else (503) makes it keep its rows. Table names differ between the dialects, so uploads need no guess about the dialect.
"""

from services.devices.drivers.zk_push.driver import ZkPush

__all__ = ["ZkPush"]
