"""Offices and authorities of the host, and the organisations that have a part in partnerships."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.registry.api.recipients import Host, Paging, Reader
from services.registry.api.schemas import Body, Country, Short
from services.registry.commands.keep_actor import keep_actor
from services.registry.commands.keep_office import keep_office
from services.registry.domain.recipients import ActorKind
from services.registry.persistence.recipient_tables import ActorRow
from services.registry.persistence.rows import get_row
from services.registry.persistence.tables import OfficeRow
from services.registry.queries.lists import page_of
from shared.pagination import Page

router = APIRouter(tags=["2 agencies and offices"])


class OfficeIn(Body):
    """An office or authority; the outward name reveals no procedure."""

    code: Annotated[str, Field(pattern=r"^[A-Z0-9_-]{2,20}$")]
    kind: Short
    name: Short
    outward_name: Short
    country: Country


class OfficeOut(OfficeIn):
    """An office."""

    id: UUID
    version: int


class ActorIn(Body):
    """A government, ministry, union institution, organisation or community that takes part in partnerships."""

    code: Annotated[str, Field(pattern=r"^[A-Z0-9_-]{2,30}$")]
    kind: ActorKind
    name: Short
    country: Country | None = None


class ActorOut(ActorIn):
    """An actor."""

    id: UUID
    version: int


def _office(_uow: Any, row: OfficeRow) -> OfficeOut:
    return OfficeOut(**{name: getattr(row, name) for name in OfficeOut.model_fields})


def _actor(_uow: Any, row: ActorRow) -> ActorOut:
    return ActorOut(**{name: getattr(row, name) for name in ActorOut.model_fields})


@router.post("/offices", operation_id="addOffice", summary="Enter an office", status_code=201, response_model=OfficeOut)
async def add_office(call: Host, body: OfficeIn) -> Response:
    """Counselling offices and deciding authorities."""
    return await call.command(
        lambda uow: keep_office(body.model_dump(), uow=uow),
        _office,
        status=201,
        reload=lambda uow, row_id: get_row(uow, OfficeRow, row_id),
    )


@router.get("/offices", operation_id="listOffices", summary="Offices")
async def offices(call: Reader, page: Paging) -> Page[OfficeOut]:
    """In the order of entry."""
    async with call.reading() as uow:
        rows, cursor = await page_of(uow, OfficeRow, page)
    return Page(items=[_office(None, row) for row in rows], next_cursor=cursor)


@router.post("/actors", operation_id="addActor", summary="Enter an actor", status_code=201, response_model=ActorOut)
async def add_actor(call: Host, body: ActorIn) -> Response:
    """It is told nothing about cases; whoever is, is enrolled as an agency, partner or provider."""
    return await call.command(
        lambda uow: keep_actor(body.model_dump(), uow=uow),
        _actor,
        status=201,
        reload=lambda uow, row_id: get_row(uow, ActorRow, row_id),
    )


@router.get("/actors", operation_id="listActors", summary="Actors of partnerships")
async def actors(call: Reader, page: Paging) -> Page[ActorOut]:
    """In the order of entry."""
    async with call.reading() as uow:
        rows, cursor = await page_of(uow, ActorRow, page)
    return Page(items=[_actor(None, row) for row in rows], next_cursor=cursor)
