"""Incidents, searches for whoever did not arrive, and what the host side still has to do. Accounts are sealed."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel import Field

from services.returns.persistence.tables import ReturnsTable
from shared.database.tables import Row, sealed


class IncidentRow(ReturnsTable, Row, table=True):
    """Something that was done to a person on the way or after it; for protection officers only."""

    __tablename__ = "incident"

    case_id: UUID = Field(foreign_key="return_case.id", index=True)
    person_id: UUID = Field(foreign_key="case_person.id", index=True)
    kind: str
    occurred_on: date
    heard_from: str
    sealed_account: bytes | None = sealed(nullable=True)
    proposes_advisory: bool = False
    recorded_by: str
    recorded_role: str
    status: str = "open"
    closed_on: date | None = None
    outcome: str | None = None


class NonArrivalSearchRow(ReturnsTable, Row, table=True):
    """One search for one person who was not seen to arrive."""

    __tablename__ = "non_arrival_search"

    case_id: UUID = Field(foreign_key="return_case.id", index=True)
    person_id: UUID = Field(foreign_key="case_person.id", index=True)
    opened_on: date
    opened_by: str
    message_id: UUID | None = Field(default=None, index=True)
    ladder_version: str
    outcome: str | None = None
    closed_on: date | None = None


class NonArrivalStepRow(ReturnsTable, Row, table=True):
    """One rung: who was asked, when, and what came of it."""

    __tablename__ = "non_arrival_step"

    search_id: UUID = Field(foreign_key="non_arrival_search.id", index=True)
    contact: str
    result: str
    on: date
    recorded_by: str
    recorded_role: str


class HostChecklistEntryRow(ReturnsTable, Row, table=True):
    """What became of one item of the host-side checklist; the newest entry counts."""

    __tablename__ = "host_checklist_entry"

    case_id: UUID = Field(foreign_key="return_case.id", index=True)
    person_id: UUID | None = Field(default=None, foreign_key="case_person.id", index=True)
    item: str
    status: str
    on: date
    evidence: str | None = None
    recorded_by: str
    recorded_role: str
