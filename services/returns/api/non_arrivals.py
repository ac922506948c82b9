"""Searches for whoever was not seen to arrive, rung by rung; no state authority of origin is ever asked."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.returns.api.answers import case_command
from services.returns.api.schemas import Body, CaseOut, Short
from services.returns.commands import search_for_arrivals
from services.returns.domain.access import may_confirm_arrival
from services.returns.domain.non_arrival import Contact, Outcome, Result, Tried, next_rung
from services.returns.persistence.aftermath import ladder, rungs_of, searches_of
from services.returns.persistence.aftermath_tables import NonArrivalSearchRow, NonArrivalStepRow
from services.returns.persistence.cases import CaseFile, load_file
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, TransitionRefused
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(prefix="/cases/{case_id}", tags=["3 journey"])
WORKERS = ("caseworker", "travel_officer", "case_officer", "protection_officer", "reintegration_partner")
Worker = Annotated[Call, caller(*WORKERS)]


class SearchIn(Body):
    """Whom to look for."""

    person_refs: list[Short] = Field(default_factory=list, max_length=30, description="Everybody aboard when empty.")


class RungIn(Body):
    """Who was asked, and what came of it."""

    contact: Contact = Field(description="Who was asked.")
    result: Result = Field(description="What came of it; not_available when there is no such contact.")
    on: date | None = None


class SearchOutcomeIn(Body):
    """How the search ended."""

    outcome: Outcome = Field(description="How the search ended.")


class RungOut(BaseModel):
    """One rung that was tried."""

    contact: str = Field(description="Who was asked.")
    result: str
    on: date
    recorded_role: str


class SearchOut(BaseModel):
    """A search for one person."""

    id: UUID
    version: int
    person_ref: str | None
    opened_on: date
    tried: list[RungOut] = Field(description="What was tried, in order.")
    next_contact: str | None = Field(description="Whom to ask next; nobody once every rung was tried.")
    next_after_hours: int | None = Field(description="Hours after the planned arrival for that.")
    outcome: str | None
    closed_on: date | None


def _search(file: CaseFile, row: NonArrivalSearchRow, steps: list[NonArrivalStepRow]) -> SearchOut:
    own = [step for step in steps if step.search_id == row.id]
    rung = next_rung(ladder(row.ladder_version), [Tried(step.contact, step.result) for step in own])
    following = None if row.closed_on else rung
    return SearchOut(
        **row.model_dump(include=set(SearchOut.model_fields)),
        person_ref=file.ref_of(row.person_id),
        tried=[RungOut.model_validate(step, from_attributes=True) for step in own],
        next_contact=following.contact if following else None,
        next_after_hours=following.after_hours if following else None,
    )


async def _show(uow: UnitOfWork, row: NonArrivalSearchRow) -> SearchOut:
    file = await load_file(uow, row.case_id, may_confirm_arrival)
    await uow.session.flush()
    return _search(file, row, await rungs_of(uow, [row.id]))


async def _again(uow: UnitOfWork, row_id: UUID) -> NonArrivalSearchRow:
    if (row := await uow.session.get(NonArrivalSearchRow, row_id)) is None:
        raise NotFound
    return row


@router.post(
    "/non-arrivals",
    operation_id="searchForArrivals",
    summary="Look for whoever was not seen to arrive",
    status_code=201,
    response_model=CaseOut,
    responses=problems(NotFound, search_for_arrivals.NobodyToLookFor),
)
async def open_(call: Worker, case_id: UUID, body: SearchIn) -> Response:
    """One search for each person. A partner's message that somebody was not met opens one by itself."""
    command = search_for_arrivals.SearchForArrivals(case_id=case_id, **body.model_dump())
    return await case_command(call, lambda uow: search_for_arrivals.handle(command, uow=uow), status=201, match="none")


@router.get("/non-arrivals", operation_id="listNonArrivals", summary="Searches of a case", responses=problems(NotFound))
async def list_(call: Worker, case_id: UUID) -> list[SearchOut]:
    """Person by person, with what was tried and whom to ask next; empty when everybody arrived."""
    async with call.reading() as uow:
        file = await load_file(uow, case_id, may_confirm_arrival)
        rows = await searches_of(uow, file.id)
        steps = await rungs_of(uow, [row.id for row in rows])
    return [_search(file, row, steps) for row in rows]


@router.post(
    "/non-arrivals/{search_id}/rungs",
    operation_id="tryRung",
    summary="Record who was asked",
    response_model=SearchOut,
    responses=problems(NotFound, TransitionRefused),
)
async def rung(call: Worker, case_id: UUID, search_id: UUID, body: RungIn) -> Response:
    """Earlier rungs first, if only to record that there is no such contact; the same one may be tried again."""
    command = search_for_arrivals.TryRung(case_id=case_id, search_id=search_id, **body.model_dump())
    return await call.command(lambda uow: search_for_arrivals.try_rung(command, uow=uow), _show, reload=_again)


@router.post(
    "/non-arrivals/{search_id}/outcome",
    operation_id="endSearch",
    summary="End a search",
    response_model=SearchOut,
    responses=problems(NotFound, TransitionRefused),
)
async def end(call: Worker, case_id: UUID, search_id: UUID, body: SearchOutcomeIn) -> Response:
    """With an outcome; `not_found` only after every rung. A confirmed arrival ends all searches of the case."""
    return await call.command(
        lambda uow: search_for_arrivals.end(case_id, search_id, outcome=body.outcome, uow=uow), _show, reload=_again
    )
