"""The papers given out in a case, as they were given."""

from __future__ import annotations

import sqlalchemy as sa

from services.intake.orm.base import METADATA, TIME

papers = sa.Table(
    "papers",
    METADATA,
    sa.Column("case_id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    # The version that the case had with the happening that the paper is about.
    sa.Column("case_version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("template_version", sa.Integer, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    # Names the applicant only masked, as every answer does.
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("issued_at", TIME, nullable=False),
)
