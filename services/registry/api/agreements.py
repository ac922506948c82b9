"""Agreements: versioned clauses that steer clocks and disclosures once two people have published them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement
from sqlmodel import col, select

from services.registry.api.partnership_schemas import (
    ADMINISTRATOR,
    MANAGER,
    Body,
    Code,
    Paging,
    Reader,
    Recorder,
    Short,
)
from services.registry.commands import publish_agreement as commands
from services.registry.domain.agreement import PUBLISHED
from services.registry.persistence.partnerships import own_partnerships, part_of_partnership
from services.registry.persistence.tables import AgreementRow, PartnershipRow
from services.registry.queries.lists import page_of
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, PreconditionFailed, TransitionRefused
from shared.http_api import Call
from shared.pagination import Page
from shared.problems import problems

router = APIRouter(tags=["1 partnerships"])
Status = Literal["draft", "published", "discarded"]
Codes = Annotated[list[Code], Field(max_length=20)]


class ClauseIn(Body):
    """A clause as data: it steers clocks and disclosures. What it does not say does not hold; one that steers nothing
    (neither `reply_days`, `transfer_within_days` nor `data_clause`) is refused."""

    code: Code = Field(examples=["identity_verification"])
    reply_days: int | None = Field(default=None, ge=1, le=365)
    longest_reply_days: int | None = Field(
        default=None, ge=1, le=365, description="Days after which no extension is possible."
    )
    deemed_agreement: bool = False
    deemed_for: Codes = Field(
        default_factory=list, description="Kinds of request for which silence counts; empty: all of this clause."
    )
    announce_days: int | None = Field(
        default=None, ge=0, le=365, description="Days before the journey by which it is announced after silence."
    )
    transfer_within_days: int | None = Field(
        default=None, ge=1, le=730, description="Days within which the person travels after the agreement."
    )
    document_types: list[Code] = Field(default_factory=list, max_length=20)
    document_validity_days: int | None = Field(
        default=None, ge=1, le=3650, description="Days for which an issued document is valid."
    )
    proof: Codes = Field(default_factory=list, description="Kinds of paper that prove nationality.")
    prima_facie_evidence: Codes = Field(default_factory=list, description="Kinds of paper that make it likely.")
    third_country_nationals: bool = Field(default=False, description="The clause covers nationals of other countries.")
    transit_allowed: bool = Field(default=False, description="The clause covers transit through the territory.")
    competent_authorities: list[UUID] = Field(
        default_factory=list, max_length=20, description="Enrolled agencies that act under the clause."
    )
    costs_borne_by: Literal["requesting", "requested", "shared"] | None = Field(
        default=None, description="Which side bears the costs."
    )
    joint_committee: bool = Field(default=False, description="Differences go to a joint committee.")
    data_clause: bool = False
    recipient_kinds: list[Code] = Field(default_factory=list, max_length=10)


class AgreementIn(Body):
    """A version of an agreement."""

    partnership_id: UUID
    valid_from: date
    valid_to: date | None = None
    source: Short
    clauses: list[ClauseIn] = Field(min_length=1, max_length=100)
    replaces: UUID | None = Field(
        default=None,
        description="The published version that this one replaces; it holds until the eve of `valid_from`.",
    )


class EndIn(Body):
    """From when on it holds no more."""

    on: date = Field(description="First day on which its clauses hold no more; today or later.")


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
    replaces: UUID | None
    status: str = Field(description="draft, published or discarded; only published clauses steer anything.")
    published_on: date | None = Field(description="Day of the publication.")


def _agreement(_uow: Any, row: AgreementRow) -> AgreementOut:
    return AgreementOut.model_validate(row, from_attributes=True)


def _reads_published_only(call: Call) -> bool:
    """Drafts are seen where they are decided."""
    return not call.actor.has(MANAGER) and not call.actor.has(ADMINISTRATOR)


async def _reload(uow: UnitOfWork, row_id: UUID) -> AgreementRow:
    return await part_of_partnership(uow, AgreementRow, row_id)


@router.post(
    "/agreements",
    operation_id="draftAgreement",
    summary="Draft an agreement's clauses",
    status_code=201,
    response_model=AgreementOut,
    responses=problems(NotFound, commands.ClausesContradict, commands.PartnershipHasEnded, commands.NothingToReplace),
)
async def draft(call: Recorder, body: AgreementIn) -> Response:
    """The next version; it steers nothing until somebody else publishes it."""
    clauses = [clause.model_dump() for clause in body.clauses]
    command = commands.DraftAgreement(**body.model_dump(exclude={"clauses"}), clauses=clauses)
    return await call.command(
        lambda uow: commands.draft(command, uow=uow),
        _agreement,
        status=201,
        location="/registry/v1/agreements/{id}",
        reload=_reload,
    )


@router.post(
    "/agreements/{agreement_id}/publication",
    operation_id="publishAgreement",
    summary="Publish an agreement's clauses",
    response_model=AgreementOut,
    responses=problems(
        NotFound, TransitionRefused, PreconditionFailed, commands.PartnershipHasEnded, commands.NothingToReplace
    ),
)
async def publish(call: Recorder, agreement_id: UUID) -> Response:
    """By somebody else than its author; without a published clause there is no clock and no disclosure."""
    return await call.command(lambda uow: commands.publish(agreement_id, uow=uow), _agreement, reload=_reload)


@router.post(
    "/agreements/{agreement_id}/discard",
    operation_id="discardAgreement",
    summary="Discard a draft",
    response_model=AgreementOut,
    responses=problems(NotFound, TransitionRefused, PreconditionFailed),
)
async def discard(call: Recorder, agreement_id: UUID) -> Response:
    """A draft that is not wanted; it stays on record."""
    return await call.command(lambda uow: commands.discard(agreement_id, uow=uow), _agreement, reload=_reload)


@router.post(
    "/agreements/{agreement_id}/ending",
    operation_id="endAgreement",
    summary="End a published agreement",
    response_model=AgreementOut,
    responses=problems(NotFound, TransitionRefused, PreconditionFailed, commands.EndsInThePast),
)
async def end(call: Recorder, agreement_id: UUID, body: EndIn) -> Response:
    """By one person, also when it was published by mistake: from that day on no clock and no disclosure rests on it.
    What was disclosed before stays in the disclosure register."""
    return await call.command(lambda uow: commands.end(agreement_id, body.on, uow=uow), _agreement, reload=_reload)


@router.get("/agreements", operation_id="listAgreements", summary="Agreements")
async def agreements(
    call: Reader,
    page: Paging,
    partnership_id: Annotated[UUID | None, Query(description="Only those of this partnership.")] = None,
    on: Annotated[date | None, Query(description="Only those in force on this day.")] = None,
    status: Annotated[Status | None, Query(description="Only in this status.")] = None,
) -> Page[AgreementOut]:
    """All versions, in the order of entry; a delegate finds the published ones of the own partnership."""
    own = select(PartnershipRow.id).where(own_partnerships(call.actor))
    conditions: list[ColumnElement[bool]] = [col(AgreementRow.partnership_id).in_(own)]
    conditions += [col(AgreementRow.partnership_id) == partnership_id] if partnership_id else []
    conditions += [col(AgreementRow.status) == status] if status else []
    conditions += [col(AgreementRow.status) == PUBLISHED] if _reads_published_only(call) or on is not None else []
    if on is not None:
        until = col(AgreementRow.valid_to)
        conditions += [col(AgreementRow.valid_from) <= on, until.is_(None) | (until >= on)]
    async with call.reading() as uow:
        rows, cursor = await page_of(uow, AgreementRow, page, *conditions)
    return Page(items=[_agreement(None, row) for row in rows], next_cursor=cursor)


@router.get(
    "/agreements/{agreement_id}", operation_id="getAgreement", summary="One agreement", responses=problems(NotFound)
)
async def get_agreement(call: Reader, agreement_id: UUID, response: Response) -> AgreementOut:
    """With all its clauses."""
    async with call.reading() as uow:
        row = await part_of_partnership(uow, AgreementRow, agreement_id)
    if row.status != PUBLISHED and _reads_published_only(call):
        raise NotFound
    call.etag(response, row.version)
    return _agreement(None, row)
