"""Tables of the probe."""

import dataclasses
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import registry

from chassis.copies import version_column
from chassis.database import track_events
from chassis.orm import metadata_for

METADATA = metadata_for("probe")

things = sa.Table(
    "things",
    METADATA,
    sa.Column("thing_id", sa.Text, primary_key=True),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("hall_id", sa.Text, nullable=False),
    sa.Column("value", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)
effects = sa.Table(
    "effects",
    METADATA,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("event_id", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
)
# What `chassis.copies` keeps: a whole with its parts, and something with a key of two columns.
wholes = sa.Table(
    "wholes",
    METADATA,
    sa.Column("whole_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    version_column(),
)
parts = sa.Table(
    "parts",
    METADATA,
    sa.Column("part_id", sa.Text, primary_key=True),
    sa.Column("whole_id", sa.Text, nullable=False),
    version_column(),
)
periods = sa.Table(
    "periods",
    METADATA,
    sa.Column("whole_id", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("note", sa.Text, nullable=False),
    version_column("revision"),
)


@dataclasses.dataclass
class ThingChanged:
    """Domain event."""

    value: int


@dataclasses.dataclass
class Thing:
    """The probe's aggregate."""

    thing_id: str
    region: str
    hall_id: str
    value: int = 0
    version: int = 0
    pending_events: list[Any] = dataclasses.field(default_factory=list)

    def change(self, value: int) -> None:
        """Set the value and say so."""
        self.value = value
        self.version += 1
        self.pending_events.append(ThingChanged(value))


_done = False


def configure() -> None:
    """Map once."""
    global _done  # noqa: PLW0603  mapping is per process
    if not _done:
        registry(metadata=METADATA).map_imperatively(Thing, things)
        track_events(Thing)
        _done = True
