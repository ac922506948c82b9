"""Partnerships, their components and agreements."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field
from sqlmodel import col

from services.registry.api.schemas import Body, Code, Short
from services.registry.commands import register_partnership as commands
from services.registry.persistence.rows import get_row
from services.registry.persistence.tables import ComponentRow, PartnershipRow
from services.registry.queries.lists import page_of
from shared.errors import NotFound, TransitionRefused
from shared.http_api import Call, caller
from shared.pagination import Page, PageRequest, page_request
from shared.problems import problems

router = APIRouter(tags=["1 partnerships"])
Host = Annotated[Call, caller("partnership_delegate", "programme_manager", "administrator")]
Reader = Annotated[
    Call,
    caller(
        "partnership_delegate",
        "programme_manager",
        "administrator",
        "caseworker",
        "case_officer",
        "statistician",
        "auditor",
    ),
]
Paging = Annotated[PageRequest, Depends(page_request)]


class PartyIn(Body):
    """A country or organisation and its roles; one party may hold several."""

    code: Short = Field(examples=["CHE"])
    kind: Literal["country", "union", "regional_body", "international_organisation", "ngo"] = "country"
    roles: list[Literal["origin", "transit", "destination", "supporter"]] = Field(min_length=1)


class PartnershipIn(Body):
    """A partnership as agreed or envisaged."""

    title: Short
    legal_form: Literal["memorandum", "treaty", "exchange_of_notes", "administrative_arrangement", "dialogue"]
    parties: list[PartyIn] = Field(min_length=2, max_length=40)
    source: Short | None = None


class MoveIn(Body):
    """The next status, since when."""

    status: Code
    on: date


class ComponentIn(Body):
    """One element of a partnership; each stands on its own."""

    component_type: Code
    dac_code: Annotated[str, Field(pattern=r"^\d{5}$")] | None = None
    lead_host: Short | None = None
    lead_partner: Short | None = None


class PartnershipOut(BaseModel):
    """A partnership."""

    id: UUID
    version: int
    title: str
    legal_form: str
    status: str
    parties: list[dict[str, Any]]
    signed_on: date | None
    source: str | None


class ComponentOut(BaseModel):
    """A component."""

    id: UUID
    version: int
    partnership_id: UUID
    component_type: str
    status: str
    dac_code: str | None
    lead_host: str | None
    lead_partner: str | None


def _partnership(_uow: Any, row: PartnershipRow) -> PartnershipOut:
    return PartnershipOut.model_validate(row, from_attributes=True)


def _component(_uow: Any, row: ComponentRow) -> ComponentOut:
    return ComponentOut.model_validate(row, from_attributes=True)


@router.post(
    "/partnerships",
    operation_id="registerPartnership",
    summary="Enter a partnership",
    status_code=201,
    response_model=PartnershipOut,
)
async def register(call: Host, body: PartnershipIn) -> Response:
    """Starts exploratory."""
    command = commands.RegisterPartnership(**body.model_dump())
    return await call.command(
        lambda uow: commands.register(command, uow=uow),
        _partnership,
        status=201,
        location="/registry/v1/partnerships/{id}",
        reload=lambda uow, row_id: get_row(uow, PartnershipRow, row_id),
    )


@router.get("/partnerships", operation_id="listPartnerships", summary="Partnerships")
async def list_(call: Reader, page: Paging) -> Page[PartnershipOut]:
    """In the order of entry."""
    async with call.reading() as uow:
        rows, cursor = await page_of(uow, PartnershipRow, page)
    return Page(items=[_partnership(None, row) for row in rows], next_cursor=cursor)


@router.get(
    "/partnerships/{partnership_id}",
    operation_id="getPartnership",
    summary="One partnership",
    responses=problems(NotFound),
)
async def get(call: Reader, partnership_id: UUID, response: Response) -> PartnershipOut:
    """With its parties and status."""
    async with call.reading() as uow:
        row = await get_row(uow, PartnershipRow, partnership_id)
    call.etag(response, row.version)
    return _partnership(None, row)


@router.post(
    "/partnerships/{partnership_id}/transitions",
    operation_id="movePartnership",
    summary="Move a partnership on",
    response_model=PartnershipOut,
    responses=problems(NotFound, TransitionRefused),
)
async def move(call: Host, partnership_id: UUID, body: MoveIn) -> Response:
    """exploratory, negotiating, signed, in_force, suspended, ended. Cases never depend on it."""
    return await call.command(
        lambda uow: commands.move(partnership_id, body.status, body.on, uow=uow),
        _partnership,
        reload=lambda uow, row_id: get_row(uow, PartnershipRow, row_id),
    )


@router.post(
    "/partnerships/{partnership_id}/components",
    operation_id="addComponent",
    summary="Add a component",
    status_code=201,
    response_model=ComponentOut,
    responses=problems(NotFound),
)
async def add_component(call: Host, partnership_id: UUID, body: ComponentIn) -> Response:
    """Starts proposed."""
    command = commands.AddComponent(partnership_id=partnership_id, **body.model_dump())
    return await call.command(
        lambda uow: commands.add_component(command, uow=uow),
        _component,
        status=201,
        location="/registry/v1/components/{id}",
        reload=lambda uow, row_id: get_row(uow, ComponentRow, row_id),
    )


@router.get("/partnerships/{partnership_id}/components", operation_id="listComponents", summary="Components")
async def components(call: Reader, partnership_id: UUID, page: Paging) -> Page[ComponentOut]:
    """Of one partnership."""
    async with call.reading() as uow:
        rows, cursor = await page_of(uow, ComponentRow, page, col(ComponentRow.partnership_id) == partnership_id)
    return Page(items=[_component(None, row) for row in rows], next_cursor=cursor)


@router.post(
    "/components/{component_id}/transitions",
    operation_id="moveComponent",
    summary="Move a component on",
    response_model=ComponentOut,
    responses=problems(NotFound, TransitionRefused),
)
async def move_component(call: Host, component_id: UUID, body: MoveIn) -> Response:
    """proposed, agreed, in_force, suspended, ended, declined. Suspending stops new cases only."""
    return await call.command(
        lambda uow: commands.move_component(component_id, body.status, body.on, uow=uow),
        _component,
        reload=lambda uow, row_id: get_row(uow, ComponentRow, row_id),
    )
