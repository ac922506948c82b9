"""What recipients answered to packages, for the office that has to act on it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.returns.api.schemas import Identity
from services.returns.domain.access import may_work
from services.returns.persistence.cases import load_file
from services.returns.persistence.disclosures import answers_to, get_disclosure
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/cases/{case_id}", tags=["5 disclosure"])
Officer = Annotated[Call, caller("case_officer", "caseworker")]


class AnswerOut(BaseModel):
    """One answer about one person."""

    person_ref: str | None
    outcome: str
    document_number: str | None = Field(description="Number of the document, if one was named.")
    corrected_identity: Identity | None = Field(description="Who the person is according to the recipient.")
    created_at: datetime


@router.get(
    "/disclosures/{disclosure_id}/answers",
    operation_id="listDisclosureAnswers",
    summary="What the recipient answered",
    responses=problems(NotFound),
)
async def answers(call: Officer, case_id: UUID, disclosure_id: UUID, response: Response) -> list[AnswerOut]:
    """Oldest first, with values; audited. Empty while nothing was answered."""
    response.headers["Cache-Control"] = "no-store"
    async with call.reading() as uow:
        file = await load_file(uow, case_id, may_work)
        found = await answers_to(uow, await get_disclosure(uow, disclosure_id, case_id=file.id))
    empty = {"document_number": None, "corrected_identity": None}
    return [
        AnswerOut(
            person_ref=file.ref_of(row.person_id), outcome=row.outcome, created_at=row.created_at, **{**empty, **values}
        )
        for row, values in found
    ]
