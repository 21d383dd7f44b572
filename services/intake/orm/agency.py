"""Tables: agency (代办): matters of the upper level taken in by the hall."""

from __future__ import annotations

import sqlalchemy as sa

MAPPED: tuple[tuple[type, sa.Table], ...] = ()
