"""places of persons (expand)"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "person_place",
        sa.Column("person_ref", sa.String(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("here", sa.Boolean(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("person_ref", "case_id", name=op.f("pk_person_place")),
    )
    op.execute(
        "INSERT INTO person_place (person_ref, case_id, here, own) "
        "SELECT person_ref, case_id, true, true FROM beneficiary"
    )


def downgrade() -> None:
    op.drop_table("person_place")
