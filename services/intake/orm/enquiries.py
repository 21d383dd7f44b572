"""Tables: enquiries under the first-asked responsibility (首问负责制) and objections to the progress of a case."""

from __future__ import annotations

import sqlalchemy as sa

MAPPED: tuple[tuple[type, sa.Table], ...] = ()
