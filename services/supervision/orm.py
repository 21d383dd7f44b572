"""Tables of supervision and the mapping of the finding."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import registry

from chassis.copies import version_column
from chassis.database import track_events
from chassis.orm import metadata_for
from services.supervision.domain.findings import Finding, State

SCHEMA = "supervision"
METADATA = metadata_for(SCHEMA)
_MOMENT = sa.DateTime(timezone=True)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


halls = sa.Table(
    "halls",
    METADATA,
    sa.Column("hall_id", sa.Text, primary_key=True),
    _text("region"),
    _text("name"),
    version_column(),
)

windows = sa.Table(
    "windows",
    METADATA,
    sa.Column("window_id", sa.Text, primary_key=True),
    _text("hall_id"),
    _text("unit_id"),
    _text("name"),
    version_column(),
    sa.Index("ix_windows_hall_id", "hall_id"),
)

staff = sa.Table(
    "staff",
    METADATA,
    sa.Column("staff_id", sa.Text, primary_key=True),
    _text("hall_id"),
    _text("unit_id"),
    _text("window_id", nullable=True),
    version_column(),
)


class _StateType(sa.types.TypeDecorator[State]):
    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: State | None, dialect: sa.Dialect) -> str | None:  # noqa: ARG002  SQLAlchemy's signature
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> State | None:  # noqa: ARG002  SQLAlchemy's signature
        return None if value is None else State(value)


findings = sa.Table(
    "findings",
    METADATA,
    sa.Column("finding_id", sa.Text, primary_key=True),
    _text("kind"),
    _text("region"),
    _text("hall_id"),
    _text("unit_id"),
    _text("window_id", nullable=True),
    _text("staff_id", nullable=True),
    sa.Column("minutes", sa.Integer, nullable=True),
    sa.Column("found_at", _MOMENT, nullable=False),
    sa.Column("recorded_at", _MOMENT, nullable=False),
    _text("inspector_id"),
    _text("evidence"),
    sa.Column("state", _StateType, nullable=False),
    _text("notified_to", nullable=True),
    sa.Column("notified_at", _MOMENT, nullable=True),
    _text("recorded_by"),
    _text("explanation"),
    _text("explained_by", nullable=True),
    sa.Column("explained_at", _MOMENT, nullable=True),
    _text("decided_by", nullable=True),
    sa.Column("decided_at", _MOMENT, nullable=True),
    _text("decision_note"),
    _text("explanation_recorded_by", nullable=True),
    _text("decision_recorded_by", nullable=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("state IN ('found', 'notified', 'explained', 'verified', 'rejected')", name="state_known"),
    # The rule that a second person decides holds whatever the code does.
    sa.CheckConstraint(
        "decided_by IS DISTINCT FROM inspector_id AND decision_recorded_by IS DISTINCT FROM recorded_by", name="second_person"
    ),
    sa.Index("ix_findings_found_at_finding_id", "found_at", "finding_id"),  # lists
    sa.Index("ix_findings_hall_id_found_at", "hall_id", "found_at"),  # a hall's list
)

_mapping = registry(metadata=METADATA)


def configure() -> None:
    """Map the finding; safe to call again."""
    if not _mapping.mappers:
        _mapping.map_imperatively(Finding, findings)
        track_events(Finding)
