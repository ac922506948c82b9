"""days of coming of age (expand): what was remembered of a birthday keeps the month only"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

MONTH = "date_trunc('month', {at} AT TIME ZONE 'UTC')"
THEN = MONTH.format(at="at") + " + interval '1 month'"
"""Others were told on the first day of the next month, and whoever comes of age now is remembered then."""
IDENTIFIER = (
    "(lpad(to_hex((extract(epoch FROM {moment}) * 1000)::bigint), 12, '0') "
    "|| substr(replace(id::text, '-', ''), 13))::uuid"
)
"""The first 48 bits of an identifier are its moment."""
NOT_TOLD_YET = (
    "DELETE FROM case_history WHERE action = 'came-of-age' "
    "AND person_ref IN (SELECT person_ref FROM case_person WHERE adult_told_from IS NOT NULL)"
)
"""They are remembered when they are told of."""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    told = sa.Column("own_consent_told", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    op.add_column("case_person", told)
    op.execute(NOT_TOLD_YET)
    for table, column, moment, where in (
        ("case_history", "at", THEN, "action = 'came-of-age'"),
        ("audit", "at", MONTH.format(at="at"), "action = 'case.came-of-age'"),
        ("notification", "created_at", MONTH.format(at="created_at"), "kind = 'person.came-of-age'"),
    ):
        values = f"id = {IDENTIFIER.format(moment=moment)}, {column} = ({moment}) AT TIME ZONE 'UTC'"
        values += f', "on" = ({moment})::date' if table == "case_history" else ""
        op.execute(f"UPDATE {table} SET {values} WHERE {where}")


def downgrade() -> None:
    op.drop_column("case_person", "own_consent_told")
