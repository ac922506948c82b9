"""Tables of the clocks that run on a case, and of the periods a programme states for itself."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from services.returns.persistence.tables import ReturnsTable
from shared.database.tables import Row

RUNNING = text("ended_on IS NULL")


class CaseDeadlineRow(ReturnsTable, Row, table=True):
    """One clock of a case, from its start to its end; ended ones stay, they say who was late."""

    __tablename__ = "case_deadline"
    __table_args__ = (
        Index("uq_case_deadline_running", "case_id", "clock", "subject", unique=True, postgresql_where=RUNNING),
    )

    case_id: UUID = Field(foreign_key="return_case.id")
    clock: str
    subject: str
    rules_version: str
    source: str
    owes: str
    days: int | None = None
    started_on: date
    base_on: date
    due_on: date
    latest_on: date | None = None
    silence_counts: bool = False
    extended_until: date | None = None
    extension_reason: str | None = None
    extended_by: str | None = None
    paused_since: date | None = None
    paused_for: str | None = None
    paused_days: int = 0
    reminded_percent: int = 0
    missed_on: date | None = None
    escalated: int = 0
    ended_on: date | None = None


class ClockRuleRow(ReturnsTable, Row, table=True):
    """A period of one programme for one kind of clock, from a day on; a later version replaces, never changes one."""

    __tablename__ = "clock_rule"

    programme_id: UUID = Field(index=True)
    clock: str
    valid_from: date
    days: int
    source: str
