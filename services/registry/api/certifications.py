"""Certification of webhook endpoints: fire test deliveries, score the receiver, keep the result; then it goes live."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlmodel import col

from services.registry.api.webhook_endpoints import Owner, Paging
from services.registry.commands import certify_endpoint as commands
from services.registry.commands.manage_endpoint import EndpointDisabled, own_endpoint
from services.registry.persistence.certification_tables import CertificationRow
from services.registry.queries.lists import page_of
from shared.errors import NotFound
from shared.pagination import Page
from shared.problems import AlreadyExists, problems

router = APIRouter(prefix="/webhook-endpoints/{endpoint_id}", tags=["4 webhooks"])


class TestAnswer(BaseModel):
    """What came back to one test delivery."""

    status: int | None
    error: str | None
    milliseconds: int


class CheckOut(BaseModel):
    """One thing a receiver must get right: `accepted` is any 2xx, `refused` any 4xx."""

    check: str
    why: str
    passed: bool
    expected: list[str]
    answers: list[TestAnswer]


class CertificationOut(BaseModel):
    """A run: queued, running, then passed or failed. `taken_over`: live since before there was certification."""

    id: UUID
    endpoint_id: UUID
    status: str
    requested_at: datetime
    finished_at: datetime | None
    passed: int = Field(description="How many checks were right.")
    results: list[CheckOut]


def _run(_uow: Any, row: CertificationRow) -> CertificationOut:
    return CertificationOut(
        id=row.id,
        endpoint_id=row.endpoint_id,
        status=row.status,
        requested_at=row.created_at,
        finished_at=row.finished_at,
        passed=sum(result["passed"] for result in row.results),
        results=[CheckOut.model_validate(result) for result in row.results],
    )


@router.post(
    "/certification",
    operation_id="certifyEndpoint",
    summary="Certify",
    status_code=202,
    response_model=CertificationOut,
    responses=problems(NotFound, EndpointDisabled, AlreadyExists),
)
async def certify(call: Owner, endpoint_id: UUID) -> Response:
    """Fires twelve marked test deliveries: valid, duplicate, reordered, late, early, wrongly signed, altered, unsigned,
    under a new key, oversized. An endpoint goes live with the first run it passes; look at the result with GET."""
    return await call.command(
        lambda uow: commands.request(endpoint_id, uow=uow),
        _run,
        status=202,
        reload=commands.own_run,
        match="none",
    )


@router.get(
    "/certifications", operation_id="listCertifications", summary="Certifications", responses=problems(NotFound)
)
async def certifications(call: Owner, endpoint_id: UUID, page: Paging) -> Page[CertificationOut]:
    """Every run with its answers, in order."""
    async with call.reading() as uow:
        await own_endpoint(uow, endpoint_id)
        rows, cursor = await page_of(uow, CertificationRow, page, col(CertificationRow.endpoint_id) == endpoint_id)
    return Page(items=[_run(None, row) for row in rows], next_cursor=cursor)


@router.get(
    "/certifications/{certification_id}",
    operation_id="getCertification",
    summary="One certification",
    responses=problems(NotFound),
)
async def certification(call: Owner, endpoint_id: UUID, certification_id: UUID) -> CertificationOut:
    """What was fired, what should have come back, and what did."""
    async with call.reading() as uow:
        return _run(None, await commands.run_of(uow, endpoint_id, certification_id))
