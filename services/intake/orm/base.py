"""What every table of the schema `intake` shares."""

from __future__ import annotations

import sqlalchemy as sa

from chassis.orm import metadata_for

METADATA = metadata_for("intake")
TIME = sa.DateTime(timezone=True)
