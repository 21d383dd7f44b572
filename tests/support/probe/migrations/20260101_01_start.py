"""The probe's tables."""

from alembic import op

from chassis.migrations import create_chassis_tables, drop_chassis_tables
from tests.support.probe.orm import METADATA

revision = "probe_0001"
down_revision = None
OWN = [METADATA.tables[f"probe.{name}"] for name in ("things", "effects", "wholes", "parts", "periods")]


def upgrade():
    create_chassis_tables("probe")
    METADATA.create_all(op.get_bind(), tables=OWN)


def downgrade():
    METADATA.drop_all(op.get_bind(), tables=OWN)
    drop_chassis_tables("probe")
