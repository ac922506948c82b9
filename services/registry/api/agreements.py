"""Agreements: versioned clauses that steer clocks and disclosures."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.registry.api.partnerships import Host, Paging, Reader
from services.registry.api.schemas import Body, Code, Short
from services.registry.commands import register_partnership as commands
from services.registry.persistence.rows import get_row
from services.registry.persistence.tables import AgreementRow
from services.registry.queries.lists import page_of
from shared.errors import NotFound
from shared.pagination import Page
from shared.problems import problems

router = APIRouter(tags=["1 partnerships"])


class ClauseIn(Body):
    """A clause as data: it steers clocks and disclosures."""

    code: Code
    reply_days: int | None = Field(default=None, ge=1, le=365)
    deemed_agreement: bool = False
    document_types: list[Code] = Field(default_factory=list, max_length=20)
    data_clause: bool = False
    recipient_kinds: list[Code] = Field(default_factory=list, max_length=10)


class AgreementIn(Body):
    """A version of an agreement."""

    partnership_id: UUID
    valid_from: date
    valid_to: date | None = None
    source: Short
    clauses: list[ClauseIn] = Field(min_length=1, max_length=100)


class AgreementOut(BaseModel):
    """An agreement and its clauses."""

    id: UUID
    version: int
    partnership_id: UUID
    number: int
    valid_from: date
    valid_to: date | None
    source: str
    clauses: list[dict[str, Any]]


def _agreement(_uow: Any, row: AgreementRow) -> AgreementOut:
    return AgreementOut.model_validate(row, from_attributes=True)


@router.post(
    "/agreements",
    operation_id="publishAgreement",
    summary="Publish an agreement's clauses",
    status_code=201,
    response_model=AgreementOut,
    responses=problems(NotFound),
)
async def publish_agreement(call: Host, body: AgreementIn) -> Response:
    """The next version; without a clause there is no clock and no disclosure."""
    clauses = [clause.model_dump() for clause in body.clauses]
    command = commands.PublishAgreement(**body.model_dump(exclude={"clauses"}), clauses=clauses)
    return await call.command(
        lambda uow: commands.publish_agreement(command, uow=uow),
        _agreement,
        status=201,
        reload=lambda uow, row_id: get_row(uow, AgreementRow, row_id),
    )


@router.get("/agreements", operation_id="listAgreements", summary="Agreements")
async def agreements(call: Reader, page: Paging) -> Page[AgreementOut]:
    """All versions."""
    async with call.reading() as uow:
        rows, cursor = await page_of(uow, AgreementRow, page)
    return Page(items=[_agreement(None, row) for row in rows], next_cursor=cursor)
