"""The legal bases of a programme, purpose by purpose; consents are kept elsewhere and are none of them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.returns.api.schemas import Body, Short
from services.returns.commands import record_processing_basis
from services.returns.commands.open_case import ProgrammeNotKnownYet
from services.returns.domain.access import may_read
from services.returns.persistence.cases import load_file
from services.returns.persistence.fact_tables import ProcessingBasisRow
from services.returns.queries.processing_bases import bases_of, bases_on
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(tags=["5 rules"])
Reader = Annotated[Call, caller("caseworker", "case_officer", "office_lead", "protection_officer")]


class ProcessingBasisIn(Body):
    """On which basis data is processed for one purpose. Consent is not on the list on purpose."""

    purpose: Literal[
        "counselling", "application", "screening", "health", "travel_documents", "reintegration", "statistics"
    ] = Field(description="What the data is needed for.")
    basis: Literal["public_task", "legal_obligation", "contract", "vital_interests", "substantial_public_interest"]
    instrument: Short = Field(description="The law or agreement.", examples=["AsylA"])
    article: Short = Field(description="Where in it.", examples=["Art. 93"])
    source: Short = Field(description="Where it was looked up.", examples=["Fedlex, 1 January 2026"])
    valid_from: date
    valid_to: date | None = None


class ProcessingBasisOut(ProcessingBasisIn):
    """A version of it."""

    id: UUID
    programme_id: UUID


def show(_uow: Any, row: ProcessingBasisRow) -> ProcessingBasisOut:
    """One version as shown."""
    return ProcessingBasisOut.model_validate(row, from_attributes=True)


@router.post(
    "/programmes/{programme_id}/legal-bases",
    operation_id="recordLegalBasis",
    summary="Record a programme's legal basis",
    status_code=201,
    response_model=ProcessingBasisOut,
    responses=problems(ProgrammeNotKnownYet, record_processing_basis.PeriodTurnedRound),
)
async def record(
    call: Annotated[Call, caller("programme_manager")], programme_id: UUID, body: ProcessingBasisIn
) -> Response:
    """For one purpose, from a day on; a new version, with its source. What was in force before stays readable."""
    command = record_processing_basis.RecordProcessingBasis(programme_id=programme_id, **body.model_dump())
    return await call.command(
        lambda uow: record_processing_basis.handle(command, uow=uow), show, status=201, match="none"
    )


@router.get(
    "/programmes/{programme_id}/legal-bases", operation_id="listLegalBases", summary="A programme's legal bases"
)
async def of_programme(
    call: Annotated[Call, caller("programme_manager", "caseworker", "case_officer")], programme_id: UUID
) -> list[ProcessingBasisOut]:
    """All versions, newest first; empty while the programme has stated none."""
    async with call.reading() as uow:
        return [show(uow, row) for row in await bases_of(uow, programme_id)]


@router.get(
    "/cases/{case_id}/legal-bases",
    operation_id="listLegalBasesOfCase",
    summary="On which legal bases this file rests",
    responses=problems(NotFound),
)
async def of_case(call: Reader, case_id: UUID) -> list[ProcessingBasisOut]:
    """In force today, one for each purpose; consents are listed apart."""
    async with call.reading() as uow:
        case = (await load_file(uow, case_id, may_read)).case
        return [show(uow, row) for row in await bases_on(uow, case.programme_id, uow.now.date())]
