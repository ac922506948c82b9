"""Requests for travel documents as the office sees them: where each stands, its steps, and what is open."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from services.returns.domain.travel_document_request import STEPS, open_steps
from services.returns.persistence.cases import CaseFile
from services.returns.persistence.travel_document_requests import requests_of, steps_of
from services.returns.persistence.travel_document_tables import TravelDocumentRequestRow, TravelDocumentStepRow
from shared.database.unit_of_work import UnitOfWork


class StepShown(BaseModel):
    """One step that was taken."""

    id: UUID
    step: str
    told: str
    on: date
    appointment_on: date | None = Field(description="The day that was offered.")
    recorded_role: str
    message_id: UUID | None = Field(description="The agency's message that says so.")
    voided_on: date | None
    void_reason: str | None


class RequestShown(BaseModel):
    """One request to one consulate about one person."""

    id: UUID
    version: int
    person_ref: str | None
    recipient_id: UUID
    disclosure_id: UUID
    document_kind: str = Field(description="The paper that is asked for.")
    state: str
    follows: UUID | None = Field(description="The request that was refused before.")
    requested_on: date | None = Field(description="The day the consulate was asked.")
    acknowledged_on: date | None = Field(description="The day the consulate confirmed that it has the request.")
    information_asked_on: date | None = Field(description="The day the consulate asked for more.")
    offered_on: date | None = Field(description="The day an interview or appointment was offered.")
    appointment_on: date | None = Field(description="The day that was offered.")
    identity_confirmed_on: date | None = Field(description="The day the identity was confirmed.")
    deemed_on: date | None = Field(description="The day from which silence counts as agreement; never an issue.")
    announced_on: date | None = Field(description="The day the journey was announced as the clause asks.")
    announced_for: date | None = Field(description="The travel date that was announced.")
    answered_on: date | None = Field(description="The day of the final answer.")
    handed_over_on: date | None = Field(description="The day the paper was handed over.")
    ended_on: date | None
    end_reason: str | None = Field(description="Why the request ended without an answer, as a code.")
    steps: list[StepShown] = Field(description="Everything that was recorded, voided entries too.")
    open_steps: list[str] = Field(description="Steps that are possible now.")


async def shown_requests(uow: UnitOfWork, file: CaseFile) -> list[RequestShown]:
    """All of a file, oldest first."""
    requests = await requests_of(uow, file.id)
    steps = await steps_of(uow, [request.id for request in requests])
    return [_shown(file, request, steps) for request in requests]


async def shown(uow: UnitOfWork, file: CaseFile, request: TravelDocumentRequestRow) -> RequestShown:
    """One of them."""
    return _shown(file, request, await steps_of(uow, [request.id]))


def _shown(file: CaseFile, request: TravelDocumentRequestRow, steps: list[TravelDocumentStepRow]) -> RequestShown:
    known = {name: getattr(request, name) for name in RequestShown.model_fields if hasattr(request, name)}
    refs = {person.id: person.person_ref for person in file.persons}
    own = [
        StepShown(told=STEPS[step.step].label, **step.model_dump(include=set(StepShown.model_fields)))
        for step in steps
        if step.request_id == request.id
    ]
    return RequestShown(
        **known, person_ref=refs.get(request.person_id), steps=own, open_steps=open_steps(request.state)
    )
