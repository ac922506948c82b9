"""deaths that may be mistakes (expand)"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("known_person", sa.Column("deceased", sa.Boolean(), server_default="false", nullable=False))


def downgrade() -> None:
    op.drop_column("known_person", "deceased")
