"""Tables: appointments and the rosters of holiday and extended hours (预约服务、节假日预约)."""

from __future__ import annotations

import sqlalchemy as sa

MAPPED: tuple[tuple[type, sa.Table], ...] = ()
