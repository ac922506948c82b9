"""the day a case was opened, whose rules hold for it (expand)"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("known_case", sa.Column("opened_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("known_case", "opened_on")
