"""Named crash points: `HALLBUS_FAILPOINT=name:nth` makes the process die (exit 137, as by SIGKILL) when it passes there the nth time.

Random kills alone miss the narrow windows; the fault tests walk through every name below once.
"""

from __future__ import annotations

import os
from collections import Counter

NAMES = frozenset(
    {
        "transaction.before_commit",
        "transaction.after_commit",
        "rpc.before_reply",
        "consumer.after_handler_before_commit",
        "consumer.after_commit_before_ack",
        "consumer.after_retry_publish_before_ack",
        "relay.after_move_before_publish",
        "relay.after_publish_before_confirm",
        "relay.after_confirm_before_advance",
        "devices.after_commit_before_answer",
        "notifications.after_send_before_record",
    }
)

_passed: Counter[str] = Counter()
_name, _, _nth = os.environ.get("HALLBUS_FAILPOINT", "").partition(":")
if _name and _name not in NAMES:
    raise ValueError(f"HALLBUS_FAILPOINT names {_name!r}; known: {sorted(NAMES)}")


def failpoint(name: str) -> None:
    """Die here if the environment says so; otherwise nothing."""
    if not _name:
        return
    if name not in NAMES:
        raise ValueError(f"unknown failpoint {name!r}")
    _passed[name] += 1
    if name == _name and _passed[name] == int(_nth or 1):
        os._exit(137)
