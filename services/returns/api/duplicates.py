"""The same person on other files: search, decide, ask the other office."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.returns.api.answers import case_command
from services.returns.api.cases import Reader
from services.returns.api.schemas import BirthDate, Body, CaseOut, Code, Identity
from services.returns.commands import close_duplicate, decide_duplicate, search_duplicates
from services.returns.domain.access import may_read
from services.returns.persistence.cases import load_file
from services.returns.persistence.duplicate_pairs import load_pair, pairs_of
from services.returns.persistence.duplicate_tables import DuplicateRow
from services.returns.queries.duplicates import DuplicateOut, shown
from services.returns.queries.person_search import FoundPerson, Wanted, persons_like
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, PreconditionFailed, PreconditionRequired, TransitionRefused
from shared.events.persons import Sex
from shared.http_api import Call, caller
from shared.problems import problems

router = APIRouter(tags=["2 decision"])
Either = Annotated[Call, caller("caseworker", "case_officer")]


class DuplicateDecisionIn(Body):
    """What you found; a later decision replaces this one."""

    outcome: Literal["same", "different", "unsure"]
    reason_code: Code = Field(examples=["papers_compared"])
    on: date | None = None


class DuplicateClosingIn(Body):
    """Why, as a code."""

    reason_code: Code = "duplicate"
    on: date | None = None


class PersonSearchIn(BirthDate):
    """Whom you look for, as far as you know."""

    identity: Identity
    sex: Sex = Field(default=0, description="ISO/IEC 5218: 0 not known, 1 male, 2 female, 9 not applicable.")


@router.post(
    "/cases/{case_id}/duplicate-search",
    operation_id="searchDuplicates",
    summary="Search for other files of these people",
    response_model=CaseOut,
    responses=problems(NotFound, search_duplicates.SearchTooEarly),
)
async def search(call: Either, case_id: UUID) -> Response:
    """From submission on; made with every screening anyway. Closed files are searched too. Audited."""
    command = search_duplicates.SearchDuplicates(case_id=case_id)
    return await case_command(call, lambda uow: search_duplicates.handle(command, uow=uow), match="none")


@router.get(
    "/duplicates",
    operation_id="listDuplicates",
    summary="Possible duplicates of people on a file",
    responses=problems(NotFound),
)
async def list_(call: Reader, case_id: Annotated[UUID, Query(description="The file.")]) -> list[DuplicateOut]:
    """The likeliest first, decided ones too. Of a file outside your scope you see the evidence and no more."""
    async with call.reading() as uow:
        file = await load_file(uow, case_id, may_read)
        return await shown(uow, await pairs_of(uow, [person.id for person in file.persons]))


async def _show(uow: UnitOfWork, row: DuplicateRow) -> DuplicateOut:
    return (await shown(uow, [await load_pair(uow, row.id, may_read)]))[0]


async def _reload(uow: UnitOfWork, pair_id: UUID) -> DuplicateRow:
    return (await load_pair(uow, pair_id, may_read))[0]


@router.get(
    "/duplicates/{pair_id}", operation_id="getDuplicate", summary="One possible duplicate", responses=problems(NotFound)
)
async def get(call: Reader, pair_id: UUID, response: Response) -> DuplicateOut:
    """From the side of a file in your scope."""
    async with call.reading() as uow:
        found = (await shown(uow, [await load_pair(uow, pair_id, may_read)]))[0]
    call.etag(response, found.version)
    return found


@router.post(
    "/duplicates/{pair_id}/decision",
    operation_id="decideDuplicate",
    summary="Decide about a possible duplicate",
    response_model=DuplicateOut,
    responses=problems(NotFound, PreconditionRequired, PreconditionFailed),
)
async def decide(call: Either, pair_id: UUID, body: DuplicateDecisionIn) -> Response:
    """Either office may; the last decision holds, both see it. `unsure` is enough to go on from a case officer only."""
    command = decide_duplicate.DecideDuplicate(pair_id=pair_id, **body.model_dump())
    return await call.command(
        lambda uow: decide_duplicate.handle(command, uow=uow), _show, reload=_reload, match="required"
    )


@router.post(
    "/cases/{case_id}/duplicate-closing",
    operation_id="closeDuplicate",
    summary="Close a second file of the same people",
    response_model=CaseOut,
    responses=problems(NotFound, TransitionRefused),
)
async def close(call: Annotated[Call, caller("case_officer")], case_id: UUID, body: DuplicateClosingIn) -> Response:
    """Before it departs, granted or not, when everybody on it is decided to be the same as on one other file. Its
    money is free again, told recipients hear the neutral stop, and the other file goes on as it is."""
    command = close_duplicate.CloseDuplicate(case_id=case_id, **body.model_dump())
    return await case_command(call, lambda uow: close_duplicate.handle(command, uow=uow))


@router.post(
    "/duplicates/{pair_id}/question",
    operation_id="askAboutDuplicate",
    summary="Ask the other office to look at a pair",
    response_model=DuplicateOut,
    responses=problems(NotFound),
)
async def ask(call: Either, pair_id: UUID) -> Response:
    """It sees the pair from its own side and decides or calls you; neither learns the other's file by this."""
    command = decide_duplicate.AskAboutDuplicate(pair_id=pair_id)
    return await call.command(lambda uow: decide_duplicate.ask(command, uow=uow), _show, reload=_reload, match="none")


@router.post("/persons/search", operation_id="searchPersons", summary="Find a person among your own files")
async def find(call: Reader, body: PersonSearchIn, response: Response) -> list[FoundPerson]:
    """However the name is spelt, in whichever script; only files in your scope. Audited; what you ask is not kept."""
    response.headers["Cache-Control"] = "no-store"
    wanted = Wanted(identity=body.identity.model_dump(exclude_none=True), born=body.known, sex=body.sex)
    async with call.reading() as uow:
        return await persons_like(uow, wanted)
