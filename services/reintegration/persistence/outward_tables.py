"""The tables of what the partner of a plan was told already; same registry as tables.py."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel import Field

from services.reintegration.persistence.tables import ReintegrationTable


class MeasureOrderRow(ReintegrationTable, table=True):
    """A measure was ordered with a partner; once with each that the plan is with."""

    __tablename__ = "measure_order"

    measure_id: UUID = Field(primary_key=True, foreign_key="measure.id")
    partner_id: UUID = Field(primary_key=True)
    ordered_on: date


class DeadlineNoticeRow(ReintegrationTable, table=True):
    """A partner was told that this day of a plan is near; a day that moved is another one."""

    __tablename__ = "deadline_notice"

    plan_id: UUID = Field(primary_key=True, foreign_key="plan.id")
    partner_id: UUID = Field(primary_key=True)
    deadline: str = Field(primary_key=True)
    due_on: date = Field(primary_key=True)
    told_on: date
