"""Rounds of dialogue: both sides propose and approve the agenda, and meet; minutes and action items follow."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field
from sqlmodel import col

from services.registry.api.partnership_schemas import Body, Paging, Short, Speaker
from services.registry.commands import hold_dialogue_round as commands
from services.registry.commands.publish_agreement import PartnershipHasEnded
from services.registry.persistence.confidential import minutes_of
from services.registry.persistence.dialogue_tables import DialogueRoundRow
from services.registry.persistence.partnerships import part_of_partnership, partnership
from services.registry.queries.lists import page_of
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, PreconditionFailed, PreconditionRequired, TransitionRefused
from shared.pagination import Page
from shared.problems import problems

router = APIRouter(tags=["1 partnerships"])
Status = Literal["planned", "held", "concluded", "called_off"]


class RoundIn(Body):
    """When, where and at which level the sides meet."""

    level: Literal["expert", "senior", "ministerial"] = Field(description="Level of the round.")
    scheduled_on: date = Field(description="Day on which the sides mean to meet.")
    place: Short | None = Field(default=None, description="Where the sides meet.")


class AgendaItemIn(Body):
    """Something your side wants to talk about."""

    title: Short
    component_id: UUID | None = None


class HeldIn(Body):
    """The day on which the sides met."""

    on: date


class AgendaItemOut(BaseModel):
    """An item and the side that proposed it."""

    item_id: UUID
    title: str
    proposed_by: str
    component_id: UUID | None


class MinutesOut(BaseModel):
    """The joint minutes in one language."""

    language: str
    text: str


class RoundOut(BaseModel):
    """A round; its action items and those carried over are listed under `/action-items`."""

    id: UUID
    version: int
    partnership_id: UUID
    number: int
    level: str
    called_by: str
    scheduled_on: date
    place: str | None
    status: str
    agenda: list[AgendaItemOut]
    agenda_approved_by: list[str]
    held_on: date | None
    minutes: list[MinutesOut]
    minutes_approved_by: list[str]


def shown_round(uow: UnitOfWork, row: DialogueRoundRow) -> RoundOut:
    """A round with its minutes."""
    own = RoundOut.model_fields.keys() - {"agenda", "minutes"}
    values = {name: getattr(row, name) for name in own}
    minutes = [MinutesOut(**entry) for entry in minutes_of(uow, row)]
    return RoundOut(**values, agenda=[AgendaItemOut(**item) for item in row.agenda], minutes=minutes)


async def reload_round(uow: UnitOfWork, row_id: UUID) -> DialogueRoundRow:
    """Raises NotFound for an unknown or foreign one."""
    return await part_of_partnership(uow, DialogueRoundRow, row_id)


@router.post(
    "/partnerships/{partnership_id}/dialogue-rounds",
    operation_id="callRound",
    summary="Call a round of dialogue",
    status_code=201,
    response_model=RoundOut,
    responses=problems(NotFound, PartnershipHasEnded),
)
async def call_round(call: Speaker, partnership_id: UUID, body: RoundIn) -> Response:
    """Either side may call one; it gets the next number of the partnership."""
    command = commands.CallRound(partnership_id=partnership_id, **body.model_dump())
    return await call.command(
        lambda uow: commands.call(command, uow=uow),
        shown_round,
        status=201,
        location="/registry/v1/dialogue-rounds/{id}",
        reload=reload_round,
    )


@router.get(
    "/partnerships/{partnership_id}/dialogue-rounds",
    operation_id="listRounds",
    summary="Rounds of dialogue",
    responses=problems(NotFound),
)
async def rounds(
    call: Speaker,
    partnership_id: UUID,
    page: Paging,
    status: Annotated[Status | None, Query(description="Only those in this status.")] = None,
) -> Page[RoundOut]:
    """By number: the history of the dialogue."""
    conditions = [col(DialogueRoundRow.partnership_id) == partnership_id]
    conditions += [col(DialogueRoundRow.status) == status] if status else []
    async with call.reading() as uow:
        await partnership(uow, partnership_id)
        rows, cursor = await page_of(uow, DialogueRoundRow, page, *conditions)
        return Page(items=[shown_round(uow, row) for row in rows], next_cursor=cursor)


@router.get("/dialogue-rounds/{round_id}", operation_id="getRound", summary="One round", responses=problems(NotFound))
async def get_round(call: Speaker, round_id: UUID, response: Response) -> RoundOut:
    """With its agenda and joint minutes."""
    async with call.reading() as uow:
        row = await reload_round(uow, round_id)
        shown = shown_round(uow, row)
    call.etag(response, row.version)
    return shown


OPEN_AGENDA = problems(NotFound, commands.AgendaIsClosed, PreconditionFailed)
"""What stands against changing the agenda."""


@router.post(
    "/dialogue-rounds/{round_id}/agenda-items",
    operation_id="proposeAgendaItem",
    summary="Put something on the agenda",
    response_model=RoundOut,
    responses=OPEN_AGENDA,
)
async def propose_item(call: Speaker, round_id: UUID, body: AgendaItemIn) -> Response:
    """From your side. An agenda that was approved needs both approvals again."""
    return await call.command(
        lambda uow: commands.propose_item(round_id, body.title, body.component_id, uow=uow),
        shown_round,
        reload=reload_round,
    )


@router.post(
    "/dialogue-rounds/{round_id}/agenda-items/{item_id}/withdrawal",
    operation_id="withdrawAgendaItem",
    summary="Take something off the agenda",
    response_model=RoundOut,
    responses=OPEN_AGENDA,
)
async def take_item_back(call: Speaker, round_id: UUID, item_id: UUID) -> Response:
    """Only what your own side proposed."""
    return await call.command(
        lambda uow: commands.take_item_back(round_id, item_id, uow=uow), shown_round, reload=reload_round
    )


@router.post(
    "/dialogue-rounds/{round_id}/agenda-approval",
    operation_id="approveAgenda",
    summary="Approve the agenda for your side",
    response_model=RoundOut,
    responses={**OPEN_AGENDA, **problems(PreconditionRequired)},
)
async def approve_agenda(call: Speaker, round_id: UUID) -> Response:
    """As you read it: If-Match names the version, and whatever the other side has changed since is not approved."""
    return await call.command(
        lambda uow: commands.approve_agenda(round_id, uow=uow), shown_round, reload=reload_round, match="required"
    )


@router.post(
    "/dialogue-rounds/{round_id}/holding",
    operation_id="holdRound",
    summary="Say that the sides have met",
    response_model=RoundOut,
    responses=problems(NotFound, TransitionRefused, PreconditionFailed),
)
async def hold(call: Speaker, round_id: UUID, body: HeldIn) -> Response:
    """Needs an agenda that both sides have approved. Open action items of earlier rounds are carried over."""
    return await call.command(lambda uow: commands.hold(round_id, body.on, uow=uow), shown_round, reload=reload_round)


@router.post(
    "/dialogue-rounds/{round_id}/cancellation",
    operation_id="callOffRound",
    summary="Call a round off",
    response_model=RoundOut,
    responses=problems(NotFound, TransitionRefused, PreconditionFailed),
)
async def call_off(call: Speaker, round_id: UUID) -> Response:
    """Its number is not used again."""
    return await call.command(lambda uow: commands.call_off(round_id, uow=uow), shown_round, reload=reload_round)
