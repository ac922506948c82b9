"""Incidents on the way or after it: anybody concerned records one, protection officers read them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.returns.api.schemas import Body, Short
from services.returns.commands import record_incident
from services.returns.domain.access import may_read
from services.returns.persistence.aftermath import incidents_of, open_accounts
from services.returns.persistence.aftermath_tables import IncidentRow
from services.returns.persistence.cases import load_file
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/cases/{case_id}", tags=["3 journey"])
Anybody = Annotated[
    Call, caller("caseworker", "travel_officer", "case_officer", "protection_officer", "reintegration_partner")
]
Protection = Annotated[Call, caller("protection_officer")]
Kind = Literal[
    "arrest", "interrogation", "extortion", "violence", "family_rejection", "disappearance", "document_seizure"
]
HeardFrom = Literal["person", "family", "reintegration_partner", "carrier", "host_embassy", "other"]
Outcome = Literal["resolved", "referred", "advisory_proposed", "cannot_be_clarified", "recorded_by_mistake"]


class IncidentIn(Body):
    """What happened to whom, as far as it is known."""

    person_ref: Short
    kind: Kind = Field(description="What happened.")
    heard_from: HeardFrom = Field(description="Who told it, as a code.")
    occurred_on: date | None = Field(default=None, description="The day it happened; today when left out.")
    account: Annotated[str, Field(max_length=4_000)] | None = Field(
        default=None, description="In words; sealed, for protection officers only."
    )
    proposes_advisory: bool = Field(default=False, description="Propose a safety advisory for this corridor.")


class IncidentClosureIn(Body):
    """What came of it."""

    outcome: Outcome = Field(description="What came of it, as a code.")


class IncidentTaken(BaseModel):
    """That it was taken in; nothing of it is repeated."""

    id: UUID
    version: int
    status: str


class IncidentOut(IncidentTaken):
    """An incident as a protection officer reads it."""

    person_ref: str | None
    kind: str
    heard_from: str = Field(description="Who told it, as a code.")
    occurred_on: date = Field(description="The day it happened.")
    recorded_role: str
    created_at: datetime
    proposes_advisory: bool = Field(description="A safety advisory for this corridor is proposed.")
    account: str | None = Field(description="In words; empty when nothing was entered or the person was erased.")
    closed_on: date | None
    outcome: str | None


def _taken(_uow: UnitOfWork, row: IncidentRow) -> IncidentTaken:
    return IncidentTaken.model_validate(row, from_attributes=True)


async def _again(uow: UnitOfWork, row_id: UUID) -> IncidentRow:
    if (row := await uow.session.get(IncidentRow, row_id)) is None:
        raise NotFound
    return row


@router.post(
    "/incidents",
    operation_id="recordIncident",
    summary="Record an incident",
    status_code=201,
    response_model=IncidentTaken,
    responses=problems(NotFound),
)
async def record(call: Anybody, case_id: UUID, body: IncidentIn) -> Response:
    """Protection officers are told at once. It stands in no history, list or event with what happened."""
    command = record_incident.RecordIncident(case_id=case_id, **body.model_dump())
    return await call.command(
        lambda uow: record_incident.handle(command, uow=uow), _taken, status=201, reload=_again, match="none"
    )


@router.get("/incidents", operation_id="listIncidents", summary="Incidents of a case", responses=problems(NotFound))
async def list_(call: Protection, case_id: UUID, response: Response) -> list[IncidentOut]:
    """For protection officers only; opening the accounts is audited. Empty when nothing happened."""
    response.headers["Cache-Control"] = "no-store"
    async with call.reading() as uow:
        file = await load_file(uow, case_id, may_read)
        rows = await incidents_of(uow, file.id)
        accounts = await open_accounts(uow, rows)
    return [
        IncidentOut(
            **row.model_dump(include=set(IncidentOut.model_fields)),
            person_ref=file.ref_of(row.person_id),
            account=accounts.get(row.id),
        )
        for row in rows
    ]


@router.post(
    "/incidents/{incident_id}/closure",
    operation_id="closeIncident",
    summary="Close an incident",
    response_model=IncidentTaken,
    responses=problems(NotFound, record_incident.IncidentClosedBefore),
)
async def close(call: Protection, case_id: UUID, incident_id: UUID, body: IncidentClosureIn) -> Response:
    """When what could be done was done."""
    return await call.command(
        lambda uow: record_incident.close(case_id, incident_id, outcome=body.outcome, uow=uow), _taken, reload=_again
    )
