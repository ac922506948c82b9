"""What lists of cases are ordered by, and the indexes they are read from (tests/returns/test_worklist.py)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, text
from sqlmodel import SQLModel

SUBMITTED = text("state <> 'DRAFT'")
OFFICE_WORK = text("office_due_on IS NOT NULL")
AUTHORITY_WORK = text("authority_due_on IS NOT NULL AND state <> 'DRAFT'")
TO_LOOK_AT = text("next_look_on IS NOT NULL")
OVER = (
    "INELIGIBLE",
    "REFUSED",
    "WITHDRAWN",
    "CANCELLED",
    "MERGED",
    "STATUS_GRANTED",
    "DEPARTED_UNASSISTED",
    "LAPSED",
    "REVOKED",
    "RETURN_FAILED",
    "CLOSED",
)
NOT_SETTLED = text(f"requests_ended_on IS NULL AND state IN ({', '.join(repr(state) for state in OVER)})")

CASE_INDEXES = (
    Index("ix_return_case_office_list", "office_id", "id"),
    Index("ix_return_case_office_state_list", "office_id", "state", "id"),
    Index("ix_return_case_authority_list", "authority_id", "id", postgresql_where=SUBMITTED),
    Index("ix_return_case_authority_state_list", "authority_id", "state", "id", postgresql_where=SUBMITTED),
    Index("ix_return_case_office_work", "office_id", "office_due_on", "id", postgresql_where=OFFICE_WORK),
    Index("ix_return_case_authority_work", "authority_id", "authority_due_on", "id", postgresql_where=AUTHORITY_WORK),
    Index("ix_return_case_next_look", "next_look_on", "id", postgresql_where=TO_LOOK_AT),
    Index("ix_return_case_not_settled", "id", postgresql_where=NOT_SETTLED),
)
"""Of each office, and of the authority from submission on: all cases, those in a state, those with something due."""


class InLists(SQLModel):
    """Mix-in of the case: kept in step with its clocks, so that a worklist needs no more than an index."""

    office_due_on: date | None = None
    authority_due_on: date | None = None
    next_look_on: date | None = None
    requests_ended_on: date | None = None
