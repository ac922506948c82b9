"""What agencies said about a case, what became of it, and the recorded look at what had no effect."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from services.returns.api.schemas import Body
from services.returns.commands import look_at_message
from services.returns.domain.access import may_read
from services.returns.domain.not_applied import Finding, words_for
from services.returns.persistence.agency_messages import NOT_APPLIED, messages_of
from services.returns.persistence.cases import load_file
from services.returns.persistence.disclosure_tables import AgencyMessageRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/cases/{case_id}/agency-messages", tags=["5 disclosure"])
WORKERS = ("caseworker", "case_officer", "office_lead")
Worker = Annotated[Call, caller(*WORKERS)]


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

    finding: Finding = Field(examples=["recorded_otherwise"])


def show(_uow: UnitOfWork, row: AgencyMessageRow) -> MessageShown:
    """One message as shown."""
    why, what = words_for(row.reason_code) if row.outcome == NOT_APPLIED else (None, None)
    kept = row.model_dump(include=set(MessageShown.model_fields))
    return MessageShown(**kept, reason=why, what_to_do=what)


@router.get("", operation_id="listAgencyMessages", summary="What agencies said", responses=problems(NotFound))
async def list_(
    call: Worker,
    case_id: UUID,
    outcome: Annotated[
        Literal["applied", "noted", "not-applied"] | None, Query(description="Only those of which this became.")
    ] = None,
) -> list[MessageShown]:
    """The newest first; empty when nobody said anything."""
    async with call.reading() as uow:
        await load_file(uow, case_id, may_read)
        return [show(uow, row) for row in await messages_of(uow, case_id, outcome=outcome)]


@router.post(
    "/{message_id}/look",
    operation_id="lookAtAgencyMessage",
    summary="Record a look at a message without effect",
    response_model=MessageShown,
    responses=problems(NotFound, look_at_message.NothingToLookAt),
)
async def look(call: Worker, case_id: UUID, message_id: UUID, body: LookIn) -> Response:
    """It leaves the worklist; who looked, when and what they did stays in the history."""
    command = look_at_message.LookAtMessage(case_id=case_id, message_id=message_id, finding=body.finding)
    return await call.command(lambda uow: look_at_message.handle(command, uow=uow), show, match="none")
