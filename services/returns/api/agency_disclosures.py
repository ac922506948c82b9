"""The only way an agency reads personal data, and the only way it answers with any."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, model_validator

from services.returns.api.disclosures import returns_settings
from services.returns.api.packages import NOT_ENCRYPTED, AnswerKey, PackageOut, package
from services.returns.api.schemas import Body, Country, Identity, Short
from services.returns.commands import read_agency_disclosure as commands
from services.returns.persistence.disclosure_tables import DisclosureRow
from services.returns.persistence.disclosures import get_disclosure
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Invalid, NotFound
from shared.http_api import Call, caller
from shared.problems import problems
from shared.protection.encryption import MEDIA_TYPE, encrypted_to, opened_with, public_half

router = APIRouter(prefix="/agency-disclosures/{disclosure_id}", tags=["6 agencies"])
Agency = Annotated[Call, caller("partner_agency", "reintegration_partner")]


LONGEST_SEALED = 100_000


class SealedAnswerNotUnderstood(Invalid):
    """It does not open with this package's key, or what is in it is no answer; nothing of it is repeated."""

    slug = "sealed-answer-not-understood"
    title = "The sealed answer does not open with the answer_key of this package, or holds no valid answers"


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
    """Answers about persons of the package: as they are, or sealed to the package's `answer_key`."""

    answers: list[AnswerIn] | None = Field(default=None, min_length=1, max_length=30)
    sealed: str | None = Field(
        default=None,
        max_length=LONGEST_SEALED,
        description='`{"answers": [...]}` as a JSON Web Encryption in its compact form (`ECDH-ES+A256KW`, `A256GCM`).',
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.answers is None) == (self.sealed is None):
            raise ValueError("either answers or sealed")
        return self


class TakenOut(BaseModel):
    """What was taken in; no values are repeated."""

    disclosure_id: UUID
    receipt_on: date | None


def _taken(_uow: UnitOfWork, row: DisclosureRow) -> TakenOut:
    return TakenOut(disclosure_id=row.id, receipt_on=row.receipt_on)


async def _given(uow: UnitOfWork, disclosure_id: UUID, body: AnswersIn) -> list[dict[str, Any]]:
    """The answers, opened if they came sealed. Raises SealedAnswerNotUnderstood."""
    if body.sealed is not None:
        try:
            plain = opened_with(await uow.vault.lasting_secret(disclosure_id), body.sealed)
            body = AnswersIn.model_validate_json(plain)
        except ValueError:
            raise SealedAnswerNotUnderstood from None
    if body.answers is None:
        raise SealedAnswerNotUnderstood
    return [entry.model_dump() for entry in body.answers]


async def _answered(uow: UnitOfWork, disclosure_id: UUID, body: AnswersIn, *, check_days: int) -> DisclosureRow:
    await commands.must_be_readable(uow, disclosure_id, check_days=check_days)
    answers = await _given(uow, disclosure_id, body)
    return await commands.answer(uow, disclosure_id, answers, check_days=check_days)


async def _leaving(uow: UnitOfWork, opened: commands.Opened) -> PackageOut | Response:
    key = AnswerKey(x=public_half(await uow.vault.lasting_secret(opened.row.id)))
    shown = package(opened.row, opened.persons).model_copy(update={"answer_key": key})
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
        return await _leaving(uow, opened)


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
    responses=problems(NotFound, commands.DisclosureEnded, SealedAnswerNotUnderstood),
)
async def answer(call: Agency, disclosure_id: UUID, body: AnswersIn) -> Response:
    """Document numbers and corrections come in here and nowhere else; sealed at once, or by you before they leave."""
    days = returns_settings(call).endangerment_check_days
    return await call.command(
        lambda uow: _answered(uow, disclosure_id, body, check_days=days),
        _taken,
        reload=get_disclosure,
        match="none",
    )
