"""What comes out of a round: joint minutes approved by both sides, action items carried over until done."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field, StringConstraints, model_validator
from sqlalchemy import ColumnElement
from sqlmodel import col

from services.registry.api.dialogue_rounds import RoundOut, reload_round, shown_round
from services.registry.api.partnership_schemas import Body, Paging, Short, Side, Speaker
from services.registry.commands import follow_up_round, write_minutes
from services.registry.persistence.dialogue_tables import ActionItemRow
from services.registry.persistence.partnerships import part_of_partnership, partnership
from services.registry.queries.lists import page_of
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, PreconditionFailed, PreconditionRequired, TransitionRefused
from shared.http_api import Call
from shared.pagination import Page
from shared.problems import problems

router = APIRouter(tags=["1 partnerships"])
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]
Minutes = Annotated[str, StringConstraints(min_length=1, max_length=40_000)]


class MinutesIn(Body):
    """The minutes in one language."""

    language: Language = Field(description="Language of the text, BCP 47.", examples=["fr"])
    text: Minutes = Field(description="The joint minutes, sealed at rest; about cooperation, not about persons.")


class AllMinutesIn(Body):
    """The joint minutes, in the languages of both sides."""

    minutes: list[MinutesIn] = Field(min_length=1, max_length=6, description="One text for each language.")

    @model_validator(mode="after")
    def _each_language_once(self) -> AllMinutesIn:
        if len({entry.language for entry in self.minutes}) < len(self.minutes):
            raise ValueError("a language stands there twice")
        return self


class ActionItemIn(Body):
    """Which side does what until when."""

    title: Short
    owner_side: Side
    due_on: date
    component_id: UUID | None = None


class ActionItemMoveIn(Body):
    """What came of it."""

    on: date | None = None
    outcome: Short | None = None


class ActionItemOut(BaseModel):
    """An action item; `round_number` is the round it came out of."""

    id: UUID
    version: int
    partnership_id: UUID
    round_id: UUID
    round_number: int
    component_id: UUID | None
    title: str
    owner_side: str
    due_on: date
    status: str
    done_on: date | None
    outcome: str | None


def _item(_uow: UnitOfWork, row: ActionItemRow) -> ActionItemOut:
    return ActionItemOut.model_validate(row, from_attributes=True)


async def _reload(uow: UnitOfWork, row_id: UUID) -> ActionItemRow:
    return await part_of_partnership(uow, ActionItemRow, row_id)


@router.post(
    "/dialogue-rounds/{round_id}/minutes",
    operation_id="writeMinutes",
    summary="Write the joint minutes",
    response_model=RoundOut,
    responses=problems(NotFound, write_minutes.MinutesAreClosed, PreconditionFailed),
)
async def write(call: Speaker, round_id: UUID, body: AllMinutesIn) -> Response:
    """Either side writes; every change needs the approval of both sides again."""
    minutes = [entry.model_dump() for entry in body.minutes]
    return await call.command(
        lambda uow: write_minutes.write(round_id, minutes, uow=uow), shown_round, reload=reload_round
    )


@router.post(
    "/dialogue-rounds/{round_id}/minutes-approval",
    operation_id="approveMinutes",
    summary="Approve the minutes for your side",
    response_model=RoundOut,
    responses=problems(
        NotFound, write_minutes.MinutesAreClosed, TransitionRefused, PreconditionFailed, PreconditionRequired
    ),
)
async def approve(call: Speaker, round_id: UUID) -> Response:
    """As you read them: If-Match names the version. Approves the action items of the round too; the second approval
    concludes it."""
    return await call.command(
        lambda uow: write_minutes.approve(round_id, uow=uow), shown_round, reload=reload_round, match="required"
    )


@router.post(
    "/dialogue-rounds/{round_id}/action-items",
    operation_id="addActionItem",
    summary="Add an action item",
    status_code=201,
    response_model=ActionItemOut,
    responses=problems(
        NotFound,
        follow_up_round.RoundNotHeld,
        follow_up_round.OtherSideHasNotAgreed,
        follow_up_round.DueBeforeTheRound,
    ),
)
async def add_item(call: Speaker, round_id: UUID, body: ActionItemIn) -> Response:
    """Out of a round that was held; it stays on the list of every later round until it is done. It opens the approval
    of the minutes again; once the round is concluded a side takes on something itself only."""
    command = follow_up_round.AddActionItem(round_id=round_id, **body.model_dump())
    return await call.command(lambda uow: follow_up_round.add(command, uow=uow), _item, status=201, reload=_reload)


@router.get(
    "/dialogue-rounds/{round_id}/action-items",
    operation_id="listRoundActionItems",
    summary="Action items on a round's list",
    responses=problems(NotFound),
)
async def items_of_round(call: Speaker, round_id: UUID, page: Paging) -> Page[ActionItemOut]:
    """The round's own, and those of earlier rounds that were still open when it met."""
    async with call.reading() as uow:
        row = await reload_round(uow, round_id)
        done = col(ActionItemRow.done_on)
        met = row.held_on or row.scheduled_on
        carried = (col(ActionItemRow.status) == "open") | (done.is_not(None) & (done > met))
        listed = (col(ActionItemRow.round_id) == row.id) | ((col(ActionItemRow.round_number) < row.number) & carried)
        same = col(ActionItemRow.partnership_id) == row.partnership_id
        rows, cursor = await page_of(uow, ActionItemRow, page, same, listed)
    return Page(items=[_item(uow, entry) for entry in rows], next_cursor=cursor)


@router.get(
    "/partnerships/{partnership_id}/action-items",
    operation_id="listActionItems",
    summary="Action items of a partnership",
    responses=problems(NotFound),
)
async def items(
    call: Speaker,
    partnership_id: UUID,
    page: Paging,
    status: Annotated[
        Literal["open", "done", "dropped"] | None, Query(description="Only those in this status.")
    ] = None,
    owner_side: Annotated[Side | None, Query(description="Only what this side does.")] = None,
) -> Page[ActionItemOut]:
    """In the order in which they were agreed."""
    conditions: list[ColumnElement[bool]] = [col(ActionItemRow.partnership_id) == partnership_id]
    conditions += [col(ActionItemRow.status) == status] if status else []
    conditions += [col(ActionItemRow.owner_side) == owner_side] if owner_side else []
    async with call.reading() as uow:
        await partnership(uow, partnership_id)
        rows, cursor = await page_of(uow, ActionItemRow, page, *conditions)
    return Page(items=[_item(uow, row) for row in rows], next_cursor=cursor)


REFUSALS = problems(NotFound, TransitionRefused, PreconditionFailed)


async def _moved(call: Call, action_item_id: UUID, step: str, body: ActionItemMoveIn) -> Response:
    command = follow_up_round.MoveActionItem(action_item_id=action_item_id, step=step, **body.model_dump())
    return await call.command(lambda uow: follow_up_round.move(command, uow=uow), _item, reload=_reload)


@router.post(
    "/action-items/{action_item_id}/completion",
    operation_id="completeActionItem",
    summary="Say that it is done",
    response_model=ActionItemOut,
    responses=REFUSALS,
)
async def complete(call: Speaker, action_item_id: UUID, body: ActionItemMoveIn) -> Response:
    """By the side whose item it is."""
    return await _moved(call, action_item_id, "complete", body)


@router.post(
    "/action-items/{action_item_id}/reopening",
    operation_id="reopenActionItem",
    summary="Say that it is not done",
    response_model=ActionItemOut,
    responses=REFUSALS,
)
async def reopen(call: Speaker, action_item_id: UUID, body: ActionItemMoveIn) -> Response:
    """By the other side; it is then carried over again."""
    return await _moved(call, action_item_id, "reopen", body)


@router.post(
    "/action-items/{action_item_id}/waiver",
    operation_id="dropActionItem",
    summary="Let it go",
    response_model=ActionItemOut,
    responses=REFUSALS,
)
async def drop(call: Speaker, action_item_id: UUID, body: ActionItemMoveIn) -> Response:
    """By the other side: it is not needed any more."""
    return await _moved(call, action_item_id, "drop", body)
