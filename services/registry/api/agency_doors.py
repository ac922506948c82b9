"""The one door in for messages, the feed for catching up, and the register of what was told."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse

from services.registry.commands import read_feed, receive_message
from services.registry.domain.agency_messages import TYPES
from services.registry.persistence.disclosure_tables import AgencyMessageRow
from services.registry.queries.lists import register_of
from services.registry.settings import RegistrySettings
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.problems import problems
from shared.protection.signatures import SignatureRefused

router = APIRouter(tags=["5 agencies' doors"])
Agency = Annotated[Call, caller("partner_agency", "reintegration_partner")]
Auditor = Annotated[Call, caller("auditor", "protection_officer", "case_officer")]
SIGNED_MESSAGE: dict[str, Any] = {
    "parameters": [
        {"name": name, "in": "header", "required": True, "description": meaning, "schema": {"type": "string"}}
        for name, meaning in (
            ("webhook-id", "Your own id of this message; sent again it has one effect only."),
            ("webhook-timestamp", "Seconds since 1970 at which you signed."),
            ("webhook-signature", "Standard Webhooks signatures, separated by blanks."),
        )
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "description": "A coded message; names, numbers of documents and free text are refused.",
                    "required": ["type", "data"],
                    "additionalProperties": False,
                    "properties": {
                        "type": {"type": "string", "enum": sorted(TYPES), "description": "What is said."},
                        "timestamp": {"type": "string", "description": "When you wrote it."},
                        "data": {
                            "type": "object",
                            "description": "`agency_case_ref`, `person_refs`, `in_reply_to` and the facts of the type.",
                        },
                    },
                },
                "example": {"type": "identity.confirmed", "data": {"agency_case_ref": "case_7f3a"}},
            }
        },
    },
}
"""The body is read raw, since it is signed; this says what is in it."""


class MessageOut(BaseModel):
    """A message as taken in; `not-applied` means that the case's state did not allow it."""

    message_id: UUID
    message_type: str
    status: str
    reason_code: str | None


class FeedEntry(BaseModel):
    """The same payload as the webhook."""

    type: str
    timestamp: str
    data: dict[str, Any]


class RegisterOut(BaseModel):
    """Who was told what, when, on which basis."""

    at: datetime
    recipient_id: UUID
    what: str
    basis: str
    data_classes: list[str]
    person_refs: list[str]


def _message(row: AgencyMessageRow) -> MessageOut:
    return MessageOut(message_id=row.id, message_type=row.message_type, status=row.status, reason_code=row.reason_code)


@router.post(
    "/agency-messages",
    operation_id="receiveMessage",
    summary="Send us a signed message",
    status_code=202,
    response_model=MessageOut,
    responses=problems(
        SignatureRefused,
        NotFound,
        receive_message.RoleMissing,
        receive_message.MessageIdReused,
        receive_message.MessageNotUnderstood,
        receive_message.PersonalDataNotAccepted,
    ),
    openapi_extra=SIGNED_MESSAGE,
)
async def receive(call: Agency, request: Request) -> JSONResponse:
    """Standard Webhooks headers, `type` and coded `data`. Idempotent on `webhook-id`, for ever."""
    settings = call.runtime.settings
    tolerance = settings.message_tolerance_seconds if isinstance(settings, RegistrySettings) else 300
    headers = {name.lower(): value for name, value in request.headers.items()}
    command = receive_message.ReceiveMessage(headers=headers, body=await request.body(), tolerance_seconds=tolerance)
    async with call.units.begin(
        actor=call.actor, acting_role=call.acting_role, correlation_id=request.state.request_id
    ) as uow:
        shown = _message(await receive_message.handle(command, uow=uow))
    return JSONResponse(shown.model_dump(mode="json"), status_code=202)


@router.get(
    "/agency-messages/{message_id}",
    operation_id="getMessage",
    summary="What became of a message",
    responses=problems(NotFound),
)
async def message(call: Agency, message_id: UUID) -> MessageOut:
    """Your own messages only."""
    async with call.reading() as uow:
        return _message(await read_feed.own_message(uow, message_id))


@router.get(
    "/agency-cases/{agency_case_ref}/events",
    operation_id="readFeed",
    summary="Catch up",
    responses=problems(NotFound),
)
async def feed(
    call: Agency,
    agency_case_ref: str,
    after: Annotated[int, Query(ge=0, description="Your last `sequence`.")] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> list[FeedEntry]:
    """The same payloads by your own gapless counter; checked again at this moment."""
    async with call.reading() as uow:
        entries = await read_feed.read(
            uow, agency_case_ref, after=after, limit=limit, public_url=call.runtime.settings.public_url
        )
    return [FeedEntry(**entry) for entry in entries]


@router.get("/disclosure-register", operation_id="getRegister", summary="Who was told what about a case")
async def register(call: Auditor, case_id: UUID, person_id: str | None = None) -> list[RegisterOut]:
    """Deliveries and package reads, oldest first; `person_id` takes a person_ref."""
    async with call.reading() as uow:
        rows = await register_of(uow, case_id, person_id)
    return [RegisterOut.model_validate(row, from_attributes=True) for row in rows]
