"""The keys that organisations sign their messages with, and those that something is encrypted to."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.registry.api.schemas import Body, Short
from services.registry.commands import manage_keys as commands
from services.registry.commands.shown_once import ShownOnce
from services.registry.persistence.sender_tables import RecipientKeyRow
from shared.errors import NotFound, PreconditionFailed
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/recipients/{recipient_id}/keys", tags=["2 agencies and offices"])
Host = Annotated[Call, caller("administrator", "programme_manager")]
Owner = Annotated[
    Call, caller("administrator", "programme_manager", "partner_agency", "reintegration_partner", "provider")
]


class KeyIn(Body):
    """A key; leave `public_key` out for a shared secret, which is made here and shown once."""

    use: commands.Use = Field(description="`signing` for messages to us, `encryption` for packages to it.")
    algorithm: commands.Algorithm = Field(description="`v1a` ed25519, `v1` shared secret, `X25519` for encryption.")
    public_key: Short | None = Field(
        default=None, description="`whpk_` and base64 for `v1a`; base64url of 32 bytes for `X25519`."
    )
    replaces: UUID | None = Field(default=None, description="The key that runs out after the overlap.")
    overlap_hours: int = Field(
        default=24, ge=0, le=commands.LONGEST_OVERLAP_HOURS, description="How long the replaced key stays trusted."
    )


class KeyOut(BaseModel):
    """A key as entered; `secret` is shown once, in the answer to the request that made it."""

    id: UUID
    version: int
    use: str
    algorithm: str
    public_key: str | None
    secret: str | None = None
    valid_from: datetime
    valid_until: datetime | None


def _key(row: RecipientKeyRow, secret: str | None = None) -> KeyOut:
    return KeyOut(secret=secret, **row.model_dump(include=KeyOut.model_fields.keys() - {"secret"}))


def _entered(_uow: Any, entered: ShownOnce[RecipientKeyRow]) -> KeyOut:
    return _key(entered.row, entered.secret)


@router.post(
    "",
    operation_id="enterKey",
    summary="Enter a key",
    status_code=201,
    response_model=KeyOut,
    responses=problems(NotFound, commands.KeyNotReadable, commands.TooManyKeys, commands.KeyRetired),
)
async def enter(call: Host, recipient_id: UUID, body: KeyIn) -> Response:
    """Several keys are trusted side by side; name the one it replaces to let that run out."""
    command = commands.EnterKey(recipient_id=recipient_id, **body.model_dump())
    return await call.command(
        lambda uow: commands.enter(command, uow=uow), _entered, status=201, reload=commands.shown_again, match="none"
    )


@router.get("", operation_id="listKeys", summary="Keys of an organisation", responses=problems(NotFound))
async def list_(call: Owner, recipient_id: UUID) -> list[KeyOut]:
    """Oldest first, retired ones too; an organisation sees its own. Secrets are not shown again."""
    async with call.reading() as uow:
        return [_key(row) for row in await commands.listed(uow, recipient_id)]


@router.post(
    "/{key_id}/retirement",
    operation_id="retireKey",
    summary="Stop trusting a key",
    response_model=KeyOut,
    responses=problems(NotFound, commands.KeyRetired, PreconditionFailed),
)
async def retire(call: Owner, recipient_id: UUID, key_id: UUID) -> Response:
    """At once; by the administration, or by the organisation when the key was lost."""
    return await call.command(
        lambda uow: commands.retire(recipient_id, key_id, uow=uow), _entered, reload=commands.shown_again
    )
