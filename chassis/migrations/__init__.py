"""Migrations: one schema, one owner and one version table per service; run by a step of their own, never by replicas.

`python -m chassis.migrations upgrade [service …]`, `downgrade`, `check`.
"""

from chassis.migrations.runner import check, downgrade, services_with_migrations, upgrade
from chassis.migrations.tables import create_chassis_tables, drop_chassis_tables

__all__ = ["check", "create_chassis_tables", "downgrade", "drop_chassis_tables", "services_with_migrations", "upgrade"]
