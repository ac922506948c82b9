"""The keys that an endpoint's deliveries are signed with: rotate, list, retire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.registry.api.schemas import Body
from services.registry.commands import rotate_key
from services.registry.commands.manage_endpoint import EndpointDisabled
from services.registry.commands.rotate_key import DEFAULT_OVERLAP_HOURS, LONGEST_OVERLAP_HOURS, NewKey
from services.registry.persistence.signing_keys import Scheme
from shared.errors import NotFound, PreconditionFailed
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(tags=["4 webhooks"])
Owner = Annotated[Call, caller("partner_agency", "reintegration_partner", "administrator")]


class RotationIn(Body):
    """A new key; another scheme if wanted."""

    scheme: Annotated[Scheme | None, Field(description="Default: the scheme used now.")] = None
    overlap_hours: int = Field(
        default=DEFAULT_OVERLAP_HOURS,
        ge=0,
        le=LONGEST_OVERLAP_HOURS,
        description="How long the old keys sign beside the new one.",
    )


class KeyOut(BaseModel):
    """A signing key of an endpoint."""

    id: UUID
    scheme: str = Field(description="v1a or v1.")
    public_key: str | None
    current: bool = Field(description="The newest key; the others sign beside it until they retire.")
    created_at: datetime
    retires_at: datetime | None = Field(description="From then on nothing is signed with it.")
    secret: str | None = Field(default=None, description="The shared secret of `v1`: shown this once, keep it.")


def _key(_uow: Any, made: NewKey) -> KeyOut:
    shown = {name: getattr(made.row, name) for name in ("id", "scheme", "public_key", "created_at", "retires_at")}
    return KeyOut(**shown, current=made.current, secret=made.secret)


@router.post(
    "/webhook-endpoints/{endpoint_id}/secret-rotations",
    operation_id="rotateKey",
    summary="Rotate the key",
    status_code=201,
    response_model=KeyOut,
    responses=problems(NotFound, EndpointDisabled, rotate_key.TooManyKeys, PreconditionFailed),
)
async def rotate(call: Owner, endpoint_id: UUID, body: RotationIn) -> Response:
    """Old and new key sign every delivery during the overlap; also the way from `v1` to `v1a` and back."""
    return await call.command(
        lambda uow: rotate_key.rotate(endpoint_id, scheme=body.scheme, overlap_hours=body.overlap_hours, uow=uow),
        _key,
        status=201,
        reload=rotate_key.rotated_again,
    )


@router.get(
    "/webhook-endpoints/{endpoint_id}/keys",
    operation_id="listEndpointKeys",
    summary="Keys of an endpoint",
    responses=problems(NotFound),
)
async def keys(call: Owner, endpoint_id: UUID) -> list[KeyOut]:
    """Newest first; secrets are not shown again."""
    async with call.reading() as uow:
        return [_key(uow, key) for key in await rotate_key.list_keys(uow, endpoint_id)]


@router.post(
    "/webhook-endpoints/{endpoint_id}/keys/{key_id}/retirement",
    operation_id="retireEndpointKey",
    summary="Retire a key now",
    response_model=KeyOut,
    responses=problems(NotFound, rotate_key.KeyInUse, PreconditionFailed),
)
async def retire(call: Owner, endpoint_id: UUID, key_id: UUID) -> Response:
    """Ends the overlap early, for example because a secret has leaked."""
    return await call.command(
        lambda uow: rotate_key.retire(endpoint_id, key_id, uow=uow), _key, reload=rotate_key.rotated_again
    )
