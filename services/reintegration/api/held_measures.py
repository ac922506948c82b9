"""Measures that wait for another provider: who has to act until when, and the replacement itself."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from services.reintegration.api.measures import REFUSALS, MeasureOut, Supporter, reload_in, show
from services.reintegration.api.models import Dated
from services.reintegration.commands import replace_provider
from services.reintegration.commands.suspend_organisation import OrganisationSuspended
from services.reintegration.queries.held_measures import list_held_measures
from shared.http_api import Call, caller
from shared.pagination import Page, PageRequest, page_request
from shared.problems import problems

router = APIRouter(tags=["plans"])
Reader = Annotated[Call, caller("reintegration_partner", "caseworker", "programme_manager")]


class ReplacementIn(Dated):
    """Who does it instead."""

    provider_id: UUID


class HeldMeasureOut(BaseModel):
    """One measure that waits."""

    measure_id: UUID
    plan_id: UUID
    case_id: UUID
    category: str
    provider_id: UUID | None
    held_since: date
    replace_by: date = Field(description="By when another provider takes over.")
    overdue: bool


@router.get("/held-measures", operation_id="listHeldMeasures", summary="Measures that wait for another provider")
async def listing(call: Reader, page: Annotated[PageRequest, Depends(page_request)]) -> Page[HeldMeasureOut]:
    """In your scope, the most urgent first; empty when no provider with orders is suspended."""
    async with call.reading() as uow:
        rows, cursor = await list_held_measures(uow, page)
        today = uow.now.date()
    items = [
        HeldMeasureOut.model_validate(
            {**row.model_dump(), "measure_id": row.id, "overdue": row.replace_by is not None and row.replace_by < today}
        )
        for row in rows
    ]
    return Page(items=items, next_cursor=cursor)


@router.post(
    "/plans/{plan_id}/measures/{measure_id}/replacement",
    operation_id="replaceProvider",
    summary="Another provider takes over",
    response_model=MeasureOut,
    responses={**REFUSALS, **problems(OrganisationSuspended)},
)
async def replace(call: Supporter, plan_id: UUID, measure_id: UUID, body: ReplacementIn) -> Any:
    """Of a held measure, or one for which its provider took nobody or was not wanted by the person; it begins anew, and
    what was promised stays the same."""
    command = replace_provider.ReplaceProvider(plan_id=plan_id, measure_id=measure_id, **body.model_dump())
    return await call.command(lambda uow: replace_provider.handle(command, uow=uow), show, reload=reload_in(plan_id))
