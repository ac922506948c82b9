"""Safety advisories on a case: which concern it, an officer's assessment, and that its people were told."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.returns.api.answers import case_command
from services.returns.api.cases import Reader
from services.returns.api.schemas import Body, CaseOut
from services.returns.commands import answer_advisory
from services.returns.domain.access import may_read
from services.returns.domain.advisories import Outcome
from services.returns.persistence.cases import load_file
from services.returns.queries.advisories import CaseAdvisory, case_advisories
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/cases/{case_id}/advisories", tags=["3 journey"])


class AssessmentIn(Body):
    """What an officer found for this case."""

    outcome: Outcome = Field(description="Whether these people may travel in spite of the advisory.")
    on: date | None = Field(default=None, description="Today when left out.")


class ToldIn(Body):
    """That everybody who travels was told."""

    on: date | None = Field(default=None, description="Today when left out.")


@router.get("", operation_id="listCaseAdvisories", summary="Safety advisories", responses=problems(NotFound))
async def list_(call: Reader, case_id: UUID) -> list[CaseAdvisory]:
    """Those for a country of the journey that concern this case on its day; empty when nobody warned."""
    async with call.reading() as uow:
        return case_advisories(await load_file(uow, case_id, may_read), on=uow.now.date())


@router.post(
    "/{advisory_id}/assessment",
    operation_id="assessAdvisory",
    summary="Assess a case because of an advisory",
    response_model=CaseOut,
    responses=problems(NotFound),
)
async def assess(
    call: Annotated[Call, caller("case_officer")], case_id: UUID, advisory_id: UUID, body: AssessmentIn
) -> Response:
    """Needed before the grant, the readiness and the departure; a later assessment replaces an earlier one."""
    command = answer_advisory.AnswerAdvisory(case_id=case_id, advisory_id=advisory_id, **body.model_dump())
    return await case_command(call, lambda uow: answer_advisory.handle(command, uow=uow))


@router.post(
    "/{advisory_id}/information",
    operation_id="recordAdvisoryTold",
    summary="Record that people were told of an advisory",
    response_model=CaseOut,
    responses=problems(NotFound),
)
async def tell(call: Annotated[Call, caller("caseworker")], case_id: UUID, advisory_id: UUID, body: ToldIn) -> Response:
    """In a language they understand; what they decide then is theirs."""
    command = answer_advisory.AnswerAdvisory(case_id=case_id, advisory_id=advisory_id, on=body.on)
    return await case_command(call, lambda uow: answer_advisory.handle(command, uow=uow))
