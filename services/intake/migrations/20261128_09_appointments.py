"""Tables of appointments and the rosters of holiday and extended hours (预约服务、节假日预约)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "intake_0009"
down_revision = "intake_0008"
branch_labels = None
depends_on = None

# The places of a slot are counted where they are taken: whatever the code does, the check on roster_slots refuses one too many.
_FUNCTION = """
CREATE FUNCTION intake.count_bookings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.state <> 'cancelled' THEN
        UPDATE intake.roster_slots SET booked = booked - 1 WHERE slot_id = OLD.slot_id;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.state <> 'cancelled' THEN
        UPDATE intake.roster_slots SET booked = booked + 1 WHERE slot_id = NEW.slot_id;
    END IF;
    RETURN NULL;
END $$
"""
_MADE = "CREATE TRIGGER count_bookings AFTER INSERT OR DELETE ON intake.appointments FOR EACH ROW EXECUTE FUNCTION intake.count_bookings()"
_CHANGED = """
CREATE TRIGGER count_moved_bookings AFTER UPDATE OF slot_id, state ON intake.appointments FOR EACH ROW
WHEN ((OLD.slot_id, OLD.state = 'cancelled') IS DISTINCT FROM (NEW.slot_id, NEW.state = 'cancelled')) EXECUTE FUNCTION intake.count_bookings()
"""


def upgrade() -> None:
    _roster_entries()
    _roster_slots()
    _appointments()
    _appointment_contacts()
    for statement in (_FUNCTION, _MADE, _CHANGED):
        op.execute(statement)
    _reveals()


def downgrade() -> None:
    # Whoever saw an appointment's contact is forgotten with the appointments themselves.
    op.execute("DELETE FROM intake.applicant_reveals WHERE case_id IS NULL")
    op.drop_constraint(op.f("ck_applicant_reveals_one_subject"), "applicant_reveals", schema="intake")
    op.drop_index("ix_applicant_reveals_appointment_id", "applicant_reveals", schema="intake")
    op.drop_column("applicant_reveals", "appointment_id", schema="intake")
    op.alter_column("applicant_reveals", "case_id", nullable=False, schema="intake")
    for name in ("count_moved_bookings", "count_bookings"):
        op.execute(f"DROP TRIGGER {name} ON intake.appointments")
    op.execute("DROP FUNCTION intake.count_bookings()")
    for table in ("appointment_contacts", "appointments", "roster_slots", "roster_entries"):
        op.drop_table(table, schema="intake")


def _roster_entries() -> None:
    op.create_table(
        "roster_entries",
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("staff_ids", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("calendar_edition", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("misfit", sa.Text(), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_roster_entries")),
        schema="intake",
    )
    op.create_index(
        "ix_roster_entries_day",
        "roster_entries",
        ["day", "calendar_edition"],
        unique=False,
        schema="intake",
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_index("ix_roster_entries_hall_id_day", "roster_entries", ["hall_id", "day", "entry_id"], unique=False, schema="intake")


def _roster_slots() -> None:
    op.create_table(
        "roster_slots",
        sa.Column("slot_id", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("booked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("booked BETWEEN 0 AND capacity", name=op.f("ck_roster_slots_not_overbooked")),
        sa.ForeignKeyConstraint(["entry_id"], ["intake.roster_entries.entry_id"], name=op.f("fk_roster_slots_entry_id")),
        sa.PrimaryKeyConstraint("slot_id", name=op.f("pk_roster_slots")),
        sa.UniqueConstraint("entry_id", "starts_at", "ends_at", name=op.f("uq_roster_slots_entry_id_starts_at_ends_at")),
        schema="intake",
    )
    op.create_index(
        "ix_roster_slots_starts_at",
        "roster_slots",
        ["starts_at", "slot_id"],
        unique=False,
        schema="intake",
        postgresql_where=sa.text("NOT closed"),
    )


def _appointments() -> None:
    op.create_table(
        "appointments",
        sa.Column("appointment_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("hall_id", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("slot_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("contact", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("served_by", sa.Text(), nullable=True),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("missed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.Text(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("cancel_note", sa.Text(), nullable=True),
        sa.Column("moves", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("timer_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["slot_id"], ["intake.roster_slots.slot_id"], name=op.f("fk_appointments_slot_id")),
        sa.PrimaryKeyConstraint("appointment_id", name=op.f("pk_appointments")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_appointments_token_hash")),
        schema="intake",
    )
    op.create_index("ix_appointments_day", "appointments", ["day", "hall_id"], unique=False, schema="intake")
    op.create_index("ix_appointments_entry_id", "appointments", ["entry_id"], unique=False, schema="intake")
    op.create_index(
        "ix_appointments_hall_id_starts_at", "appointments", ["hall_id", "starts_at", "appointment_id"], unique=False, schema="intake"
    )
    op.create_index("ix_appointments_starts_at", "appointments", ["starts_at", "appointment_id"], unique=False, schema="intake")
    op.create_index(
        "ix_appointments_timer_at",
        "appointments",
        ["timer_at"],
        unique=False,
        schema="intake",
        postgresql_where=sa.text("timer_at IS NOT NULL"),
    )


def _appointment_contacts() -> None:
    op.create_table(
        "appointment_contacts",
        sa.Column("appointment_id", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("phone_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("appointment_id", name=op.f("pk_appointment_contacts")),
        schema="intake",
    )
    op.create_index(
        "ix_appointment_contacts_phone_hash", "appointment_contacts", ["phone_hash", "appointment_id"], unique=False, schema="intake"
    )


def _reveals() -> None:
    op.alter_column("applicant_reveals", "case_id", nullable=True, schema="intake")
    op.add_column("applicant_reveals", sa.Column("appointment_id", sa.Text(), nullable=True), schema="intake")
    op.create_index(
        "ix_applicant_reveals_appointment_id", "applicant_reveals", ["appointment_id", "reveal_id"], schema="intake",
        postgresql_where=sa.text("appointment_id IS NOT NULL"),
    )  # fmt: skip
    op.create_check_constraint(
        op.f("ck_applicant_reveals_one_subject"), "applicant_reveals", "num_nonnulls(case_id, appointment_id) = 1", schema="intake"
    )
