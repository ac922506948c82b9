"""Return cases: opening, listing, reading, their history and what blocks the next step."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from services.returns.api.schemas import (
    CaseIn,
    CaseOut,
    CaseSummary,
    PersonIn,
    case_out,
    reporting_citizenship,
    summary_out,
)
from services.returns.commands import open_case
from services.returns.commands.add_person import NewPerson
from services.returns.domain.access import may_read
from services.returns.persistence.cases import load_file, open_identities
from services.returns.queries.cases import case_history, cases_in_scope
from services.returns.queries.checklist import NextStep, next_steps
from services.returns.queries.story import told
from shared.errors import Forbidden, NotFound
from shared.http_api import Call, caller
from shared.pagination import Page, PageRequest, page_request
from shared.problems import problems

router = APIRouter(prefix="/cases", tags=["1 application"])
Caseworker = Annotated[Call, caller("caseworker")]
READERS = (
    "caseworker",
    "case_officer",
    "office_lead",
    "travel_officer",
    "medical_officer",
    "protection_officer",
)
Reader = Annotated[Call, caller(*READERS)]


class HistoryOut(BaseModel):
    """One thing that happened to a case."""

    at: datetime
    on: date | None
    actor: str = Field(description="The subject of the token it was done with; the system for what follows by itself.")
    actor_role: str
    action: str
    state_before: str
    state_after: str
    reason_code: str | None
    person_ref: str | None
    about: str | None = Field(description="The kind of fact, the names of what changed, or an old and a new day.")
    told: str = Field(description="The same as a sentence.")


def new_person(person: PersonIn) -> NewPerson:
    """The command's view of a person in a body."""
    values = person.model_dump(exclude={"identity", "citizenships", "born_on", "born"})
    return NewPerson(
        **values,
        identity=person.identity.model_dump(exclude_none=True),
        citizenships=[entry.model_dump() for entry in person.citizenships],
        reporting_citizenship=reporting_citizenship(person.citizenships, person.statelessness),
        born_on=person.known,
    )


@router.post(
    "",
    operation_id="openCase",
    summary="Open a return file",
    status_code=201,
    response_model=CaseOut,
    responses=problems(Forbidden, open_case.ProgrammeNotKnownYet, open_case.ProgrammeTakesNoCases),
)
async def open_(call: Caseworker, body: CaseIn) -> Response:
    """Opens a file for a person or family. 409 `programme-not-known-yet` right after a programme's publication: try
    again."""
    command = open_case.OpenCase(
        **body.model_dump(exclude={"persons"}), persons=[new_person(person) for person in body.persons]
    )
    return await call.command(
        lambda uow: open_case.handle(command, uow=uow),
        lambda uow, file: case_out(file, on=uow.now.date()),
        status=201,
        reload=lambda uow, case_id: load_file(uow, case_id, may_read),
        location="/returns/v1/cases/{id}",
    )


@router.get("", operation_id="listCases", summary="Cases in your scope, newest first")
async def list_(
    call: Reader,
    page: Annotated[PageRequest, Depends(page_request)],
    state: Annotated[str | None, Query(max_length=30, description="Only cases in this state.")] = None,
) -> Page[CaseSummary]:
    """Without names; an authority sees cases from submission on."""
    async with call.reading() as uow:
        rows, cursor = await cases_in_scope(uow, page, state=state)
    return Page(items=[summary_out(row) for row in rows], next_cursor=cursor)


@router.get("/{case_id}", operation_id="getCase", summary="One case with names", responses=problems(NotFound))
async def get(call: Reader, case_id: UUID, response: Response) -> CaseOut:
    """Opens the persons' names: this read is audited."""
    async with call.reading() as uow:
        file = await load_file(uow, case_id, may_read)
        identities = await open_identities(uow, file.persons, purpose="case-read")
        shown = case_out(file, on=uow.now.date(), identities=identities)
    call.etag(response, shown.version)
    response.headers["Cache-Control"] = "no-store"
    return shown


@router.get("/{case_id}/history", operation_id="getCaseHistory", summary="What happened", responses=problems(NotFound))
async def history(call: Reader, case_id: UUID) -> list[HistoryOut]:
    """In order; nothing in it is ever changed."""
    async with call.reading() as uow:
        await load_file(uow, case_id, may_read)
        rows = await case_history(uow, case_id)
    return [HistoryOut(**row.model_dump(include=set(HistoryOut.model_fields)), told=told(row)) for row in rows]


@router.get("/{case_id}/checklist", operation_id="getChecklist", summary="What blocks each next step")
async def checklist(call: Reader, case_id: UUID) -> list[NextStep]:
    """Every step that is possible from here, with what it still lacks."""
    async with call.reading() as uow:
        return next_steps(await load_file(uow, case_id, may_read), on=uow.now.date())
