"""Partnerships: the parties on both sides, their roles, and the life of the partnership."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator, BaseModel, Field, model_validator
from sqlmodel import col

from services.registry.api.partnership_schemas import (
    Body,
    Code,
    Paging,
    Precision,
    Reader,
    Recorder,
    Short,
    Side,
    Speaker,
    known_country,
)
from services.registry.commands import register_partnership as commands
from services.registry.domain.sides import with_sides
from services.registry.persistence.partnerships import own_partnerships, partnership
from services.registry.persistence.tables import PartnershipRow
from services.registry.queries.lists import page_of
from shared.errors import NotFound, PreconditionFailed, PreconditionRequired, TransitionRefused
from shared.pagination import Page
from shared.problems import problems

router = APIRouter(tags=["1 partnerships"])
LegalForm = Literal[
    "memorandum",
    "treaty",
    "exchange_of_notes",
    "administrative_arrangement",
    "joint_declaration",
    "dialogue",
    "framework",
    "project",
]
Status = Literal["exploratory", "negotiating", "signed", "in_force", "suspended", "ended"]


class PartyIn(Body):
    """A country or organisation and its roles; one party may hold several."""

    code: Short = Field(examples=["CHE"], description="ISO 3166-1 alpha-3 for a country, else a short name.")
    kind: Literal[
        "country",
        "country_group",
        "union",
        "regional_body",
        "international_organisation",
        "ngo",
        "civil_society",
        "diaspora",
    ] = "country"
    roles: list[Literal["origin", "transit", "destination", "supporter"]] = Field(min_length=1, max_length=4)
    side: Side | None = Field(
        default=None, description="Side it stands on; left out: host for a destination that is not an origin."
    )

    @model_validator(mode="after")
    def _known_country(self) -> PartyIn:
        if self.kind == "country":
            known_country(self.code)
        return self


def _each_once(parties: list[PartyIn]) -> list[PartyIn]:
    if len({party.code for party in parties}) < len(parties):
        raise ValueError("a party stands there twice")
    return parties


Parties = Annotated[list[PartyIn], Field(min_length=2, max_length=60), AfterValidator(_each_once)]


class PartnershipIn(Body):
    """A partnership as agreed or envisaged."""

    title: Short
    legal_form: LegalForm
    parties: Parties
    lead_host: Short | None = Field(default=None, examples=["State Secretariat for Migration"])
    lead_partner: Short | None = None
    source: Short | None = None


class PartnershipPatch(Body):
    """What is to be corrected; what is left out stays."""

    title: Short | None = None
    legal_form: LegalForm | None = None
    parties: Parties | None = None
    lead_host: Short | None = None
    lead_partner: Short | None = None
    source: Short | None = None
    signed_on: date | None = Field(default=None, description="The right day of a signature that was recorded wrongly.")
    signed_precision: Precision | None = Field(default=None, description="How exactly that day is known.")


class MoveIn(Body):
    """The next status, since when."""

    status: Code
    on: date
    precision: Precision = Field(default="day", description="How exactly the day is known; `on` is the first one.")


class PartyOut(BaseModel):
    """A party, its roles and its side."""

    code: str
    kind: str
    roles: list[str]
    side: str


class PartnershipOut(BaseModel):
    """A partnership."""

    id: UUID
    version: int
    title: str
    legal_form: str
    status: str
    parties: list[PartyOut]
    lead_host: str | None
    lead_partner: str | None
    signed_on: date | None
    signed_precision: str | None
    source: str | None


def _shown(_uow: Any, row: PartnershipRow) -> PartnershipOut:
    values = {name: getattr(row, name) for name in PartnershipOut.model_fields if name != "parties"}
    parties = [PartyOut(**{"kind": "country", **party}) for party in with_sides(row.parties)]
    return PartnershipOut(**values, parties=parties)


@router.post(
    "/partnerships",
    operation_id="registerPartnership",
    summary="Enter a partnership",
    status_code=201,
    response_model=PartnershipOut,
)
async def register(call: Recorder, body: PartnershipIn) -> Response:
    """Starts exploratory. Parties may be countries, unions, regional bodies and organisations, on two sides."""
    command = commands.RegisterPartnership(**body.model_dump())
    return await call.command(
        lambda uow: commands.register(command, uow=uow),
        _shown,
        status=201,
        location="/registry/v1/partnerships/{id}",
        reload=partnership,
    )


@router.get("/partnerships", operation_id="listPartnerships", summary="Partnerships")
async def list_(
    call: Reader,
    page: Paging,
    status: Annotated[Status | None, Query(description="Only those in this status.")] = None,
    party: Annotated[str | None, Query(max_length=200, description="Only those with this party, by its code.")] = None,
) -> Page[PartnershipOut]:
    """In the order of entry; a delegate finds the own one."""
    conditions = [own_partnerships(call.actor)]
    conditions += [col(PartnershipRow.status) == status] if status else []
    conditions += [col(PartnershipRow.parties).contains([{"code": party}])] if party else []
    async with call.reading() as uow:
        rows, cursor = await page_of(uow, PartnershipRow, page, *conditions)
    return Page(items=[_shown(None, row) for row in rows], next_cursor=cursor)


@router.get(
    "/partnerships/{partnership_id}",
    operation_id="getPartnership",
    summary="One partnership",
    responses=problems(NotFound),
)
async def get(call: Reader, partnership_id: UUID, response: Response) -> PartnershipOut:
    """With its parties and status."""
    async with call.reading() as uow:
        row = await partnership(uow, partnership_id)
    call.etag(response, row.version)
    return _shown(None, row)


@router.patch(
    "/partnerships/{partnership_id}",
    operation_id="amendPartnership",
    summary="Correct a partnership's entry",
    response_model=PartnershipOut,
    responses=problems(
        NotFound, commands.NotYourSide, commands.EntryWouldNotHold, PreconditionFailed, PreconditionRequired
    ),
)
async def amend(call: Speaker, partnership_id: UUID, body: PartnershipPatch) -> Response:
    """A delegate names the lead of the own side; everything else is the administration's. Both sides are notified."""
    changes = {name: value for name, value in body.model_dump(exclude_unset=True).items() if value is not None}
    return await call.command(
        lambda uow: commands.amend(partnership_id, changes, uow=uow), _shown, reload=partnership, match="required"
    )


@router.post(
    "/partnerships/{partnership_id}/transitions",
    operation_id="movePartnership",
    summary="Move a partnership on",
    response_model=PartnershipOut,
    responses=problems(NotFound, TransitionRefused, PreconditionFailed),
)
async def move(call: Recorder, partnership_id: UUID, body: MoveIn) -> Response:
    """exploratory, negotiating, signed, in_force, suspended, ended. Cases never depend on it. A signature names its
    paper as the `source` of the entry."""
    return await call.command(
        lambda uow: commands.move(partnership_id, body.status, body.on, precision=body.precision, uow=uow),
        _shown,
        reload=partnership,
    )
