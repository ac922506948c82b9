"""Tables of what protects a child: who holds parental responsibility, what each answered, how the child was heard."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel import Field

from services.returns.persistence.tables import ReturnsTable
from shared.database.tables import Row, sealed


class ParentalHolderRow(ReturnsTable, Row, table=True):
    """One holder of parental responsibility for one child; who is not on the file is sealed under the child's key."""

    __tablename__ = "parental_holder"

    person_id: UUID = Field(foreign_key="case_person.id", index=True)
    relation: str
    established_by: str
    adult_id: UUID | None = Field(default=None, foreign_key="case_person.id")
    sealed_contact: bytes | None = sealed(nullable=True)
    named_by: str


class ParentalAnswerRow(ReturnsTable, Row, table=True):
    """What a holder answered, or what stands in for an answer; a later one counts, the earlier ones stay readable."""

    __tablename__ = "parental_answer"

    parental_holder_id: UUID = Field(foreign_key="parental_holder.id", index=True)
    standing: str
    evidence: str | None = None
    language: str | None = None
    interpreter: str | None = None
    on: date
    recorded_by: str
    recorded_role: str


class ChildHearingRow(ReturnsTable, Row, table=True):
    """One talk with a child about what it wants: by whom, where, and whether it was the child's own."""

    __tablename__ = "child_hearing"

    person_id: UUID = Field(foreign_key="case_person.id", index=True)
    view: str
    heard_by: str
    setting: str
    alone: bool
    language: str
    interpreter: str
    on: date
    recorded_by: str
    recorded_role: str
