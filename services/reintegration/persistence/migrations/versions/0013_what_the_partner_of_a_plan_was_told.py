"""what the partner of a plan was told (expand)

What an approved plan orders, and help of the first days, was ordered before orders were kept: nobody is told of it
again.
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ORDERED_BEFORE = """
INSERT INTO measure_order (measure_id, partner_id, ordered_on)
SELECT m.id, p.partner_id, COALESCE(p.approved_on, m.created_at::date)
FROM measure m JOIN plan p ON p.id = m.plan_id LEFT JOIN assistance_line l ON l.id = m.line_id
WHERE p.partner_id IS NOT NULL AND m.state IN ('PLANNED', 'IN_DELIVERY')
    AND (l.phase = 'post_arrival' OR (p.approved_on IS NOT NULL AND p.state IN ('APPROVED', 'ACTIVE', 'DORMANT')))
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "deadline_notice",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("deadline", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_deadline_notice_plan_id_plan")),
        sa.PrimaryKeyConstraint("plan_id", "partner_id", "deadline", "due_on", name=op.f("pk_deadline_notice")),
    )
    op.create_table(
        "measure_order",
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["measure_id"], ["measure.id"], name=op.f("fk_measure_order_measure_id_measure")),
        sa.PrimaryKeyConstraint("measure_id", "partner_id", name=op.f("pk_measure_order")),
    )
    op.execute(ORDERED_BEFORE)


def downgrade() -> None:
    op.drop_table("measure_order")
    op.drop_table("deadline_notice")
