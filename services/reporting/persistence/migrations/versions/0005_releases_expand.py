"""releases (expand)"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "release",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("indicators", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rule_version", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("document_url", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("restates_id", sa.Uuid(), nullable=True),
        sa.Column("published_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.CheckConstraint("period_from <= period_to", name=op.f("ck_release_period_runs_forward")),
        sa.ForeignKeyConstraint(["restates_id"], ["release.id"], name=op.f("fk_release_restates_id_release")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("restates_id", name=op.f("uq_release_restates_id")),
    )
    op.create_index(op.f("ix_release_published_on"), "release", ["published_on"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_release_published_on"), table_name="release")
    op.drop_table("release")
