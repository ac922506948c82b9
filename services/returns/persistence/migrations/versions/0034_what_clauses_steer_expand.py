"""what clauses steer (expand)"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("known_clause", sa.Column("transfer_within_days", sa.Integer(), nullable=True))
    op.add_column("known_clause", sa.Column("document_validity_days", sa.Integer(), nullable=True))
    op.add_column(
        "known_clause", sa.Column("competent_authorities", postgresql.JSONB(astext_type=sa.Text()), nullable=True)
    )
    op.add_column("known_clause", sa.Column("third_country_nationals", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("known_clause", "third_country_nationals")
    op.drop_column("known_clause", "competent_authorities")
    op.drop_column("known_clause", "document_validity_days")
    op.drop_column("known_clause", "transfer_within_days")
