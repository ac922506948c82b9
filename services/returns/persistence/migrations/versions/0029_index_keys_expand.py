"""keys of the index by number (expand)"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "index_key",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("destroyed_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_index_key")),
    )
    op.execute("INSERT INTO index_key (number, made_on) VALUES (1, current_date)")
    op.add_column("person_index", sa.Column("key_number", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.create_index(op.f("ix_person_index_key_number"), "person_index", ["key_number"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_person_index_key_number"), table_name="person_index")
    op.drop_column("person_index", "key_number")
    op.drop_table("index_key")
