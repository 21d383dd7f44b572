"""Tables: door-to-door visits (上门服务)."""

from __future__ import annotations

import sqlalchemy as sa

MAPPED: tuple[tuple[type, sa.Table], ...] = ()
