"""Tables: joint handling (联合办理): meetings, opinions of the members, decisions of the centre."""

from __future__ import annotations

import sqlalchemy as sa

MAPPED: tuple[tuple[type, sa.Table], ...] = ()
