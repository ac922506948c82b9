"""The one door in for messages of agencies, partners and providers, what became of them, and what was refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from services.registry.api.schemas import Body
from services.registry.commands import answer_by_form, note_refusal, read_feed, receive_message, take_message
from services.registry.commands.sender_access import TooManyMessages, keep_pace, recipient_of
from services.registry.domain.agency_messages import TYPES, schema_of
from services.registry.persistence.disclosure_tables import AgencyMessageRow
from services.registry.queries.messages import own_messages, refusals
from services.registry.settings import RegistrySettings
from shared.errors import NotFound, WayhomeError
from shared.http_api import Call, caller
from shared.pagination import Page, PageRequest, page_request
from shared.problems import problems
from shared.protection.signatures import SignatureRefused

router = APIRouter(tags=["5 agencies' doors"])
Sender = Annotated[Call, caller("partner_agency", "reintegration_partner", "provider")]
Watcher = Annotated[Call, caller("administrator", "auditor", "partner_agency", "reintegration_partner", "provider")]
Paging = Annotated[PageRequest, Depends(page_request)]
Status = Literal["received", "not-applied", "voided"]
REFUSALS = (
    TooManyMessages,
    NotFound,
    take_message.RoleMissing,
    take_message.MessageIdReused,
    take_message.AlreadyVoided,
    take_message.MessageNotUnderstood,
    take_message.PersonalDataNotAccepted,
)
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
                    "description": "A coded message; names, numbers of documents and free text are refused.",
                    "oneOf": [schema_of(name) for name in sorted(TYPES)],
                },
                "example": {"type": "identity.confirmed", "data": {"agency_case_ref": "ac_7f3a"}},
            }
        },
    },
}
"""The body is read raw, since it is signed; this says what is in it."""


class MessageOut(BaseModel):
    """A message as taken in; `not-applied` means that the case's state did not allow it."""

    message_id: UUID
    webhook_id: str = Field(description="Your own id of it; made by us for answers by form.")
    message_type: str
    agency_case_ref: str | None
    facts: dict[str, Any]
    status: str
    reason_code: str | None
    received_at: datetime


class RefusedOut(BaseModel):
    """Messages of one sender that were refused for one reason on one day; nothing of them is kept."""

    sender_id: UUID = Field(description="All zeros: a sender that is not enrolled, or is suspended.")
    on: date
    slug: str
    reason: str
    times: int
    first_at: datetime
    last_at: datetime


class FormIn(Body):
    """Type and coded data, as in a signed message; the closed lists of `POST /agency-messages` hold here too."""

    type: str = Field(max_length=60, description="What is said.", examples=["request.acknowledged"])
    data: dict[str, Any] = Field(description="References, codes and days.", examples=[{"agency_case_ref": "ac_7f3a"}])


class MessageTypeOut(BaseModel):
    """A type that you may send, with its facts as JSON Schema."""

    type: str
    about: str
    facts: dict[str, Any]
    required: list[str]


def _message(_uow: Any, row: AgencyMessageRow) -> MessageOut:
    return MessageOut(
        message_id=row.id,
        received_at=row.created_at,
        **row.model_dump(include=MessageOut.model_fields.keys() - {"message_id", "received_at"}),
    )


async def _counted(call: Call, door: str, take: Callable[[], Awaitable[Response]]) -> Response:
    """Take a message in; a refusal is counted, in a unit of its own since that of the message was rolled back."""
    per_minute = call.runtime.own_settings(RegistrySettings).messages_per_minute
    outcome = "received"
    try:
        async with call.units.begin(actor=call.actor, acting_role=call.acting_role) as uow:
            await keep_pace(uow, per_minute=per_minute)
        return await take()
    except WayhomeError as refused:
        outcome = refused.slug
        async with call.units.begin(actor=call.actor, acting_role=call.acting_role) as uow:
            await note_refusal.handle(refused, uow=uow)
        raise
    finally:
        call.runtime.metrics.agency_messages.labels(door=door, outcome=outcome).inc()


@router.post(
    "/agency-messages",
    operation_id="receiveMessage",
    summary="Send us a signed message",
    status_code=202,
    response_model=MessageOut,
    responses=problems(SignatureRefused, *REFUSALS),
    openapi_extra=SIGNED_MESSAGE,
)
async def receive(call: Sender, request: Request) -> Response:
    """Standard Webhooks headers, `type` and coded `data`. Idempotent on `webhook-id`, for ever."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    body = await request.body()

    async def take() -> Response:
        tolerance = call.runtime.own_settings(RegistrySettings).message_tolerance_seconds
        command = receive_message.ReceiveMessage(headers=headers, body=body, tolerance_seconds=tolerance)
        async with call.units.begin(
            actor=call.actor, acting_role=call.acting_role, correlation_id=request.state.request_id
        ) as uow:
            shown = _message(uow, await receive_message.handle(command, uow=uow))
        return JSONResponse(shown.model_dump(mode="json"), status_code=202)

    return await _counted(call, "signed", take)


@router.post(
    "/agency-messages/forms",
    operation_id="answerByForm",
    summary="Say something without a server of your own",
    status_code=202,
    response_model=MessageOut,
    responses=problems(answer_by_form.FormNotOpened, *REFUSALS),
)
async def form(call: Sender, body: FormIn) -> Response:
    """The same messages under your own token instead of a signature; open to those who have no server."""
    command = answer_by_form.AnswerByForm(message_type=body.type, data=body.data)

    async def take() -> Response:
        return await call.command(
            lambda uow: answer_by_form.handle(command, uow=uow),
            _message,
            status=202,
            reload=read_feed.own_message,
            match="none",
        )

    return await _counted(call, "form", take)


@router.get("/agency-messages", operation_id="listMessages", summary="What you said, and what became of it")
async def messages(
    call: Sender,
    page: Paging,
    status: Status | None = None,
    agency_case_ref: Annotated[str | None, Query(max_length=80)] = None,
    newest_first: Annotated[bool, Query(description="The other way round; keep it for the next page.")] = False,
) -> Page[MessageOut]:
    """Your own messages in the order of receipt, those that could not be applied too."""
    wanted: dict[str, Any] = {"status": status, "agency_case_ref": agency_case_ref, "newest_first": newest_first}
    async with call.reading() as uow:
        rows, cursor = await own_messages(uow, page, **wanted)
    return Page(items=[_message(None, row) for row in rows], next_cursor=cursor)


@router.get(
    "/agency-messages/types", operation_id="listMessageTypes", summary="What you may say", responses=problems(NotFound)
)
async def types(call: Sender) -> list[MessageTypeOut]:
    """The types of your roles, with their closed facts; what a form is made of."""
    async with call.reading() as uow:
        roles = set((await recipient_of(uow)).roles)
    return [
        MessageTypeOut(
            type=name,
            about=kind.about,
            facts={fact: shape.schema() for fact, shape in kind.facts.items()},
            required=sorted(kind.required),
        )
        for name, kind in TYPES.items()
        if roles & kind.roles
    ]


@router.get("/agency-messages/refused", operation_id="listRefusedMessages", summary="What was refused, and how often")
async def refused(
    call: Watcher, since: date | None = None, limit: Annotated[int, Query(ge=1, le=200)] = 100
) -> list[RefusedOut]:
    """Counted by sender, day and reason, newest first. The administration sees all, a sender its own."""
    async with call.reading() as uow:
        rows = await refusals(uow, since=since, limit=limit)
    return [RefusedOut.model_validate(row, from_attributes=True) for row in rows]


@router.get(
    "/agency-messages/{message_id}",
    operation_id="getMessage",
    summary="What became of a message",
    responses=problems(NotFound),
)
async def message(call: Sender, message_id: UUID) -> MessageOut:
    """Your own messages only."""
    async with call.reading() as uow:
        return _message(uow, await read_feed.own_message(uow, message_id))
