"""deaths after arrival (expand)"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("case_person", sa.Column("deceased_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("case_person", "deceased_on")
