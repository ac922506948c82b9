"""One organisation: what it is enrolled for, whether it is suspended and why, and its due diligence checks."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field, field_validator

from services.registry.api.recipients import Host, RecipientOut, known_roles, recipient_out
from services.registry.api.schemas import Body, Country, Short
from services.registry.commands import enrol_recipient, record_due_diligence, suspend_recipient
from services.registry.domain.recipients import SuspensionReason
from services.registry.persistence.recipient_tables import DueDiligenceRow
from services.registry.persistence.rows import get_row
from services.registry.persistence.tables import RecipientRow
from services.registry.queries.recipients import checks_of, one_recipient
from shared.errors import NotFound, PreconditionFailed
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/recipients/{recipient_id}", tags=["2 agencies and offices"])
HOST = ("administrator", "programme_manager", "caseworker", "case_officer", "travel_officer", "auditor")
Reader = Annotated[Call, caller(*HOST, "partner_agency", "reintegration_partner", "provider")]


class RecipientChange(Body):
    """What changes; what is left out stays."""

    name: Short | None = None
    countries: list[Country] | None = Field(default=None, min_length=1, max_length=50)
    roles: list[Short] | None = Field(default=None, max_length=10)
    answers_by_form: bool | None = None

    @field_validator("roles")
    @classmethod
    def _known_roles(cls, roles: list[str] | None) -> list[str] | None:
        return roles if roles is None else known_roles(roles)


class SuspensionIn(Body):
    """Why; the code is published, so it says nothing about anybody."""

    reason_code: SuspensionReason


class DueDiligenceIn(Body):
    """A check and how long it holds."""

    checked_on: date = Field(description="Day of the check.")
    valid_until: date
    source: Short


class DueDiligenceOut(DueDiligenceIn):
    """A check as recorded."""

    id: UUID


def _check(_uow: Any, row: DueDiligenceRow) -> DueDiligenceOut:
    return DueDiligenceOut(**row.model_dump(include=set(DueDiligenceOut.model_fields)))


async def _again(uow: Any, row_id: UUID) -> RecipientRow:
    return await get_row(uow, RecipientRow, row_id)


@router.get("", operation_id="getRecipient", summary="One organisation", responses=problems(NotFound))
async def recipient(call: Reader, recipient_id: UUID, response: Response) -> RecipientOut:
    """The host sees all, an organisation itself."""
    async with call.reading() as uow:
        row = await one_recipient(uow, recipient_id, HOST)
    call.etag(response, row.version)
    return recipient_out(None, row)


@router.patch(
    "",
    operation_id="changeRecipient",
    summary="Change what it is enrolled for",
    response_model=RecipientOut,
    responses=problems(NotFound, enrol_recipient.RoleNotForState, PreconditionFailed),
)
async def change(call: Host, recipient_id: UUID, body: RecipientChange) -> Response:
    """Roles decide what it may be told and may say, from the next message on."""
    changes = body.model_dump(exclude_none=True)
    return await call.command(lambda uow: enrol_recipient.change(recipient_id, changes, uow=uow), recipient_out)


@router.post(
    "/suspension",
    operation_id="suspendRecipient",
    summary="Suspend",
    response_model=RecipientOut,
    responses=problems(NotFound, suspend_recipient.AlreadySo, PreconditionFailed),
)
async def suspend(call: Host, recipient_id: UUID, body: SuspensionIn) -> Response:
    """It is told nothing and says nothing from now on; only the end of a request still reaches it."""
    reason = body.reason_code
    return await call.command(
        lambda uow: suspend_recipient.suspend(recipient_id, reason, uow=uow), recipient_out, reload=_again
    )


@router.post(
    "/reinstatement",
    operation_id="reinstateRecipient",
    summary="Take a suspension back",
    response_model=RecipientOut,
    responses=problems(NotFound, suspend_recipient.AlreadySo, suspend_recipient.DueDiligenceNeeded, PreconditionFailed),
)
async def reinstate(call: Host, recipient_id: UUID) -> Response:
    """What it missed stays untold; what happens from now on reaches it."""
    return await call.command(
        lambda uow: suspend_recipient.reinstate(recipient_id, uow=uow), recipient_out, reload=_again
    )


@router.post(
    "/due-diligence",
    operation_id="recordDueDiligence",
    summary="Record a due diligence check",
    status_code=201,
    response_model=DueDiligenceOut,
    responses=problems(NotFound, record_due_diligence.PeriodReversed),
)
async def record(call: Host, recipient_id: UUID, body: DueDiligenceIn) -> Response:
    """Once it has run out, a provider gets no new referrals; a new check ends that."""
    command = record_due_diligence.RecordDueDiligence(recipient_id=recipient_id, **body.model_dump())
    return await call.command(
        lambda uow: record_due_diligence.handle(command, uow=uow),
        _check,
        status=201,
        reload=lambda uow, row_id: get_row(uow, DueDiligenceRow, row_id),
        match="none",
    )


@router.get("/due-diligence", operation_id="listDueDiligence", summary="Its checks", responses=problems(NotFound))
async def checks(call: Reader, recipient_id: UUID) -> list[DueDiligenceOut]:
    """Latest end first."""
    async with call.reading() as uow:
        await one_recipient(uow, recipient_id, HOST)
        return [_check(None, row) for row in await checks_of(uow, recipient_id)]
