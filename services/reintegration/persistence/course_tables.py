"""The tables of the courses a plan can take after the arrival; same registry as tables.py."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel import Field

from services.reintegration.persistence.tables import ReintegrationTable
from shared.database.tables import Row, json_column


class PlanRuleRow(ReintegrationTable, Row, table=True):
    """What one programme says from a day on; a later version replaces, never changes one."""

    __tablename__ = "plan_rule"

    programme_id: UUID = Field(index=True)
    valid_from: date
    contact_after_days: list[int] = json_column(default_factory=list)
    support_window_days: int
    family_continues_after_death: bool
    source: str


class ContactAttemptRow(ReintegrationTable, Row, table=True):
    """Somebody tried to reach the family and did not."""

    __tablename__ = "contact_attempt"

    plan_id: UUID = Field(foreign_key="plan.id", index=True)
    way: str
    tried_on: date
    recorded_by: str
