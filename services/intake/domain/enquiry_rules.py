"""The city's settings for enquiries and objections, as the domain takes them; days are working days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

FOLLOW, ROUTE = "A", "B"
VERSIONS = (FOLLOW, ROUTE)


@dataclass(frozen=True)
class EnquiryRules:
    """`version` of the first-asked responsibility (A-35): A (Taihu): the first-asked person follows the matter to the end whoever answers; B (Longshan,
    the default): in his own duties he answers for the result, else the person he routes to takes over.

    A question is answered within `own_days` (0: the same day) when it is in the first-asked person's own duties, else within `routed_days`; the presets
    are hotline practice (consulting: same day or three working days). `warn_at` is the time of day, in China, of the one reminder on the due day. An
    answer that nobody comes back on for `close_days` closes the ticket.
    """

    version: str = ROUTE
    own_days: int = 0
    routed_days: int = 3
    warn_at: dt.time = dt.time(15)
    close_days: int = 5


@dataclass(frozen=True)
class ObjectionRules:
    """An objection is answered within `days`, and within `days` again by the centre when it is escalated. Of one case at most `open_at_once` run side by
    side and at most `per_case` are ever raised: a token is in anybody's hands. An answer without a reaction for `quiet_days` closes it."""

    days: int = 3
    open_at_once: int = 2
    per_case: int = 10
    quiet_days: int = 5
