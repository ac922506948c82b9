"""Questions about the place of return, answered once for all offices, and shown beside the ways of a case."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field, StringConstraints

from services.returns.api.schemas import Body, Country, Language, Short
from services.returns.commands import answer_country_question, ask_country_question, publish_country_answer
from services.returns.domain.access import may_read
from services.returns.persistence.cases import load_file
from services.returns.persistence.counselling import answers_for, load_question, open_words, questions
from services.returns.persistence.counselling_tables import CountryQuestionRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Forbidden, NotFound, TransitionRefused
from shared.http_api import Call, caller
from shared.pagination import Page, PageRequest, page_request
from shared.problems import problems

router = APIRouter(tags=["0 counselling"])
Counsellor = Annotated[Call, caller("caseworker", "office_lead")]
Lead = Annotated[Call, caller("office_lead", "caseworker")]
Words = Annotated[str, StringConstraints(min_length=1, max_length=4_000)]
Topic = Literal[
    "housing", "work", "health", "education", "safety", "documents", "family_law", "support_services", "travel", "other"
]


class QuestionIn(Body):
    """A question about a place, without anybody's name or story."""

    office_id: Short = Field(examples=["ZRH"])
    country: Country = Field(examples=["GEO"])
    topic: Topic
    language: Language = "en"
    question: Words = Field(
        description="About the place, not about a person.", examples=["Is insulin available in Kutaisi?"]
    )


class CountryAnswerIn(Body):
    """The answer with its source and its last day."""

    answer: Words = Field(description="As whoever knows the place gave it; about nobody in particular.")
    source: Short = Field(description="Who says so, and when.", examples=["IOM Tbilisi, letter of 2026-02-20"])
    valid_until: date = Field(description="Last day on which it may be shown as valid.")


class PublicationIn(Body):
    """The reviewer's word."""

    nobody_recognisable: bool = Field(description="I looked: no person can be recognised in question and answer.")


class QuestionOut(BaseModel):
    """A question and, once there is one, its answer."""

    id: UUID
    version: int
    country: str
    topic: str
    language: str
    status: str = Field(description="asked, answered or published; only published ones reach other offices.")
    question: str | None = Field(description="Null in lists until it is published.")
    answer: str | None
    source: str | None
    answered_on: date | None
    published_on: date | None
    valid_until: date | None
    outdated: bool


def shown(uow: UnitOfWork, row: CountryQuestionRow, words: dict[str, str | None] | None = None) -> QuestionOut:
    """The question as answered; what is not published shows its words only where they were opened."""
    outdated = row.valid_until is not None and row.valid_until < uow.now.date()
    known = {name: getattr(row, name) for name in QuestionOut.model_fields if hasattr(row, name)}
    return QuestionOut(**{**known, **(words or {})}, outdated=outdated)


@router.post(
    "/country-questions",
    operation_id="askCountryQuestion",
    summary="Ask about a place",
    status_code=201,
    response_model=QuestionOut,
    responses=problems(Forbidden),
)
async def ask(call: Counsellor, body: QuestionIn) -> Response:
    """Look first whether somebody asked already. Sealed to your office until it is answered and reviewed."""
    command = ask_country_question.AskCountryQuestion(**body.model_dump())
    return await call.command(
        lambda uow: ask_country_question.handle(command, uow=uow),
        shown,
        status=201,
        reload=load_question,
        location="/returns/v1/country-questions/{id}",
    )


@router.get("/country-questions", operation_id="listCountryQuestions", summary="What all offices know")
async def list_(
    call: Annotated[Call, caller("caseworker", "office_lead", "case_officer", "protection_officer")],
    page: Annotated[PageRequest, Depends(page_request)],
    country: Annotated[Country | None, Query(description="Only about this country.")] = None,
    topic: Annotated[Topic | None, Query(description="Only on this topic.")] = None,
    words: Annotated[str | None, Query(max_length=200, description="Words in question or answer, all of them.")] = None,
    outdated: Annotated[bool, Query(description="Also answers whose last day has passed.")] = False,
) -> Page[QuestionOut]:
    """Published answers of every office and your own open questions, newest first."""
    async with call.reading() as uow:
        rows, cursor = await questions(uow, page, country=country, topic=topic, words=words, outdated=outdated)
        return Page(items=[shown(uow, row) for row in rows], next_cursor=cursor)


@router.get(
    "/country-questions/{question_id}",
    operation_id="getCountryQuestion",
    summary="One question with its words",
    responses=problems(NotFound),
)
async def get(call: Counsellor, question_id: UUID, response: Response) -> QuestionOut:
    """What is not published is opened for your office only: that read is audited."""
    async with call.reading() as uow:
        row = await load_question(uow, question_id)
        found = shown(uow, row, None if row.status == "published" else await open_words(uow, row))
    call.etag(response, found.version)
    response.headers["Cache-Control"] = "no-store"
    return found


@router.post(
    "/country-questions/{question_id}/answer",
    operation_id="answerCountryQuestion",
    summary="Note the answer",
    response_model=QuestionOut,
    responses=problems(NotFound, answer_country_question.QuestionIsPublished, answer_country_question.AnswerHeldNoMore),
)
async def answer(call: Counsellor, question_id: UUID, body: CountryAnswerIn) -> Response:
    """As whoever knows the place gave it. Waits for somebody else's review."""
    command = answer_country_question.AnswerCountryQuestion(question_id=question_id, **body.model_dump())
    return await call.command(lambda uow: answer_country_question.handle(command, uow=uow), shown, reload=load_question)


@router.post(
    "/country-questions/{question_id}/publication",
    operation_id="publishCountryAnswer",
    summary="Publish to all offices",
    response_model=QuestionOut,
    responses=problems(NotFound, TransitionRefused, publish_country_answer.NotSeenThrough),
)
async def publish(call: Lead, question_id: UUID, body: PublicationIn) -> Response:
    """By somebody who neither asked nor answered, after reading both for anything that leads to a person."""
    command = publish_country_answer.PublishCountryAnswer(question_id=question_id, **body.model_dump())
    return await call.command(lambda uow: publish_country_answer.handle(command, uow=uow), shown, reload=load_question)


@router.get(
    "/cases/{case_id}/country-answers",
    operation_id="listCountryAnswers",
    summary="What is known of the place of return",
    responses=problems(NotFound),
)
async def beside(
    call: Annotated[Call, caller("caseworker", "office_lead", "case_officer")], case_id: UUID
) -> list[QuestionOut]:
    """Answers about the destination of this case that still hold, to be shown beside its ways."""
    async with call.reading() as uow:
        file = await load_file(uow, case_id, may_read)
        return [shown(uow, row) for row in await answers_for(uow, file.case.destination)]
