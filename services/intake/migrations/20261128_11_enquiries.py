"""Tables of enquiries under the first-asked responsibility (首问负责制) and objections to the progress of a case."""

revision = "intake_0011"
down_revision = "intake_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
