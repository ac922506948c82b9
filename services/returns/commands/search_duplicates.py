"""Look for other records of the people on a file, closed files too; what is found waits for somebody's decision."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import and_, col

from services.returns.commands.moving import fact_day
from services.returns.domain.access import may_work
from services.returns.domain.assistance_trace import strong_compounds
from services.returns.domain.case_view import State
from services.returns.persistence.assistance_traces import meet_traces
from services.returns.persistence.cases import CaseFile, load_file, remember
from services.returns.persistence.duplicate_search import (
    ONE_AT_A_TIME,
    describe_all,
    keep_pairs,
    keep_tokens,
    look_for,
)
from services.returns.persistence.duplicate_weights import duplicate_weights
from services.returns.persistence.duplicates import undecided
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict


class SearchTooEarly(Conflict):
    """Other offices' files are searched for people who apply, not for whoever is written on a draft."""

    slug = "search-too-early"
    title = "The search is possible once the application is submitted"


@dataclass(frozen=True, kw_only=True)
class SearchDuplicates:
    """Of which file."""

    case_id: UUID


async def handle(command: SearchDuplicates, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, SearchTooEarly."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    if file.case.state == State.DRAFT:
        raise SearchTooEarly
    await search(uow, file)
    touch(file.case, now=uow.now)
    return file.case


async def search(uow: UnitOfWork, file: CaseFile) -> None:
    """Search for everybody on the file who is known; a provisional person waits until completed."""
    await uow.session.execute(ONE_AT_A_TIME)
    people = [person for person in file.travelling if not person.provisional]
    described = await describe_all(uow, people)
    await keep_tokens(uow, described)
    new: list[CasePersonRow] = []
    helped = False
    applied = (col(ReturnCaseRow.id) != file.case.id, col(ReturnCaseRow.state) != State.DRAFT.value)
    for person in people:
        shown_from = float(duplicate_weights()["shown_from"])
        found = await look_for(uow, described[person.id], within=and_(*applied), from_weight=shown_from)
        new += await keep_pairs(uow, person, found)
        helped |= await meet_traces(uow, person.id, strong_compounds(described[person.id]))
        person.duplicates_searched_at = uow.now
    await uow.session.flush()
    await _tell(uow, new)
    if helped:
        uow.notify("assistance.counts-still", role="caseworker", scope=file.case.office_id, subject=file.case.id)
    file.duplicates = await undecided(uow, file.case, [person.id for person in file.persons])
    remember(uow, file.case, "duplicates-searched", before=file.case.state, on=fact_day(uow, None))


async def _tell(uow: UnitOfWork, people: list[CasePersonRow]) -> None:
    """The office of the other file learns that there is a pair to look at, and nothing else."""
    for case_id in sorted({person.case_id for person in people}):
        case = await uow.session.get(ReturnCaseRow, case_id)
        if case is not None:
            uow.notify("duplicate.found", role="office_lead", scope=case.office_id, subject=case.id)
