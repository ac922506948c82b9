"""Medical clearances, escorts and the versions of an itinerary. What is said of anybody's health is sealed."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Field

from services.returns.persistence.tables import ReturnsTable
from shared.database.tables import Row, json_column, sealed


class MedicalClearanceRow(ReturnsTable, Row, table=True):
    """Who looked, when, and until when it holds; what was found and what is needed on board is sealed."""

    __tablename__ = "medical_clearance"

    case_id: UUID = Field(foreign_key="return_case.id", index=True)
    person_id: UUID = Field(foreign_key="case_person.id", index=True)
    kind: str
    outcome: str
    issued_by: str
    issued_on: date
    valid_until: date
    recorded_by: str
    sealed_findings: bytes | None = sealed(nullable=True)
    voided_on: date | None = None
    voided_by: str | None = None
    void_reason: str | None = None


class EscortRow(ReturnsTable, Row, table=True):
    """Somebody who travels with a person, to whom the person is handed over, and that it was done."""

    __tablename__ = "escort"

    case_id: UUID = Field(foreign_key="return_case.id", index=True)
    person_id: UUID = Field(foreign_key="case_person.id", index=True)
    kind: str
    qualification: str
    hand_over_to: str
    status: str = "requested"
    requested_by: str
    requested_on: date
    confirmed_on: date | None = None
    handed_over_on: date | None = None
    cancelled_on: date | None = None
    reason_code: str | None = None


class ItineraryRow(ReturnsTable, Row, table=True):
    """One version of the journey; the newest holds, earlier ones stay readable."""

    __tablename__ = "itinerary"

    case_id: UUID = Field(foreign_key="return_case.id", index=True)
    number: int
    travel_on: date
    arrives_on: date
    transit: list[str] = json_column(default_factory=list)
    legs: list[dict[str, Any]] = json_column(default_factory=list)
    reason_code: str
    set_by: str
