"""The returnee's own card: given by the counsellor to whoever wants one, opened by its code without an account."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.returns.api.answers import case_command
from services.returns.api.card_page import texts_in
from services.returns.api.public_door import DoorIsBusy, Knock, door
from services.returns.api.schemas import Body, CaseOut, Language, Short
from services.returns.commands import ask_withdrawal, end_card, issue_card
from services.returns.domain.access import in_office
from services.returns.persistence.cards import live_card
from services.returns.persistence.cases import load_file
from services.returns.queries.card import Shown, look
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.money import Money
from shared.problems import problems

router = APIRouter(tags=["9 the card"])
Counsellor = Annotated[Call, caller("caseworker")]
Visitor = Annotated[Knock, door("card")]
PERSON = "/cases/{case_id}/persons/{person_ref}/card"


class CardIn(Body):
    """A card for one person, who asked for it and is alone with you."""

    language: Language = Field(examples=["ar"])
    asked_for_it: bool = Field(description="The person wants a card, knowing what it shows.")
    seen_alone: bool = Field(description="Nobody else of the family is there.")


class CardIssuedOut(BaseModel):
    """The two codes, shown this once; null when the request is repeated."""

    code: str | None = Field(description="Opens the card.")
    second_code: str | None = Field(description="Shows nothing; for when somebody stands beside you.")
    address: str = Field(description="Where the code is typed.")
    language: str
    issued_on: date
    expires_on: date


class CardStateOut(BaseModel):
    """Whether a person has a card; not whether they look at it, which nobody learns."""

    language: str
    issued_on: date
    expires_on: date
    withdrawal_asked_on: date | None


class CodeIn(Body):
    """The code, in the body so that no address holds it."""

    code: Short


class PromiseOut(BaseModel):
    """One thing that was promised."""

    what: str = Field(description="In the language of the card.")
    phase: str
    amount: Money
    paid: Money
    by_whom: str
    due_on: date | None
    late: bool


class NewsOut(BaseModel):
    """Something that waits and is being mended."""

    what: str = Field(description="In the language of the card.")
    code: str = Field(examples=["service_held"])
    until: date
    late: bool


class CardOut(BaseModel):
    """What a code shows; no names, no references."""

    language: str
    direction: str = Field(description="ltr or rtl.")
    stage: str
    promises: list[PromiseOut]
    news: list[NewsOut]
    how_to_complain: str
    how_to_withdraw: str | None
    withdrawal_asked: bool


class StoppedOut(BaseModel):
    """What happened, in the language of the card."""

    told: str


def _address(call: Call) -> str:
    return f"{call.runtime.settings.public_url}/returns/card"


def _issued(call: Call, card: issue_card.IssuedCard) -> CardIssuedOut:
    row = card.row
    return CardIssuedOut(
        code=card.code,
        second_code=card.second_code,
        address=_address(call),
        language=row.language,
        issued_on=row.issued_on,
        expires_on=row.expires_on,
    )


def card_out(shown: Shown) -> CardOut:
    """The card as JSON; for the second code an empty one."""
    texts = texts_in(shown.language)
    promises = [
        PromiseOut(
            what=texts["phases"].get(one.phase, one.phase),
            phase=one.phase,
            amount=Money(one.amount_minor, one.currency),
            paid=Money(one.paid_minor, one.currency),
            by_whom=texts["who"][one.by],
            due_on=one.due_on,
            late=one.late,
        )
        for one in shown.promises or ()
    ]
    return CardOut(
        language=texts["language_code"],
        direction=texts["dir"],
        stage=texts["stage"][shown.stage],
        promises=promises,
        news=[
            NewsOut(what=texts["news"][one.code], code=one.code, until=one.until, late=one.late) for one in shown.news
        ],
        how_to_complain=texts["complain_text"],
        how_to_withdraw=texts["withdraw_text"] if shown.may_withdraw else None,
        withdrawal_asked=shown.withdrawal_asked,
    )


@router.post(
    PERSON,
    operation_id="issueCard",
    summary="Give a person a card",
    status_code=201,
    response_model=CardIssuedOut,
    responses=problems(NotFound, issue_card.CardNotWanted),
)
async def issue(call: Counsellor, case_id: UUID, person_ref: Short, body: CardIn) -> Response:
    """Two codes, shown this once: hand them over, and say which is which. An earlier card of the person ends."""
    command = issue_card.IssueCard(case_id=case_id, person_ref=person_ref, **body.model_dump())

    async def again(uow: UnitOfWork, _card_id: UUID) -> issue_card.IssuedCard:
        file = await load_file(uow, case_id, in_office)
        if (row := await live_card(uow, file.person(person_ref).id)) is None:
            raise NotFound
        return issue_card.IssuedCard(row)

    return await call.command(
        lambda uow: issue_card.handle(command, uow=uow),
        lambda _uow, card: _issued(call, card),
        status=201,
        reload=again,
        match="none",
    )


@router.get(PERSON, operation_id="getCardState", summary="Whether a person has a card", responses=problems(NotFound))
async def state(call: Counsellor, case_id: UUID, person_ref: Short) -> CardStateOut:
    """Without its codes, and without a trace of its use. 404 when there is none."""
    async with call.reading() as uow:
        file = await load_file(uow, case_id, in_office)
        if (row := await live_card(uow, file.person(person_ref).id)) is None:
            raise NotFound
        return CardStateOut.model_validate(row, from_attributes=True)


@router.post(
    f"{PERSON}/ending",
    operation_id="endCard",
    summary="End a person's card",
    response_model=CaseOut,
    responses=problems(NotFound),
)
async def end(call: Counsellor, case_id: UUID, person_ref: Short) -> Response:
    """Lost, seen by somebody, not wanted any more: from now on its codes open nothing."""
    command = end_card.EndCard(case_id=case_id, person_ref=person_ref)
    return await case_command(call, lambda uow: end_card.handle(command, uow=uow), match="none")


@router.post(
    "/public/card", operation_id="openCard", summary="What a card shows", responses=problems(NotFound, DoorIsBusy)
)
async def open_(knock: Visitor, body: CodeIn) -> CardOut:
    """What was promised, by whom, by when, and what is late. Whatever is no code gets the same answer."""
    async with knock.unit() as uow:
        return card_out(await look(uow, body.code))


@router.post(
    "/public/card/withdrawal",
    operation_id="stopByCard",
    summary="I do not want to go",
    responses=problems(NotFound, DoorIsBusy, ask_withdrawal.NothingToWithdraw),
)
async def stop(knock: Visitor, body: CodeIn) -> StoppedOut:
    """One call, no reason: everything onward stops at once, and the counsellor is told."""
    async with knock.unit() as uow:
        shown = await look(uow, body.code)
        await ask_withdrawal.handle(body.code, uow=uow)
    texts: Any = texts_in(shown.language)
    return StoppedOut(told=texts["general" if shown.promises is None else "stopped"])
