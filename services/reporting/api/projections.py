"""How far the read models are behind the facts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel

from services.reporting.api.access import READERS
from services.reporting.queries.projections import projections
from shared.http_api import Call, caller

router = APIRouter(prefix="/projections", tags=["operation"])


class ProjectionOut(BaseModel):
    """One topic and how many of its events are in the read models."""

    topic: str
    partitions: int
    events: int
    updated_at: datetime


@router.get("", operation_id="listProjections", summary="Position of the read models per topic")
async def list_projections(call: Annotated[Call, caller(*READERS, "administrator")]) -> list[ProjectionOut]:
    """Empty until the first event has been read."""
    async with call.reading() as uow:
        rows = await projections(uow)
    return [ProjectionOut.model_validate(row, from_attributes=True) for row in rows]
