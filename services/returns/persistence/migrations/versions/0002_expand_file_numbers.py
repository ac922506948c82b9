"""File numbers from a sequence: a counter row made every opening wait for the one before it.

The numbers start well above the highest one given, so that the release before this one, which still counts in
file_counter, can run beside it during an upgrade.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import CreateSequence, DropSequence

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FILE_NUMBERS = sa.Sequence("file_number")
ROOM_FOR_THE_OLD_RELEASE = 1000
START = "SELECT setval('file_number', max(last_number) + :room) FROM file_counter HAVING max(last_number) IS NOT NULL"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(CreateSequence(FILE_NUMBERS))
    op.execute(sa.text(START).bindparams(room=ROOM_FOR_THE_OLD_RELEASE))


def downgrade() -> None:
    op.execute(DropSequence(FILE_NUMBERS))
