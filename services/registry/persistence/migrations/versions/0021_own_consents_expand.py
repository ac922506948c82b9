"""own consents (expand)"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("known_person", sa.Column("own_consent", sa.Boolean(), server_default="false", nullable=False))


def downgrade() -> None:
    op.drop_column("known_person", "own_consent")
