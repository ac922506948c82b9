"""The door for partners who worry about a person's own choice; nothing of the case comes back through it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.returns.api.schemas import Body, Short
from services.returns.commands import raise_concern
from services.returns.domain.access import is_named_partner
from services.returns.persistence.cases import load_file
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/cases/{case_id}", tags=["1 application"])


class ConcernIn(Body):
    """About whom; no words and no reason are taken."""

    person_refs: list[Short] = Field(default_factory=list, max_length=30, description="Empty: every adult of the file.")


class ConcernOut(BaseModel):
    """That it was taken; what comes of it is for the medical officer."""

    received: bool = Field(default=True, description="It was taken and is being looked at.")


async def _again(uow: UnitOfWork, case_id: UUID) -> ReturnCaseRow:
    return (await load_file(uow, case_id, is_named_partner)).case


def _received(_uow: UnitOfWork, _row: ReturnCaseRow) -> ConcernOut:
    return ConcernOut()


@router.post(
    "/concerns",
    operation_id="raiseConcern",
    summary="Doubt that somebody can decide for themselves",
    status_code=201,
    response_model=ConcernOut,
    responses=problems(NotFound),
)
async def raise_(call: Annotated[Call, caller("reintegration_partner")], case_id: UUID, body: ConcernIn) -> Response:
    """From the partner named on the case, before the journey too. Nobody travels until a medical officer has
    settled it; the staff of the office and the authority record the fact `capacity_doubt` instead."""
    command = raise_concern.RaiseConcern(case_id=case_id, **body.model_dump())
    return await call.command(
        lambda uow: raise_concern.handle(command, uow=uow, policy=is_named_partner),
        _received,
        status=201,
        reload=_again,
        match="none",
    )
