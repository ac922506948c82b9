"""Help from two files of one person: who looks at it, and what was found. Nothing is recovered by it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from services.returns.api.schemas import Body, Code, Short
from services.returns.commands import reconcile_benefits
from services.returns.persistence.reconciliation_tables import ReconciliationRow
from services.returns.persistence.reconciliations import get_reconciliation, reconciliations_for
from services.returns.queries.reconciliations import ReconciliationOut, reconciliation_out
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, PreconditionFailed, PreconditionRequired
from shared.http_api import Call, caller
from shared.pagination import Page, PageRequest, page_request
from shared.problems import problems

router = APIRouter(prefix="/reconciliations", tags=["4 other courses"])
Officer = Annotated[Call, caller("case_officer")]
REFUSALS = (NotFound, PreconditionRequired, PreconditionFailed)


class OfficerIn(Body):
    """Who looks at it."""

    officer: Short = Field(description="Subject of the officer's token.", examples=["co-2"])


class FindingIn(Body):
    """What was found. A recovery is opened elsewhere, by an officer, after a hearing, or never."""

    outcome: Literal["no_double_benefit", "double_benefit_stands", "hearing_first"] = Field(
        description="`hearing_first`: the person is heard before anything else is considered."
    )
    reason_code: Code = Field(examples=["paid_once"])
    on: date | None = None


async def _again(uow: UnitOfWork, row_id: UUID) -> ReconciliationRow:
    return await get_reconciliation(uow, row_id)


@router.get("", operation_id="listReconciliations", summary="Help from two files of one person")
async def list_(
    call: Officer,
    page: Annotated[PageRequest, Depends(page_request)],
    settled: Annotated[bool, Query(description="Those with a finding instead.")] = False,
) -> Page[ReconciliationOut]:
    """Of your authority's files, the oldest first; empty when no person was granted help twice."""
    async with call.reading() as uow:
        rows, cursor = await reconciliations_for(uow, uow.actor.authority_id or "", page, settled=settled)
        return Page(items=[await reconciliation_out(uow, row) for row in rows], next_cursor=cursor)


@router.get(
    "/{reconciliation_id}",
    operation_id="getReconciliation",
    summary="What both files were granted and paid",
    responses=problems(NotFound),
)
async def get(call: Officer, reconciliation_id: UUID, response: Response) -> ReconciliationOut:
    """Line by line; of a file outside your scope nothing."""
    async with call.reading() as uow:
        shown = await reconciliation_out(uow, await get_reconciliation(uow, reconciliation_id))
    call.etag(response, shown.version)
    return shown


@router.post(
    "/{reconciliation_id}/officer",
    operation_id="nameReconciliationOfficer",
    summary="Name the officer who looks at it",
    response_model=ReconciliationOut,
    responses=problems(*REFUSALS),
)
async def name(call: Officer, reconciliation_id: UUID, body: OfficerIn) -> Response:
    """Another name replaces the first."""
    command = reconcile_benefits.NameOfficer(reconciliation_id=reconciliation_id, officer=body.officer)
    return await call.command(
        lambda uow: reconcile_benefits.name_officer(command, uow=uow),
        reconciliation_out,
        reload=_again,
        match="required",
    )


@router.post(
    "/{reconciliation_id}/finding",
    operation_id="settleReconciliation",
    summary="Record what was found",
    response_model=ReconciliationOut,
    responses=problems(*REFUSALS, reconcile_benefits.NotTheNamedOfficer),
)
async def settle(call: Officer, reconciliation_id: UUID, body: FindingIn) -> Response:
    """By the named officer. Nothing follows by itself: no payment stops, nothing is asked back."""
    command = reconcile_benefits.SettleReconciliation(reconciliation_id=reconciliation_id, **body.model_dump())
    return await call.command(
        lambda uow: reconcile_benefits.settle(command, uow=uow), reconciliation_out, reload=_again, match="required"
    )
