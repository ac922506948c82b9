"""The legal bases on which recipients are told something: recorded by one, approved by another, ended at once."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field
from sqlmodel import col

from services.returns.api.schemas import Body, Code, Short
from services.returns.commands import record_disclosure_basis as bases
from services.returns.commands.moving import DateInTheFuture
from services.returns.commands.open_case import ProgrammeNotKnownYet
from services.returns.commands.prepare_disclosure import ClauseNotKnownYet, RecipientNotKnownYet
from services.returns.commands.record_processing_basis import PeriodTurnedRound
from services.returns.domain.access import may_read
from services.returns.domain.disclosure_basis import Basis, BasisPurpose, live
from services.returns.persistence.cases import load_file
from services.returns.persistence.disclosure_bases import bases_of
from services.returns.persistence.disclosure_basis_tables import DisclosureBasisRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.pagination import Page, PageRequest, keyset, page_request
from shared.problems import problems

router = APIRouter(tags=["5 disclosure"])
Manager = Annotated[Call, caller("programme_manager")]
Reader = Annotated[Call, caller("programme_manager", "auditor")]
Officer = Annotated[Call, caller("caseworker", "case_officer", "office_lead", "protection_officer")]
PATH = "/programmes/{programme_id}/disclosure-bases"


class DisclosureBasisIn(Body):
    """On which legal basis one recipient is told something for one purpose. Consent is not on the list on purpose."""

    recipient_id: UUID
    purpose: BasisPurpose
    basis_type: Basis = Field(
        description="`important_public_interest` and `vital_interests` are derogations: each for one case only."
    )
    instrument: Short = Field(description="The agreement, arrangement, contract or law.", examples=["Agreement, 2009"])
    article: Short = Field(description="Where in it; never Art. 49(1)(a)-(c) GDPR.", examples=["Art. 6"])
    clause_id: UUID | None = Field(default=None, description="Needed for a binding instrument: the data clause.")
    case_id: UUID | None = Field(default=None, description="The one case that a derogation is for.")
    source: Short = Field(description="Where it was looked up.", examples=["Treaty series, 1 January 2026"])
    valid_from: date
    valid_to: date | None = Field(default=None, description="The last day; null while none is known.")


class DisclosureBasisOut(DisclosureBasisIn):
    """A basis and who stands for it."""

    id: UUID
    programme_id: UUID
    approved_on: date | None = Field(description="Null: waits for a second person; nothing rests on it.")
    ended_on: date | None = Field(description="The day it was ended before its last day.")
    live: bool = Field(description="Whether something may rest on it today.")


class EndIn(Body):
    """Since when it is over, and why."""

    reason_code: Code = Field(examples=["agreement_suspended"])
    on: date | None = None


def show(uow: UnitOfWork, row: DisclosureBasisRow) -> DisclosureBasisOut:
    """One basis as shown today."""
    names = set(DisclosureBasisOut.model_fields) - {"live"}
    return DisclosureBasisOut(**row.model_dump(include=names), live=live(row, uow.now.date()))


async def _again(uow: UnitOfWork, row_id: UUID) -> DisclosureBasisRow:
    row = await uow.session.get(DisclosureBasisRow, row_id)
    if row is None or str(row.programme_id) not in uow.actor.programmes:
        raise NotFound
    return row


@router.post(
    PATH,
    operation_id="recordDisclosureBasis",
    summary="Record a legal basis for disclosures",
    status_code=201,
    response_model=DisclosureBasisOut,
    responses=problems(
        ProgrammeNotKnownYet,
        RecipientNotKnownYet,
        ClauseNotKnownYet,
        PeriodTurnedRound,
        bases.ConsentIsNoBasis,
        bases.SingleCaseNeeded,
        bases.ClauseNeeded,
        bases.BasisNotForRecipient,
    ),
)
async def record(call: Manager, programme_id: UUID, body: DisclosureBasisIn) -> Response:
    """For one recipient and purpose, from a day on, with its source; somebody else approves it."""
    command = bases.RecordDisclosureBasis(programme_id=programme_id, **body.model_dump())
    return await call.command(lambda uow: bases.handle(command, uow=uow), show, status=201, reload=_again, match="none")


@router.get(
    PATH, operation_id="listDisclosureBases", summary="Legal bases for disclosures", responses=problems(NotFound)
)
async def of_programme(
    call: Reader,
    programme_id: UUID,
    page: Annotated[PageRequest, Depends(page_request)],
    recipient_id: Annotated[UUID | None, Query(description="Only for this recipient.")] = None,
    purpose: Annotated[BasisPurpose | None, Query(description="Only for this purpose.")] = None,
) -> Page[DisclosureBasisOut]:
    """Newest first, ended ones too; empty while none is recorded, and then nobody is told anything."""
    if not call.actor.has("auditor") and str(programme_id) not in call.actor.programmes:
        raise NotFound
    async with call.reading() as uow:
        found = bases_of(programme_id, recipient_id=recipient_id, purpose=purpose)
        rows, cursor = await keyset(uow.session, found, page, col(DisclosureBasisRow.id), descending=True)
        return Page(items=[show(uow, row) for row in rows], next_cursor=cursor)


@router.post(
    PATH + "/{basis_id}/approval",
    operation_id="approveDisclosureBasis",
    summary="Approve a legal basis",
    response_model=DisclosureBasisOut,
    responses=problems(NotFound, ProgrammeNotKnownYet, bases.BasisNeedsAnother, bases.BasisIsOver),
)
async def approve(call: Manager, programme_id: UUID, basis_id: UUID) -> Response:
    """By somebody else than who recorded it; from now on packages and messages may rest on it."""
    return await call.command(
        lambda uow: bases.approve(programme_id, basis_id, uow=uow), show, reload=_again, match="none"
    )


@router.post(
    PATH + "/{basis_id}/end",
    operation_id="endDisclosureBasis",
    summary="End a legal basis",
    response_model=DisclosureBasisOut,
    responses=problems(NotFound, ProgrammeNotKnownYet, DateInTheFuture),
)
async def end(call: Manager, programme_id: UUID, basis_id: UUID, body: EndIn) -> Response:
    """At once: nothing that rests on it alone is read or sent any more, and whoever was told hears the neutral stop."""
    return await call.command(
        lambda uow: bases.end(programme_id, basis_id, reason_code=body.reason_code, on=body.on, uow=uow),
        show,
        reload=_again,
        match="none",
    )


@router.get(
    "/cases/{case_id}/disclosure-bases",
    operation_id="listDisclosureBasesOfCase",
    summary="Whom this file may be told to, and on which basis",
    responses=problems(NotFound),
)
async def of_case(call: Officer, case_id: UUID) -> list[DisclosureBasisOut]:
    """Live today, newest first; each person's consent is asked for beside it."""
    async with call.reading() as uow:
        case: Any = (await load_file(uow, case_id, may_read)).case
        found = bases_of(case.programme_id).order_by(col(DisclosureBasisRow.id).desc())
        rows = (await uow.session.execute(found)).scalars()
        shown = [show(uow, row) for row in rows if row.case_id in (None, case_id)]
    return [basis for basis in shown if basis.live]
