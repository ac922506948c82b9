"""What protects one child, for those who work on the file: holders with their answers, and the talks."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from services.returns.persistence.cases import CaseFile
from services.returns.persistence.children import open_contacts
from shared.database.unit_of_work import UnitOfWork


class ParentalAnswer(BaseModel):
    """One answer, or what stands in for one."""

    standing: str
    evidence: str | None
    language: str | None
    interpreter: str | None
    on: date
    recorded_role: str


class ParentalHolder(BaseModel):
    """One holder of parental responsibility; the last answer counts."""

    parental_holder_id: UUID
    relation: str
    established_by: str
    holder_ref: str | None = Field(description="Who it is on the file; null when not on it.")
    contact: dict[str, Any]
    answers: list[ParentalAnswer]


class ChildHearing(BaseModel):
    """One talk with the child."""

    view: str
    heard_by: str
    setting: str
    alone: bool
    language: str
    interpreter: str
    on: date
    recorded_role: str


class ChildProtection(BaseModel):
    """Everything recorded for one child."""

    own_talk_due: bool
    holders: list[ParentalHolder]
    hearings: list[ChildHearing]


async def protection_of(uow: UnitOfWork, file: CaseFile, person_ref: str) -> ChildProtection:
    """Oldest first; opening names and contacts is audited. Raises NotFound."""
    child, known = file.person(person_ref), file.children
    refs = {person.id: person.person_ref for person in file.persons}
    rows = known.holders_of(child.id)
    contacts = await open_contacts(uow, rows, purpose="parental-holders")
    return ChildProtection(
        own_talk_due=child.own_talk_due and not child.adult,
        holders=[
            ParentalHolder(
                parental_holder_id=row.id,
                relation=row.relation,
                established_by=row.established_by,
                holder_ref=refs.get(row.adult_id) if row.adult_id else None,
                contact=contacts.get(row.id, {}),
                answers=[ParentalAnswer.model_validate(a, from_attributes=True) for a in known.answers_of(row.id)],
            )
            for row in rows
        ],
        hearings=[ChildHearing.model_validate(row, from_attributes=True) for row in known.hearings_of(child.id)],
    )
