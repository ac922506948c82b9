"""The only way an agency reads personal data, and the only way it answers with any."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.returns.api.disclosures import returns_settings
from services.returns.api.packages import NOT_ENCRYPTED, PackageOut, package
from services.returns.api.schemas import Body, Country, Identity, Short
from services.returns.commands import read_agency_disclosure as commands
from services.returns.persistence.disclosure_tables import DisclosureRow
from services.returns.persistence.disclosures import get_disclosure
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.problems import problems
from shared.protection.encryption import MEDIA_TYPE, encrypted_to

router = APIRouter(prefix="/agency-disclosures/{disclosure_id}", tags=["6 agencies"])
Agency = Annotated[Call, caller("partner_agency", "reintegration_partner")]


ENCRYPTED: dict[str, Any] = {
    "description": "The package; `application/jose` (a JWE in its compact form) for recipients with an encryption key.",
    "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
}


class AnswerIn(Body):
    """An answer about one person."""

    person_ref: Short
    outcome: Literal[
        "identity_confirmed", "identity_not_confirmed", "not_national", "document_issued", "document_refused"
    ]
    issuer: Country
    document_kind: Literal["passport", "laissez_passer"] | None = None
    document_number: Short | None = None
    valid_until: date | None = None
    corrected_identity: Identity | None = None


class AnswersIn(Body):
    """Answers about persons of the package."""

    answers: list[AnswerIn] = Field(min_length=1, max_length=30)


class TakenOut(BaseModel):
    """What was taken in; no values are repeated."""

    disclosure_id: UUID
    receipt_on: date | None


def _taken(_uow: UnitOfWork, row: DisclosureRow) -> TakenOut:
    return TakenOut(disclosure_id=row.id, receipt_on=row.receipt_on)


def _leaving(opened: commands.Opened) -> PackageOut | Response:
    shown = package(opened.row, opened.persons)
    if opened.key is None:
        return shown.model_copy(update={"warnings": [NOT_ENCRYPTED]})
    body = encrypted_to(opened.key.public_key, shown.model_dump_json().encode(), key_id=opened.key.key_id)
    return Response(body, media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})


@router.get(
    "",
    operation_id="readDisclosure",
    summary="Read a package",
    response_model=PackageOut,
    responses={**problems(NotFound, commands.DisclosureEnded, commands.EncryptionKeyNeeded), 200: ENCRYPTED},
)
async def read(call: Agency, disclosure_id: UUID, response: Response) -> Any:
    """With your own token; decided at this moment. 410 `disclosure-ended` says: no further action.

    Whoever has an encryption key gets the package encrypted to it, and in no other form.
    """
    days = returns_settings(call).endangerment_check_days
    response.headers["Cache-Control"] = "no-store"
    async with call.units.begin(actor=call.actor, acting_role=call.acting_role) as uow:
        opened = await commands.read(uow, disclosure_id, check_days=days)
        return _leaving(opened)


@router.post(
    "/receipt",
    operation_id="giveReceipt",
    summary="Confirm that you have it",
    response_model=TakenOut,
    responses=problems(NotFound, commands.DisclosureEnded),
)
async def receipt(call: Agency, disclosure_id: UUID) -> Response:
    """Once is enough."""
    days = returns_settings(call).endangerment_check_days
    return await call.command(
        lambda uow: commands.receipt(uow, disclosure_id, check_days=days),
        _taken,
        reload=get_disclosure,
        match="none",
    )


@router.post(
    "/answer",
    operation_id="answerDisclosure",
    summary="Answer with values",
    response_model=TakenOut,
    responses=problems(NotFound, commands.DisclosureEnded),
)
async def answer(call: Agency, disclosure_id: UUID, body: AnswersIn) -> Response:
    """Document numbers and corrections come in here and nowhere else; sealed at once."""
    days = returns_settings(call).endangerment_check_days
    answers = [entry.model_dump() for entry in body.answers]
    return await call.command(
        lambda uow: commands.answer(uow, disclosure_id, answers, check_days=days),
        _taken,
        reload=get_disclosure,
        match="none",
    )
