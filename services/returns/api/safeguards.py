"""Vulnerability and what must be in place for it: noted by anybody on the file, seen in full by protection officers."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.returns.api.answers import case_command
from services.returns.api.schemas import Body, CaseOut, Code, Short
from services.returns.commands import note_vulnerability, settle_safeguard
from services.returns.commands.record_fact import FactOfAnotherDesk
from services.returns.domain.access import may_read
from services.returns.domain.facts import EVERYBODY
from services.returns.domain.safeguards import Outcome
from services.returns.persistence.cases import load_file
from services.returns.queries.safeguards import SafeguardShown, safeguards_shown
from shared.errors import NotFound
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/cases/{case_id}", tags=["2 decision"])
Worker = Annotated[Call, caller(*EVERYBODY)]


class VulnerabilityIn(Body):
    """What was seen in one person; sealed at once, and never shown to who need not know."""

    person_ref: Short
    indicators: list[Code] = Field(min_length=1, max_length=20, examples=[["medical"]])
    due_on: date | None = Field(default=None, description="Day a birth is due; with a pregnancy only.")
    multiple: bool = Field(default=False, description="Twins or more: the last day to fly is earlier.")
    on: date | None = None


class SettlementIn(Body):
    """What became of a safeguard."""

    outcome: Outcome = Field(description="in_place, declined_by_person, or (protection officers only) not_needed.")
    on: date | None = None


class ReopeningOfSafeguardIn(Body):
    """It no longer holds."""

    on: date | None = None


@router.post(
    "/vulnerabilities",
    operation_id="noteVulnerability",
    summary="Note a vulnerability",
    status_code=201,
    response_model=CaseOut,
    responses=problems(
        NotFound,
        note_vulnerability.IndicatorNotKnown,
        note_vulnerability.DueDateNeeded,
        note_vulnerability.TooLateToScreen,
    ),
)
async def note(call: Worker, case_id: UUID, body: VulnerabilityIn) -> Response:
    """At any time before the journey. Each indicator opens its safeguards; one pending safeguard holds the file."""
    seen = note_vulnerability.Vulnerability(**body.model_dump(exclude={"on"}))
    command = note_vulnerability.NoteVulnerability(case_id=case_id, seen=seen, on=body.on)
    return await case_command(call, lambda uow: note_vulnerability.handle(command, uow=uow), status=201)


@router.get("/safeguards", operation_id="listSafeguards", summary="Safeguards", responses=problems(NotFound))
async def safeguards(call: Worker, case_id: UUID, response: Response) -> list[SafeguardShown]:
    """In full for protection officers and for who settles one; for everybody else only whether one is pending."""
    response.headers["Cache-Control"] = "no-store"
    async with call.reading() as uow:
        return await safeguards_shown(uow, await load_file(uow, case_id, may_read))


@router.post(
    "/safeguards/{safeguard_id}/settlement",
    operation_id="settleSafeguard",
    summary="Say what became of a safeguard",
    response_model=CaseOut,
    responses=problems(
        NotFound,
        FactOfAnotherDesk,
        settle_safeguard.SafeguardTooEarly,
        settle_safeguard.SafeguardCannotBeDeclined,
    ),
)
async def settle(call: Worker, case_id: UUID, safeguard_id: UUID, body: SettlementIn) -> Response:
    """By a role that the table names; `roles` says which."""
    command = settle_safeguard.SettleSafeguard(case_id=case_id, safeguard_id=safeguard_id, **body.model_dump())
    return await case_command(call, lambda uow: settle_safeguard.handle(command, uow=uow))


@router.post(
    "/safeguards/{safeguard_id}/reopening",
    operation_id="reopenSafeguard",
    summary="Open a safeguard again",
    response_model=CaseOut,
    responses=problems(NotFound),
)
async def reopen(call: Worker, case_id: UUID, safeguard_id: UUID, body: ReopeningOfSafeguardIn) -> Response:
    """Anybody on the file who learns that it no longer holds; a ready case goes back to preparation."""
    command = settle_safeguard.SettleSafeguard(case_id=case_id, safeguard_id=safeguard_id, outcome=None, on=body.on)
    return await case_command(call, lambda uow: settle_safeguard.handle(command, uow=uow))
