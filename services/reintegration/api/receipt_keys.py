"""The public keys of receipts: whoever has a receipt checks it alone."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.reintegration.commands import rotate_receipt_key
from services.reintegration.persistence.receipt_keys import every_key, find_key
from services.reintegration.persistence.referral_tables import ReceiptKeyRow
from shared.database.unit_of_work import UnitOfWork
from shared.http_api import Call, caller
from shared.protection.statements import as_jwk

router = APIRouter(prefix="/receipt-keys", tags=["referrals"])
Reader = Annotated[
    Call, caller("provider", "caseworker", "reintegration_partner", "programme_manager", "administrator")
]
Administrator = Annotated[Call, caller("administrator")]


class ReceiptKeyOut(BaseModel):
    """A public key as a JSON Web Key (RFC 7517, RFC 8037)."""

    kty: Literal["OKP"] = "OKP"
    crv: Literal["Ed25519"] = "Ed25519"
    x: str
    kid: str = Field(description="The `kid` in the header of a receipt.")
    use: Literal["sig"] = "sig"
    alg: Literal["EdDSA"] = "EdDSA"
    retired_at: datetime | None = Field(description="It signed nothing from then on.")


class ReceiptKeysOut(BaseModel):
    """A JSON Web Key Set: every key that ever signed, the newest first."""

    keys: list[ReceiptKeyOut]


def show(_uow: UnitOfWork, row: ReceiptKeyRow) -> ReceiptKeyOut:
    """The public half."""
    return ReceiptKeyOut.model_validate({**as_jwk(row.public_key, str(row.id)), "retired_at": row.retired_at})


@router.get("", operation_id="listReceiptKeys", summary="Keys that receipts are signed with")
async def listing(call: Reader) -> ReceiptKeysOut:
    """A JSON Web Key Set. Keys that were replaced stay, so that receipts they signed can be checked; empty before the
    first receipt."""
    async with call.reading() as uow:
        return ReceiptKeysOut(keys=[show(uow, row) for row in await every_key(uow)])


@router.post(
    "/rotations",
    operation_id="rotateReceiptKey",
    summary="Replace the key of receipts",
    response_model=ReceiptKeyOut,
    status_code=201,
)
async def rotate(call: Administrator) -> Any:
    """The new key signs from now on; the others are kept to check what they signed."""
    return await call.command(
        lambda uow: rotate_receipt_key.handle(uow=uow), show, status=201, reload=find_key, match="none"
    )
