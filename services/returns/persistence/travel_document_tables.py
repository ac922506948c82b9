"""Requests for travel documents and the steps each of them has taken; what a person is called is not in them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel import Field

from services.returns.persistence.tables import ReturnsTable
from shared.database.tables import Row


class TravelDocumentRequestRow(ReturnsTable, Row, table=True):
    """One request to one consulate about one person. State and days follow from its steps alone."""

    __tablename__ = "travel_document_request"

    case_id: UUID = Field(foreign_key="return_case.id", index=True)
    person_id: UUID = Field(foreign_key="case_person.id", index=True)
    disclosure_id: UUID = Field(foreign_key="disclosure.id", index=True)
    recipient_id: UUID
    document_kind: str
    state: str = "PREPARED"
    requested_by: str
    follows: UUID | None = Field(default=None, description="The request that was refused before.")
    requested_on: date | None = None
    acknowledged_on: date | None = None
    information_asked_on: date | None = None
    offered_on: date | None = None
    appointment_on: date | None = None
    identity_confirmed_on: date | None = None
    deemed_on: date | None = None
    announced_on: date | None = None
    announced_for: date | None = Field(default=None, description="The travel date that was announced.")
    answered_on: date | None = None
    handed_over_on: date | None = None
    ended_on: date | None = None
    end_reason: str | None = None


class TravelDocumentStepRow(ReturnsTable, Row, table=True):
    """One step; a wrong one is voided and stays readable."""

    __tablename__ = "travel_document_step"

    request_id: UUID = Field(foreign_key="travel_document_request.id", index=True)
    step: str
    on: date
    appointment_on: date | None = None
    recorded_by: str
    recorded_role: str
    message_id: UUID | None = Field(default=None, index=True)
    voided_on: date | None = None
    voided_by: str | None = None
    void_reason: str | None = None
