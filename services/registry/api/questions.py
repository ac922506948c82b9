"""Questions between rounds, with an answer clock where a clause of the agreement gives one."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement
from sqlmodel import col

from services.registry.api.partnership_schemas import Body, Paging, Speaker, Words
from services.registry.commands import ask_question as commands
from services.registry.commands.publish_agreement import PartnershipHasEnded
from services.registry.persistence.confidential import question_of
from services.registry.persistence.dialogue_tables import QuestionRow
from services.registry.persistence.partnerships import part_of_partnership, partnership
from services.registry.queries.lists import page_of
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, PreconditionFailed, TransitionRefused
from shared.pagination import Page
from shared.problems import problems

router = APIRouter(tags=["1 partnerships"])


class QuestionIn(Body):
    """What your side wants to know; never about a person."""

    question: Words = Field(description="The question, sealed at rest.", examples=["How many permits were granted?"])
    component_id: UUID | None = None


class AnswerIn(Body):
    """Your side's answer; never about a person."""

    answer: Words = Field(description="The answer, sealed at rest.")


class QuestionOut(BaseModel):
    """A question; without a clause of the agreement `answer_by` is empty and nothing is ever late."""

    id: UUID
    version: int
    partnership_id: UUID
    component_id: UUID | None
    asked_by: str
    asked_on: date
    answer_by: date | None
    clause_id: UUID | None
    late: bool
    status: str
    question: str
    answer: str | None
    answered_on: date | None


def _shown(uow: UnitOfWork, row: QuestionRow) -> QuestionOut:
    own = QuestionOut.model_fields.keys() - {"late", "question", "answer"}
    question, answer = question_of(uow, row)
    day = row.answered_on or uow.now.date()
    late = row.status != "withdrawn" and row.answer_by is not None and row.answer_by < day
    values = {name: getattr(row, name) for name in own}
    return QuestionOut(**values, late=late, question=question, answer=answer)


async def _reload(uow: UnitOfWork, row_id: UUID) -> QuestionRow:
    return await part_of_partnership(uow, QuestionRow, row_id)


@router.post(
    "/partnerships/{partnership_id}/questions",
    operation_id="askQuestion",
    summary="Ask the other side",
    status_code=201,
    response_model=QuestionOut,
    responses=problems(NotFound, PartnershipHasEnded),
)
async def ask(call: Speaker, partnership_id: UUID, body: QuestionIn) -> Response:
    """Between rounds. The clause `dialogue_question` of the agreement in force sets the day of the answer."""
    command = commands.AskQuestion(partnership_id=partnership_id, **body.model_dump())
    return await call.command(
        lambda uow: commands.ask(command, uow=uow),
        _shown,
        status=201,
        location="/registry/v1/questions/{id}",
        reload=_reload,
    )


@router.get(
    "/partnerships/{partnership_id}/questions",
    operation_id="listQuestions",
    summary="Questions of both sides",
    responses=problems(NotFound),
)
async def list_(
    call: Speaker,
    partnership_id: UUID,
    page: Paging,
    status: Annotated[
        Literal["asked", "answered", "withdrawn"] | None, Query(description="Only those in this status.")
    ] = None,
) -> Page[QuestionOut]:
    """In the order in which they were asked."""
    conditions: list[ColumnElement[bool]] = [col(QuestionRow.partnership_id) == partnership_id]
    conditions += [col(QuestionRow.status) == status] if status else []
    async with call.reading() as uow:
        await partnership(uow, partnership_id)
        rows, cursor = await page_of(uow, QuestionRow, page, *conditions)
        return Page(items=[_shown(uow, row) for row in rows], next_cursor=cursor)


@router.get(
    "/questions/{question_id}", operation_id="getQuestion", summary="One question", responses=problems(NotFound)
)
async def get(call: Speaker, question_id: UUID, response: Response) -> QuestionOut:
    """With its answer, if there is one."""
    async with call.reading() as uow:
        row = await _reload(uow, question_id)
        shown = _shown(uow, row)
    call.etag(response, row.version)
    return shown


@router.post(
    "/questions/{question_id}/answer",
    operation_id="answerQuestion",
    summary="Answer the other side",
    response_model=QuestionOut,
    responses=problems(NotFound, TransitionRefused, PreconditionFailed),
)
async def answer(call: Speaker, question_id: UUID, body: AnswerIn) -> Response:
    """By the side that was asked; also late."""
    return await call.command(lambda uow: commands.answer(question_id, body.answer, uow=uow), _shown, reload=_reload)


@router.post(
    "/questions/{question_id}/withdrawal",
    operation_id="withdrawQuestion",
    summary="Take a question back",
    response_model=QuestionOut,
    responses=problems(NotFound, TransitionRefused, PreconditionFailed),
)
async def withdraw(call: Speaker, question_id: UUID) -> Response:
    """By the side that asked, until it is answered."""
    return await call.command(lambda uow: commands.withdraw(question_id, uow=uow), _shown, reload=_reload)
