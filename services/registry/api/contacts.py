"""How an organisation's office is reached: functions, not persons; sealed, and destroyed with the entry."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.registry.api.schemas import Body, Short
from services.registry.commands import keep_contact as commands
from services.registry.domain.recipients import ContactPurpose
from services.registry.persistence.recipient_tables import RecipientContactRow
from services.registry.persistence.recipients import open_reaches
from services.registry.persistence.rows import get_row
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/recipients/{recipient_id}/contacts", tags=["2 agencies and offices"])
OWNERS = ("partner_agency", "reintegration_partner", "provider")
Writer = Annotated[Call, caller(*commands.HOST_ROLES[:2], *OWNERS)]
Reader = Annotated[Call, caller(*commands.HOST_ROLES, *OWNERS)]
Email = Annotated[str, Field(pattern=r"^[^@\s]{1,64}@[A-Za-z0-9.-]{1,180}\.[A-Za-z]{2,24}$")]
Phone = Annotated[str, Field(pattern=r"^\+[0-9][0-9 ]{5,22}$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


class Reach(Body):
    """How an office is reached; sealed at rest."""

    office: Short = Field(description="The office or function, for example `duty desk`; sealed at rest.")
    email: Email | None = Field(default=None, description="Its mailbox; sealed at rest.")
    phone: Phone | None = None
    hours: Short | None = Field(default=None, description="When it answers; sealed at rest.")


class ContactIn(Reach):
    """A contact, and what it is for."""

    purpose: ContactPurpose = Field(description="What it is for.")
    language: Language | None = Field(default=None, description="Language to write in, BCP 47.")


class ContactOut(ContactIn):
    """A contact as entered."""

    id: UUID


def _contact(row: RecipientContactRow, reach: dict[str, Any]) -> ContactOut:
    return ContactOut.model_validate({**reach, "id": row.id, "purpose": row.purpose, "language": row.language})


async def _opened(uow: UnitOfWork, row: RecipientContactRow) -> ContactOut:
    return _contact(row, (await open_reaches(uow, [row]))[0])


@router.post(
    "",
    operation_id="enterContact",
    summary="Enter a contact",
    status_code=201,
    response_model=ContactOut,
    responses=problems(NotFound, commands.TooManyContacts),
)
async def enter(call: Writer, recipient_id: UUID, body: ContactIn) -> Response:
    """An office's contact. Enter no private numbers; whoever leaves is removed."""
    command = commands.KeepContact(
        recipient_id=recipient_id,
        purpose=body.purpose,
        language=body.language,
        reach=body.model_dump(include=set(Reach.model_fields)),
    )
    return await call.command(
        lambda uow: commands.handle(command, uow=uow),
        _opened,
        status=201,
        reload=lambda uow, row_id: get_row(uow, RecipientContactRow, row_id),
        match="none",
    )


@router.get("", operation_id="listContacts", summary="Contacts of an organisation", responses=problems(NotFound))
async def list_(call: Reader, recipient_id: UUID) -> list[ContactOut]:
    """The host's staff and the organisation itself; each read is audited."""
    async with call.reading() as uow:
        return [_contact(row, reach) for row, reach in await commands.shown(uow, recipient_id)]


@router.post(
    "/{contact_id}/removal",
    operation_id="removeContact",
    summary="Remove a contact",
    status_code=204,
    response_class=Response,
    responses=problems(NotFound),
)
async def remove(call: Writer, recipient_id: UUID, contact_id: UUID) -> Response:
    """For good: its key is destroyed, so that no copy opens any more."""
    return await call.command(
        lambda uow: commands.remove(recipient_id, contact_id, uow=uow),
        lambda _uow, _row: None,
        status=204,
        match="none",
    )
