"""Agencies, partners and providers who may be told something or send something: enrolled and listed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field, field_validator
from sqlmodel import col

from services.registry.api.schemas import Body, Country, Kind, Short
from services.registry.commands import enrol_recipient
from services.registry.domain.disclosure_matrix import ROLES
from services.registry.persistence.rows import get_row
from services.registry.persistence.tables import RecipientRow
from services.registry.queries.lists import page_of
from shared.http_api import Call, caller
from shared.pagination import Page, PageRequest, page_request
from shared.problems import problems
from shared.protection.signatures import PublicKey

router = APIRouter(tags=["2 agencies and offices"])
Host = Annotated[Call, caller("programme_manager", "administrator")]
Reader = Annotated[
    Call,
    caller("programme_manager", "administrator", "caseworker", "case_officer", "travel_officer", "auditor"),
]
Paging = Annotated[PageRequest, Depends(page_request)]


def known_roles(roles: list[str]) -> list[str]:
    """Roles of the code list; raises ValueError."""
    if set(roles) - set(ROLES):
        raise ValueError("unknown role")
    return roles


class RecipientIn(Body):
    """An organisation; its kind and roles decide what it may be told."""

    kind: Kind
    name: Short
    country: Country
    countries: list[Country] = Field(default_factory=list, max_length=50)
    roles: list[Short] = Field(default_factory=list, max_length=10)
    message_keys: list[Short] = Field(default_factory=list, max_length=5, description="`whpk_` keys it signs with.")

    answers_by_form: bool = Field(
        default=False, description="It has no server: it may answer in the browser, under its own token."
    )

    @field_validator("roles")
    @classmethod
    def _known_roles(cls, roles: list[str]) -> list[str]:
        return known_roles(roles)

    @field_validator("message_keys")
    @classmethod
    def _readable_keys(cls, keys: list[str]) -> list[str]:
        for key in keys:
            PublicKey.parse(key)
        return keys


class RecipientOut(BaseModel):
    """An organisation as enrolled."""

    id: UUID
    version: int
    category: str
    kind: str
    name: str
    country: str
    countries: list[str]
    roles: list[str]
    answers_by_form: bool
    status: str
    status_reason: str | None
    status_since: date | None


def recipient_out(_uow: Any, row: RecipientRow) -> RecipientOut:
    """As it is shown."""
    return RecipientOut.model_validate(row, from_attributes=True)


async def _enrol(call: Call, category: enrol_recipient.Category, body: RecipientIn) -> Response:
    command = enrol_recipient.EnrolRecipient(category=category, **body.model_dump())
    return await call.command(
        lambda uow: enrol_recipient.handle(command, uow=uow),
        recipient_out,
        status=201,
        reload=lambda uow, row_id: get_row(uow, RecipientRow, row_id),
    )


async def _listed(call: Call, category: str, page: PageRequest) -> Page[RecipientOut]:
    async with call.reading() as uow:
        rows, cursor = await page_of(uow, RecipientRow, page, col(RecipientRow.category) == category)
    return Page(items=[recipient_out(None, row) for row in rows], next_cursor=cursor)


@router.post(
    "/agencies",
    operation_id="enrolAgency",
    summary="Enrol an agency",
    status_code=201,
    response_model=RecipientOut,
    responses=problems(enrol_recipient.RoleNotForState),
)
async def enrol_agency(call: Host, body: RecipientIn) -> Response:
    """An authority, consulate or organisation of a partner country."""
    return await _enrol(call, "agency", body)


@router.get("/agencies", operation_id="listAgencies", summary="Agencies")
async def agencies(call: Reader, page: Paging) -> Page[RecipientOut]:
    """In the order of entry."""
    return await _listed(call, "agency", page)


@router.post(
    "/partners",
    operation_id="enrolPartner",
    summary="Enrol a reintegration partner",
    status_code=201,
    response_model=RecipientOut,
    responses=problems(enrol_recipient.RoleNotForState),
)
async def enrol_partner(call: Host, body: RecipientIn) -> Response:
    """Coordinates reintegration after arrival."""
    return await _enrol(call, "partner", body)


@router.get("/partners", operation_id="listPartners", summary="Reintegration partners")
async def partners(call: Reader, page: Paging) -> Page[RecipientOut]:
    """In the order of entry."""
    return await _listed(call, "partner", page)


@router.post(
    "/providers",
    operation_id="enrolProvider",
    summary="Enrol a provider",
    status_code=201,
    response_model=RecipientOut,
    responses=problems(enrol_recipient.RoleNotForState),
)
async def enrol_provider(call: Host, body: RecipientIn) -> Response:
    """Delivers services on the spot."""
    return await _enrol(call, "provider", body)


@router.get("/providers", operation_id="listProviders", summary="Providers")
async def providers(call: Reader, page: Paging) -> Page[RecipientOut]:
    """In the order of entry."""
    return await _listed(call, "provider", page)
