"""Tables of joint handling (联合办理): meetings, opinions of the members, decisions of the centre."""

revision = "intake_0007"
down_revision = "intake_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
