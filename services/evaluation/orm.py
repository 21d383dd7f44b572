"""Tables of evaluation and the mapping of its aggregates."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import registry

from chassis.copies import version_column
from chassis.database import track_events
from chassis.orm import metadata_for
from services.evaluation.domain.complaints import Complaint
from services.evaluation.domain.sessions import BadReview, Rating, RatingSession

SCHEMA = "evaluation"
METADATA = metadata_for(SCHEMA)
_MOMENT = sa.DateTime(timezone=True)


def _id(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _scope() -> tuple[sa.Column[str], sa.Column[str]]:
    return _id("region"), _id("hall_id")


sessions = sa.Table(
    "rating_sessions",
    METADATA,
    sa.Column("session_id", sa.Text, primary_key=True),
    # One matter, one rating (一事一评): the database refuses a second session of a case …
    sa.Column("case_id", sa.Text, nullable=False, unique=True),
    _id("case_no"),
    _id("item_id"),
    _id("unit_id"),
    _id("window_id"),
    _id("staff_id"),
    *_scope(),
    sa.Column("decided_at", _MOMENT, nullable=False),
    sa.Column("opened_at", _MOMENT, nullable=False),
    sa.Column("expires_at", _MOMENT, nullable=False),
    _id("state"),
    # Only the hash is kept: who reads the database cannot rate in a citizen's name.
    sa.Column("token_hash", sa.Text, nullable=True, unique=True),
    sa.Column("token_issued_at", _MOMENT, nullable=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("state IN ('invited', 'rated', 'expired')", name="state_known"),
    sa.Index("ix_rating_sessions_window_id_decided_at", "window_id", "decided_at"),  # binding of key presses
    sa.Index("ix_rating_sessions_hall_id_decided_at", "hall_id", "decided_at"),  # summaries
    sa.Index("ix_rating_sessions_invited", "expires_at", postgresql_where=sa.text("state = 'invited'")),  # expiry
)

ratings = sa.Table(
    "ratings",
    METADATA,
    # … and a second rating of a session or a case, whichever way it comes in.
    sa.Column("session_id", sa.Text, sa.ForeignKey(sessions.c.session_id), primary_key=True),
    sa.Column("case_id", sa.Text, nullable=False, unique=True),
    _id("grade"),
    _id("channel"),
    sa.Column("tags", ARRAY(sa.Text), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("contact", sa.Text, nullable=False),
    _id("press_id", nullable=True),
    sa.Column("submitted_at", _MOMENT, nullable=False),
    _id("unit_id"),
    _id("window_id"),
    _id("staff_id"),
    *_scope(),
    sa.CheckConstraint(
        "grade IN ('very_satisfied', 'satisfied', 'basically_satisfied', 'dissatisfied', 'very_dissatisfied')", name="grade_known"
    ),
    sa.Index("ix_ratings_submitted_at_session_id", "submitted_at", "session_id"),
    sa.Index("ix_ratings_hall_id_submitted_at", "hall_id", "submitted_at"),
)

presses = sa.Table(
    "presses",
    METADATA,
    sa.Column("device_id", sa.Text, primary_key=True),
    sa.Column("press_id", sa.Text, primary_key=True),
    _id("window_id"),
    sa.Column("key", sa.Integer, nullable=False),
    sa.Column("pressed_at", _MOMENT, nullable=False),
    sa.Column("received_at", _MOMENT, nullable=False),
    sa.Column("session_id", sa.Text, nullable=True, unique=True),
    # '' = not yet bound; else the session holds it or the reason says why none does
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("settled_at", _MOMENT, nullable=True),
    *_scope(),
    sa.Index("ix_presses_window_id_pressed_at", "window_id", "pressed_at"),
    sa.Index("ix_presses_waiting", "received_at", postgresql_where=sa.text("settled_at IS NULL")),
    sa.Index("ix_presses_unmatched", "pressed_at", "press_id", postgresql_where=sa.text("session_id IS NULL")),
)

bad_reviews = sa.Table(
    "bad_reviews",
    METADATA,
    sa.Column("session_id", sa.Text, sa.ForeignKey(sessions.c.session_id), primary_key=True),
    sa.Column("case_id", sa.Text, nullable=False, unique=True),
    _id("grade"),
    _id("state"),
    sa.Column("opened_at", _MOMENT, nullable=False),
    _id("unit_id"),
    _id("window_id"),
    _id("staff_id"),
    *_scope(),
    sa.Index("ix_bad_reviews_opened_at_session_id", "opened_at", "session_id"),
)

complaints = sa.Table(
    "complaints",
    METADATA,
    sa.Column("complaint_id", sa.Text, primary_key=True),
    _id("category"),
    _id("channel"),
    _id("unit_id"),
    _id("window_id", nullable=True),
    _id("staff_id", nullable=True),
    _id("case_id", nullable=True),
    *_scope(),
    sa.Column("anonymous", sa.Boolean, nullable=False),
    sa.Column("complainant_name", sa.Text, nullable=False),
    sa.Column("contact", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("occurred_at", _MOMENT, nullable=False),
    sa.Column("filed_at", _MOMENT, nullable=False),
    _id("filed_by"),
    _id("state"),
    sa.Column("accepted_at", _MOMENT, nullable=True),
    sa.Column("refused_reason", sa.Text, nullable=False),
    _id("assigned_to", nullable=True),
    sa.Column("assigned_at", _MOMENT, nullable=True),
    sa.Column("is_true", sa.Boolean, nullable=True),
    sa.Column("serious", sa.Boolean, nullable=False),
    sa.Column("unlawful", sa.Boolean, nullable=False),
    sa.Column("verified_at", _MOMENT, nullable=True),
    _id("verified_by", nullable=True),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("NOT anonymous OR (complainant_name = '' AND contact = '')", name="anonymous_is_nameless"),
    sa.CheckConstraint("state <> 'verified' OR verified_by IS DISTINCT FROM staff_id", name="verifier_not_accused"),
    sa.Index("ix_complaints_filed_at_complaint_id", "filed_at", "complaint_id"),
    sa.Index("ix_complaints_hall_id_filed_at", "hall_id", "filed_at"),
)

verdicts = sa.Table(
    "complaint_verdicts",
    METADATA,
    sa.Column("complaint_id", sa.Text, sa.ForeignKey(complaints.c.complaint_id), primary_key=True),
    sa.Column("round", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("is_true", sa.Boolean, nullable=False),
    sa.Column("serious", sa.Boolean, nullable=False),
    sa.Column("unlawful", sa.Boolean, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("verified_by", sa.Text, nullable=False),
    sa.Column("verified_at", _MOMENT, nullable=False),
)

disclosures = sa.Table(
    "disclosures",
    METADATA,
    sa.Column("disclosure_id", sa.Text, primary_key=True),
    sa.Column("subject_kind", sa.Text, nullable=False),
    sa.Column("subject_id", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("disclosed_to", sa.Text, nullable=False),
    sa.Column("disclosed_at", _MOMENT, nullable=False),
    *_scope(),
    sa.Index("ix_disclosures_subject_id", "subject_id"),
)

halls = sa.Table(
    "halls",
    METADATA,
    sa.Column("hall_id", sa.Text, primary_key=True),
    _id("region"),
    sa.Column("name", sa.Text, nullable=False),
    version_column(),
)

windows = sa.Table(
    "windows",
    METADATA,
    sa.Column("window_id", sa.Text, primary_key=True),
    sa.Column("hall_id", sa.Text, nullable=False, index=True),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("unit_id", sa.Text, nullable=False),
    version_column(),
)

staff = sa.Table(
    "staff",
    METADATA,
    sa.Column("staff_id", sa.Text, primary_key=True),
    sa.Column("hall_id", sa.Text, nullable=False),
    sa.Column("unit_id", sa.Text, nullable=False),
    sa.Column("window_id", sa.Text, nullable=True),
    sa.Column("status", sa.Text, nullable=False),
    version_column(),
)

items = sa.Table(
    "items",
    METADATA,
    sa.Column("item_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    version_column(),
)

_mapping = registry(metadata=METADATA)
_AGGREGATES = ((RatingSession, sessions), (Rating, ratings), (BadReview, bad_reviews), (Complaint, complaints))


def configure() -> None:
    """Map the aggregates; safe to call again."""
    if _mapping.mappers:
        return
    for cls, table in _AGGREGATES:
        _mapping.map_imperatively(cls, table)
        track_events(cls)
