"""Counselling contacts before any case: confidential, without names, and any informed decision counts the same."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field, StringConstraints

from services.returns.api.schemas import Body, Country, Language, Short
from services.returns.commands import follow_contact, hold_contact
from services.returns.commands.moving import DateInTheFuture
from services.returns.domain.counselling import Channel, Outcome, Purpose, Topic, informed_decision
from services.returns.persistence.counselling import contact_counts, contacts_of, load_contact, open_note
from services.returns.persistence.counselling_tables import CounsellingContactRow
from shared.errors import Forbidden, NotFound
from shared.http_api import Call, caller
from shared.pagination import Page, PageRequest, page_request
from shared.problems import problems

router = APIRouter(prefix="/counselling-contacts", tags=["0 counselling"])
Counsellor = Annotated[Call, caller("caseworker", "office_lead")]
Note = Annotated[str, StringConstraints(min_length=1, max_length=8_000)]


class ContactIn(Body):
    """A talk. No name, no number, no case."""

    office_id: Short = Field(examples=["ZRH"])
    held_on: date | None = Field(default=None, description="Day of the talk; today when left out.")
    channel: Channel = "office"
    language: Language = Field(examples=["fa"])
    interpreter: Literal["none", "professional", "community"] = "none"
    purpose: Purpose
    topics: list[Topic] = Field(default_factory=list, max_length=11, description="What was talked about.")
    destination: Country | None = Field(default=None, description="Country that was asked about, if any.")
    outcome: Outcome = Field(description="Deciding not to return is as good an outcome as deciding to.")
    note: Note | None = Field(default=None, description="For your office alone; sealed, and destroyed after its time.")


class ContactOut(BaseModel):
    """A talk as codes; the note only where a route says so."""

    id: UUID
    version: int
    office_id: str
    held_on: date
    channel: str
    language: str
    interpreter: str
    purpose: str
    topics: list[str]
    destination: str | None
    outcome: str
    case_id: UUID | None
    note: str | None = Field(default=None, description="Only on GET of one contact; audited.")


class FollowIn(Body):
    """The file that was opened, on the person's own wish."""

    case_id: UUID
    on_their_wish: bool = Field(description="The person asked for it.")


class CountOut(BaseModel):
    """Contacts by purpose; the decisions of both kinds together."""

    purpose: str
    contacts: int
    informed_decisions: int = Field(description="Decisions to return and decisions not to, counted alike.")


def shown(row: CounsellingContactRow, note: str | None = None) -> ContactOut:
    """The contact as answered."""
    known = {name: getattr(row, name) for name in ContactOut.model_fields if hasattr(row, name)}
    return ContactOut(**known, note=note)


@router.post(
    "",
    operation_id="holdContact",
    summary="Record a talk",
    status_code=201,
    response_model=ContactOut,
    responses=problems(Forbidden, DateInTheFuture),
)
async def hold(call: Counsellor, body: ContactIn) -> Response:
    """Before any case and for anybody. The authority never sees it."""
    command = hold_contact.HoldContact(**body.model_dump())
    return await call.command(
        lambda uow: hold_contact.handle(command, uow=uow),
        lambda _uow, row: shown(row),
        status=201,
        reload=load_contact,
        location="/returns/v1/counselling-contacts/{id}",
    )


@router.get("", operation_id="listContacts", summary="Talks of your offices, newest first")
async def list_(call: Counsellor, page: Annotated[PageRequest, Depends(page_request)]) -> Page[ContactOut]:
    """Without notes."""
    async with call.reading() as uow:
        rows, cursor = await contacts_of(uow, page)
    return Page(items=[shown(row) for row in rows], next_cursor=cursor)


@router.get("/counts", operation_id="countContacts", summary="How many talks, and how many led to a decision")
async def counts(
    call: Counsellor, since: Annotated[date, Query(description="First day that counts.", examples=["2026-01-01"])]
) -> list[CountOut]:
    """Of your offices; which way people decided is not told apart, so that no way can become a target."""
    async with call.reading() as uow:
        found = await contact_counts(uow, since)
    purposes = sorted({purpose for purpose, _, _ in found})
    return [
        CountOut(
            purpose=purpose,
            contacts=sum(number for name, _, number in found if name == purpose),
            informed_decisions=sum(n for name, outcome, n in found if name == purpose and informed_decision(outcome)),
        )
        for purpose in purposes
    ]


@router.get("/{contact_id}", operation_id="getContact", summary="One talk with its note", responses=problems(NotFound))
async def get(call: Counsellor, contact_id: UUID, response: Response) -> ContactOut:
    """Opens the note: this read is audited."""
    async with call.reading() as uow:
        row = await load_contact(uow, contact_id)
        found = shown(row, await open_note(uow, row))
    call.etag(response, found.version)
    response.headers["Cache-Control"] = "no-store"
    return found


@router.post(
    "/{contact_id}/case",
    operation_id="followContact",
    summary="Note the file that followed",
    response_model=ContactOut,
    responses=problems(NotFound, follow_contact.WishNotStated, follow_contact.ContactHasItsCase),
)
async def follow(call: Counsellor, contact_id: UUID, body: FollowIn) -> Response:
    """Only on the person's own wish. The note stays here; the file learns nothing of the talk."""
    command = follow_contact.FollowContact(contact_id=contact_id, **body.model_dump())
    return await call.command(
        lambda uow: follow_contact.handle(command, uow=uow), lambda _uow, row: shown(row), reload=load_contact
    )
