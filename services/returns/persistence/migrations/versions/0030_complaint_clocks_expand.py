"""clocks of complaints (expand)"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

RUNNING = """
INSERT INTO complaint_deadline (id, version, created_at, updated_at, complaint_id, clock, rules_version, source,
    started_on, due_on, ends_at, reminded_percent)
SELECT gen_random_uuid(), 1, c.created_at, c.created_at, c.id, k.clock, 'complaint-clocks-v1', 'as promised when it came in',
    c.received_on, k.ends_at::date, k.ends_at, 0
FROM complaint c CROSS JOIN LATERAL (VALUES
    (CASE c.kind WHEN 'sexual_exploitation' THEN 'complaint_acknowledgement_exploitation'
        ELSE 'complaint_acknowledgement' END, c.acknowledge_by, c.acknowledged_at IS NULL),
    ('complaint_answer', (c.answer_by + 1)::timestamp AT TIME ZONE 'UTC', c.answered_on IS NULL)
) AS k (clock, ends_at, runs)
WHERE k.runs AND c.status IN ('RECEIVED', 'ACKNOWLEDGED', 'INVESTIGATING')
"""
FIRST = """
UPDATE complaint c SET due_at = (SELECT min(d.ends_at) FROM complaint_deadline d WHERE d.complaint_id = c.id)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "complaint_deadline",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("clock", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("rules_version", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_percent", sa.Integer(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("missed_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_complaint_deadline_complaint_id_complaint")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_deadline")),
    )
    op.create_index(op.f("ix_complaint_deadline_complaint_id"), "complaint_deadline", ["complaint_id"], unique=False)
    host = sa.Column("host", sqlmodel.sql.sqltypes.AutoString(), server_default=sa.text("'CHE'"), nullable=False)
    op.add_column("complaint", host)
    op.add_column("complaint", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(RUNNING)
    op.execute(FIRST)


def downgrade() -> None:
    op.drop_column("complaint", "due_at")
    op.drop_column("complaint", "host")
    op.drop_index(op.f("ix_complaint_deadline_complaint_id"), table_name="complaint_deadline")
    op.drop_table("complaint_deadline")
