"""Referrals to providers: made after the arrival, answered by a day with a receipt, ended when nobody is expected."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from services.reintegration.api.models import Body, Dated
from services.reintegration.commands import answer_referral, make_referral
from services.reintegration.commands.suspend_organisation import OrganisationSuspended
from services.reintegration.domain.dates import DateInFuture
from services.reintegration.domain.referral import ReferralState, RejectionReason
from services.reintegration.persistence.referral_tables import ReferralRow
from services.reintegration.queries.referrals import get_referral, list_referrals
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, PreconditionFailed, TransitionRefused
from shared.http_api import Call, caller
from shared.pagination import Page, PageRequest, page_request
from shared.problems import problems

router = APIRouter(prefix="/referrals", tags=["referrals"])
Maker = Annotated[Call, caller("caseworker", "reintegration_partner")]
Provider = Annotated[Call, caller("provider")]
Reader = Annotated[Call, caller("caseworker", "reintegration_partner", "provider", "programme_manager")]
REFUSALS = problems(NotFound, TransitionRefused, PreconditionFailed, DateInFuture)
PersonRefs = Annotated[
    list[Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,80}$")]], Field(min_length=1, max_length=50)
]


class ReferralIn(Body):
    """Who is referred, and where."""

    plan_id: UUID
    service_id: UUID = Field(description="A service from `GET /registry/v1/provider-availability`.")
    person_refs: PersonRefs
    measure_id: UUID | None = Field(default=None, description="The measure of the plan it is for.")
    answer_by: date | None = Field(default=None, description="By when an answer is needed; default a week from today.")


class AnswerIn(Dated):
    """What the provider says."""

    accepted: bool = Field(description="True: you take them. False: you do not, with a reason.")
    reason_code: RejectionReason | None = Field(default=None, description="Why not; needed for a rejection.")


class EndingIn(Dated):
    """How it ended."""

    outcome: Literal["cancelled", "declined", "completed"] = Field(
        description="Cancelled by you, declined by the person, or done."
    )


class ReferralOut(BaseModel):
    """A referral and what was said to it; nobody by name."""

    id: UUID
    case_id: UUID
    plan_id: UUID
    measure_id: UUID | None
    provider_id: UUID
    service_id: UUID
    category: str
    person_refs: list[str]
    state: ReferralState
    block_reasons: list[str] | None = Field(description="Why there was no place, or nobody may be told.")
    waits_for: list[str] | None = Field(
        description="The provider has not been told: `consent_missing`, `basis_missing` or `not_released`."
    )
    waiting_since: date | None
    reason_code: str | None
    made_on: date
    answer_by: date
    placed_on: date | None = Field(description="Since when the provider can see it.")
    answered_on: date | None
    started_on: date | None
    unreachable_on: date | None = Field(description="The provider could not reach the person; nothing ends by that.")
    ended_on: date | None
    overdue: bool = Field(description="The answer is late.")
    receipt: str | None = Field(description="Digest of the answer (SHA-256, hexadecimal); both sides keep it.")
    signed_receipt: str | None = Field(
        description="The last answer, signed: a compact JWS that everybody checks with `GET /receipt-keys` alone."
    )
    version: int


def show(uow: UnitOfWork, row: ReferralRow) -> ReferralOut:
    """A referral as shown."""
    values = row.model_dump(include=ReferralOut.model_fields.keys() - {"overdue", "receipt"})
    late = row.state == ReferralState.MADE and row.answer_by < uow.now.date()
    receipt = row.receipt_digest.hex() if row.receipt_digest else None
    return ReferralOut.model_validate({**values, "overdue": late, "receipt": receipt})


@router.post(
    "",
    operation_id="makeReferral",
    summary="Refer people to a provider",
    response_model=ReferralOut,
    status_code=201,
    responses=problems(
        NotFound,
        TransitionRefused,
        OrganisationSuspended,
        make_referral.ServiceNotKnownYet,
        make_referral.ReferralBlocked,
        make_referral.MeasureOfAnother,
    ),
)
async def make(call: Maker, body: ReferralIn) -> Any:
    """After the arrival. Registry takes a place and tells the provider as soon as the people have agreed to that
    provider and a legal basis holds; until then `waits_for` says what is lacking. After `answer_by` it is blocked."""
    command = make_referral.MakeReferral(**body.model_dump())
    return await call.command(
        lambda uow: make_referral.handle(command, uow=uow),
        show,
        status=201,
        reload=get_referral,
        location="/reintegration/v1/referrals/{id}",
        match="none",
    )


@router.get("", operation_id="listReferrals", summary="Referrals in your scope")
async def listing(
    call: Reader,
    page: Annotated[PageRequest, Depends(page_request)],
    case_id: Annotated[UUID | None, Query()] = None,
    state: Annotated[ReferralState | None, Query()] = None,
    waiting: Annotated[bool, Query(description="Only those of which the provider could not be told yet.")] = False,
) -> Page[ReferralOut]:
    """Oldest first; a provider sees those that have reached it."""
    async with call.reading() as uow:
        rows, cursor = await list_referrals(uow, page, case_id=case_id, state=state, waiting=waiting)
        return Page(items=[show(uow, row) for row in rows], next_cursor=cursor)


@router.get("/{referral_id}", operation_id="getReferral", summary="One referral", responses=problems(NotFound))
async def get(call: Reader, referral_id: UUID, response: Response) -> ReferralOut:
    """With the receipt of its answer."""
    async with call.reading() as uow:
        row = await get_referral(uow, referral_id)
        call.etag(response, row.version)
        return show(uow, row)


@router.post(
    "/{referral_id}/answer",
    operation_id="answerReferral",
    summary="Accept or reject",
    response_model=ReferralOut,
    responses=REFUSALS,
)
async def answer(call: Provider, referral_id: UUID, body: AnswerIn) -> Any:
    """By the provider that was asked; the same can be said by the messages `referral.accepted` and `.rejected`."""
    command = answer_referral.AnswerReferral(
        referral_id=referral_id, accepted=body.accepted, reason=body.reason_code, on=body.on
    )
    return await call.command(lambda uow: answer_referral.handle(command, uow=uow), show, reload=get_referral)


@router.post(
    "/{referral_id}/ending",
    operation_id="endReferral",
    summary="It is over",
    response_model=ReferralOut,
    responses=REFUSALS,
)
async def end(call: Maker, referral_id: UUID, body: EndingIn) -> Any:
    """The place is given back; the provider is told when it was cancelled."""
    command = answer_referral.EndReferral(referral_id=referral_id, outcome=body.outcome, on=body.on)
    return await call.command(lambda uow: answer_referral.end(command, uow=uow), show, reload=get_referral)
