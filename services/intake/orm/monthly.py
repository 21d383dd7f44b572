"""Tables: monthly case statistics of the windows (办件统计月报)."""

from __future__ import annotations

import sqlalchemy as sa

MAPPED: tuple[tuple[type, sa.Table], ...] = ()
