"""Erasing who a person is: what stands before it, what stays, and what the person is told about both."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.returns.api.page_texts import page_texts, spoken
from services.returns.api.schemas import Body, Language, Short
from services.returns.commands import hold_erasure, order_erasure, take_back_erasure
from services.returns.persistence.erasure_tables import ErasureHoldRow, ErasureRow
from services.returns.persistence.erasures import file_of_person, hold_of
from services.returns.queries.erasures import ErasureOut, HoldOut, erasure, hold_out, holds
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/cases/{case_id}/persons/{person_ref}", tags=["4 other courses"])
Protection = Annotated[Call, caller("protection_officer")]
Desk = Annotated[Call, caller("protection_officer", "case_officer", "office_lead")]
Wanted = Annotated[Language, Query(description="Language of what the person is told; English where there is none.")]
TEXTS = "erasure"


class ErasureIn(Body):
    """What the person knows and said."""

    review_waived: bool = Field(
        default=False, description="They know that the decision can be contested, and do not want to wait for that."
    )


class HoldIn(Body):
    """Why the person has to be kept although they may ask to be erased."""

    ground: Literal["complaint", "court", "supervisory_authority", "audit"] = Field(description="For whom.")
    look_again_on: date | None = Field(default=None, description="When somebody is reminded; half a year by default.")


async def _shown(uow: UnitOfWork, case_id: UUID, person_ref: str, language: str) -> ErasureOut:
    return await erasure(uow, case_id, person_ref, page_texts(TEXTS)[spoken(TEXTS, language)])


async def _ordered(call: Call, do: Any, case_id: UUID, person_ref: str, language: str) -> Response:
    async def again(uow: UnitOfWork, row_id: UUID) -> ErasureRow:
        await file_of_person(uow, case_id, person_ref)
        found = await uow.session.get(ErasureRow, row_id)
        if found is None:
            raise NotFound
        return found

    async def show(uow: UnitOfWork, _row: ErasureRow) -> ErasureOut:
        await uow.flush()
        return await _shown(uow, case_id, person_ref, language)

    return await call.command(do, show, reload=again, match="none")


@router.get(
    "/erasure",
    operation_id="getErasure",
    summary="What erasing this person means",
    responses=problems(NotFound),
)
async def look(call: Desk, case_id: UUID, person_ref: Short, language: Wanted = "en") -> ErasureOut:
    """Before anybody asks, while it waits, and afterwards: what it waits for, what stays, why and until when."""
    async with call.reading() as uow:
        return await _shown(uow, case_id, person_ref, language)


@router.post(
    "/erasure",
    operation_id="orderErasure",
    summary="Erase who a person is",
    response_model=ErasureOut,
    responses=problems(NotFound, order_erasure.CaseNotOver),
)
async def order(
    call: Protection, case_id: UUID, person_ref: Short, body: ErasureIn | None = None, language: Wanted = "en"
) -> Response:
    """Once the case is over; every service destroys its own key. Where something stands before it, it is carried out
    when that is gone. Tell the person what the answer says."""
    waived = body.review_waived if body else False
    command = order_erasure.OrderErasure(case_id=case_id, person_ref=person_ref, review_waived=waived)
    return await _ordered(call, lambda uow: order_erasure.handle(command, uow=uow), case_id, person_ref, language)


@router.post(
    "/erasure/withdrawal",
    operation_id="takeBackErasure",
    summary="Take a waiting erasure back",
    response_model=ErasureOut,
    responses=problems(NotFound, take_back_erasure.ErasureDone),
)
async def take_back(call: Protection, case_id: UUID, person_ref: Short, language: Wanted = "en") -> Response:
    """As long as it waits; afterwards there is nothing to take back."""
    command = take_back_erasure.TakeBackErasure(case_id=case_id, person_ref=person_ref)
    return await _ordered(call, lambda uow: take_back_erasure.handle(command, uow=uow), case_id, person_ref, language)


@router.get(
    "/erasure-holds",
    operation_id="listErasureHolds",
    summary="Why this person is kept",
    responses=problems(NotFound),
)
async def list_(call: Desk, case_id: UUID, person_ref: Short) -> list[HoldOut]:
    """Lifted ones too; empty when nothing holds an erasure up."""
    async with call.reading() as uow:
        return await holds(uow, case_id, person_ref)


async def _held(call: Call, do: Any, case_id: UUID, person_ref: str, *, status: int = 200) -> Response:
    async def again(uow: UnitOfWork, hold_id: UUID) -> ErasureHoldRow:
        return await hold_of(uow, (await file_of_person(uow, case_id, person_ref))[1].id, hold_id)

    return await call.command(do, lambda _uow, row: hold_out(row), status=status, reload=again, match="none")


@router.post(
    "/erasure-holds",
    operation_id="holdErasure",
    summary="Keep this person for a complaint, a court or an authority",
    status_code=201,
    response_model=HoldOut,
    responses=problems(NotFound, take_back_erasure.ErasureDone),
)
async def hold(call: Desk, case_id: UUID, person_ref: Short, body: HoldIn) -> Response:
    """An erasure waits until it is lifted. On its day you are reminded; no timer lifts it."""
    command = hold_erasure.HoldErasure(case_id=case_id, person_ref=person_ref, **body.model_dump())
    return await _held(call, lambda uow: hold_erasure.handle(command, uow=uow), case_id, person_ref, status=201)


@router.post(
    "/erasure-holds/{hold_id}/lifting",
    operation_id="liftErasureHold",
    summary="The ground is gone",
    response_model=HoldOut,
    responses=problems(NotFound),
)
async def lift(call: Desk, case_id: UUID, person_ref: Short, hold_id: UUID) -> Response:
    """An erasure that waited is carried out within the hour, unless something else stands before it."""
    command = hold_erasure.LiftHold(case_id=case_id, person_ref=person_ref, hold_id=hold_id)
    return await _held(call, lambda uow: hold_erasure.lift(command, uow=uow), case_id, person_ref)
