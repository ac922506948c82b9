"""Tables of what is recorded on a case beside its state, and of the periods each programme demands."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel import Field

from services.returns.persistence.tables import ReturnsTable
from shared.database.tables import Row


class CaseFactRow(ReturnsTable, Row, table=True):
    """One recorded fact, as codes; a wrong one is voided and stays readable."""

    __tablename__ = "case_fact"

    case_id: UUID = Field(foreign_key="return_case.id", index=True)
    person_id: UUID | None = Field(default=None, foreign_key="case_person.id", index=True)
    kind: str
    value: str | None = None
    on: date
    valid_until: date | None = None
    recorded_by: str
    recorded_role: str
    voided_on: date | None = None
    voided_by: str | None = None
    void_reason: str | None = None


class VoluntarinessRuleRow(ReturnsTable, Row, table=True):
    """The periods of one programme from a day on; a later version replaces, never changes an earlier one."""

    __tablename__ = "voluntariness_rule"

    programme_id: UUID = Field(index=True)
    valid_from: date
    source: str
    cooling_off_days: int
    reconfirmation_days: int | None = None
    child_heard_from_years: int
    reopen_days: int
    booking_protects_days: int
    second_confirmation_hours: int
    provisional_days: int | None = None
    detention_decision_days: int | None = None


class ProcessingBasisRow(ReturnsTable, Row, table=True):
    """On which legal basis a programme processes data for a purpose, from a day on; kept apart from any consent."""

    __tablename__ = "processing_basis"

    programme_id: UUID = Field(index=True)
    purpose: str
    basis: str
    instrument: str
    article: str
    source: str
    valid_from: date
    valid_to: date | None = None
    recorded_by: str
