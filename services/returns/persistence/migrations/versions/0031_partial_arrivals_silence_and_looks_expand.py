"""partial arrivals, papers under silence, looks at messages (expand)"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None
TEXT = sqlmodel.sql.sqltypes.AutoString
NOT_SETTLED = (
    "requests_ended_on IS NULL AND state IN ('INELIGIBLE', 'REFUSED', 'WITHDRAWN', 'CANCELLED', 'MERGED', "
    "'STATUS_GRANTED', 'DEPARTED_UNASSISTED', 'LAPSED', 'REVOKED', 'RETURN_FAILED', 'CLOSED')"
)
DAYS = {
    "return_case": ("requests_ended_on",),
    "case_person": ("arrived_on",),
    "travel_document": ("announced_on", "announced_for"),
    "travel_document_request": ("deemed_on", "announced_on", "announced_for"),
    "agency_message": ("looked_on",),
}
WORDS = {"case_person": ("arrival_evidence",), "agency_message": ("looked_by", "look_finding")}
LISTS = {"return_case": "carriers", "known_clause": "document_types"}
NUMBERS = {"travel_document": "announce_days", "known_clause": "announce_days"}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, names in DAYS.items():
        for name in names:
            op.add_column(table, sa.Column(name, sa.Date(), nullable=True))
    for table, names in WORDS.items():
        for name in names:
            op.add_column(table, sa.Column(name, TEXT(), nullable=True))
    for table, name in LISTS.items():
        op.add_column(table, sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    for table, name in NUMBERS.items():
        op.add_column(table, sa.Column(name, sa.Integer(), nullable=True))
    op.create_index("ix_return_case_not_settled", "return_case", ["id"], postgresql_where=sa.text(NOT_SETTLED))
    op.add_column("case_person", sa.Column("arrival_message_id", sa.Uuid(), nullable=True))
    op.add_column("travel_document", sa.Column("deemed", sa.Boolean(), server_default=sa.text("false"), nullable=False))


def downgrade() -> None:
    op.drop_column("travel_document", "deemed")
    op.drop_index("ix_return_case_not_settled", table_name="return_case")
    op.drop_column("case_person", "arrival_message_id")
    for columns in (NUMBERS, LISTS):
        for table, name in columns.items():
            op.drop_column(table, name)
    for lists in (WORDS, DAYS):
        for table, names in lists.items():
            for name in names:
                op.drop_column(table, name)
