"""What recipients answered to packages and said in messages, for the office that has to act on it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from services.returns.api.schemas import Body, Identity
from services.returns.commands import look_at_message
from services.returns.domain.access import may_read, may_work
from services.returns.domain.not_applied import Finding, words_for
from services.returns.persistence.agency_messages import NOT_APPLIED, messages_of
from services.returns.persistence.cases import load_file
from services.returns.persistence.disclosure_tables import AgencyMessageRow
from services.returns.persistence.disclosures import answers_to, get_disclosure
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/cases/{case_id}", tags=["5 disclosure"])
Officer = Annotated[Call, caller("case_officer", "caseworker")]
Worker = Annotated[Call, caller("caseworker", "case_officer", "office_lead")]
MESSAGES = "/agency-messages"


class AnswerOut(BaseModel):
    """One answer about one person."""

    person_ref: str | None
    outcome: str
    document_number: str | None = Field(description="Number of the document, if one was named.")
    corrected_identity: Identity | None = Field(description="Who the person is according to the recipient.")
    created_at: datetime


@router.get(
    "/disclosures/{disclosure_id}/answers",
    operation_id="listDisclosureAnswers",
    summary="What the recipient answered",
    responses=problems(NotFound),
)
async def answers(call: Officer, case_id: UUID, disclosure_id: UUID, response: Response) -> list[AnswerOut]:
    """Oldest first, with values; audited. Empty while nothing was answered."""
    response.headers["Cache-Control"] = "no-store"
    async with call.reading() as uow:
        file = await load_file(uow, case_id, may_work)
        found = await answers_to(uow, await get_disclosure(uow, disclosure_id, case_id=file.id))
    empty = {"document_number": None, "corrected_identity": None}
    return [
        AnswerOut(
            person_ref=file.ref_of(row.person_id), outcome=row.outcome, created_at=row.created_at, **{**empty, **values}
        )
        for row, values in found
    ]


class MessageShown(BaseModel):
    """One message; no words of the sender, only codes."""

    message_id: UUID
    sender_id: UUID
    message_type: str
    received_on: date
    outcome: str = Field(description="applied, noted or not-applied.")
    reason_code: str | None = Field(description="Why it had no effect, as a code; the sender sees the same one.")
    reason: str | None = Field(description="The same as words.")
    what_to_do: str | None = Field(description="What somebody here has to do about it.")
    voided_on: date | None = Field(description="The day the sender took it back.")
    looked_on: date | None = Field(description="The day somebody looked at it; null: it is on the worklist.")
    look_finding: str | None = Field(description="What they did.")


class LookIn(Body):
    """What came of the look."""

    finding: Finding = Field(description="What was done about it, as a code.", examples=["recorded_otherwise"])


def show_message(_uow: UnitOfWork, row: AgencyMessageRow) -> MessageShown:
    """One message as shown."""
    why, what = words_for(row.reason_code) if row.outcome == NOT_APPLIED else (None, None)
    kept = row.model_dump(include=set(MessageShown.model_fields))
    return MessageShown(**kept, reason=why, what_to_do=what)


@router.get(MESSAGES, operation_id="listAgencyMessages", summary="What agencies said", responses=problems(NotFound))
async def messages(
    call: Worker,
    case_id: UUID,
    outcome: Annotated[
        Literal["applied", "noted", "not-applied"] | None, Query(description="Only those of which this became.")
    ] = None,
) -> list[MessageShown]:
    """The newest first; empty when nobody said anything."""
    async with call.reading() as uow:
        await load_file(uow, case_id, may_read)
        return [show_message(uow, row) for row in await messages_of(uow, case_id, outcome=outcome)]


@router.post(
    MESSAGES + "/{message_id}/look",
    operation_id="lookAtAgencyMessage",
    summary="Record a look at a message without effect",
    response_model=MessageShown,
    responses=problems(NotFound, look_at_message.NothingToLookAt),
)
async def look(call: Worker, case_id: UUID, message_id: UUID, body: LookIn) -> Response:
    """It leaves the worklist; who looked, when and what they did stays in the history."""
    command = look_at_message.LookAtMessage(case_id=case_id, message_id=message_id, finding=body.finding)
    return await call.command(lambda uow: look_at_message.handle(command, uow=uow), show_message, match="none")
