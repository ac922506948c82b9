"""consent of both sides, agreements that end, reports taken back (expand)"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("component", sa.Column("author", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.add_column("component", sa.Column("agreed_source", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.add_column("component", sa.Column("suspended_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.add_column("activity", sa.Column("withdrawn_on", sa.Date(), nullable=True))
    op.add_column("agreement", sa.Column("replaces", sa.Uuid(), nullable=True))
    op.add_column("agreement", sa.Column("ended_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.create_foreign_key(op.f("fk_agreement_replaces_agreement"), "agreement", "agreement", ["replaces"], ["id"])


def downgrade() -> None:
    op.drop_constraint(op.f("fk_agreement_replaces_agreement"), "agreement", type_="foreignkey")
    op.drop_column("agreement", "ended_by")
    op.drop_column("agreement", "replaces")
    op.drop_column("activity", "withdrawn_on")
    op.drop_column("component", "suspended_by")
    op.drop_column("component", "agreed_source")
    op.drop_column("component", "author")
