"""Look for whoever was not seen to arrive: open a search for each person, try rung by rung, end with an outcome."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.returns.commands.moving import fact_day
from services.returns.commands.recorded import recorded
from services.returns.commands.tell_protectors import tell_protectors
from services.returns.domain.access import may_confirm_arrival
from services.returns.domain.case_view import State, Travel
from services.returns.domain.non_arrival import Tried, missing_for_outcome, missing_for_rung
from services.returns.persistence.aftermath import LADDER, ladder, rungs_of, search_of, searches_of
from services.returns.persistence.aftermath_tables import NonArrivalSearchRow, NonArrivalStepRow
from services.returns.persistence.cases import CaseFile, load_file, remember
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Missing, TransitionRefused


class NobodyToLookFor(Conflict):
    """A search is for somebody who boarded and was not seen to arrive."""

    slug = "nobody-to-look-for"
    title = "Nobody named here has boarded and not arrived yet"


@dataclass(frozen=True, kw_only=True)
class SearchForArrivals:
    """Whom to look for; everybody who boarded when nobody is named."""

    case_id: UUID
    person_refs: Sequence[str] = ()


async def handle(command: SearchForArrivals, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, NobodyToLookFor."""
    file = await load_file(uow, command.case_id, may_confirm_arrival, lock=True)
    if not await open_searches(uow, file, command.person_refs):
        raise NobodyToLookFor
    return file.case


async def open_searches(
    uow: UnitOfWork, file: CaseFile, person_refs: Sequence[str], *, message_id: UUID | None = None
) -> int:
    """One search for each of these persons who boarded and for whom none is open; how many."""
    if file.case.state != State.DEPARTED:
        return 0
    sought = {search.person_id for search in await searches_of(uow, file.id, open_only=True)}
    aboard = [person for person in file.travelling if person.travel_status == Travel.BOARDED.value]
    missing = [person for person in aboard if not person_refs or person.person_ref in person_refs]
    new = [person for person in missing if person.id not in sought]
    for person in new:
        uow.session.add(
            NonArrivalSearchRow(
                case_id=file.id,
                person_id=person.id,
                opened_on=uow.now.date(),
                opened_by=uow.actor.subject,
                message_id=message_id,
                ladder_version=LADDER,
                created_at=uow.now,
                updated_at=uow.now,
            )
        )
        ref = person.person_ref
        remember(uow, file.case, "search-opened", before=file.case.state, on=uow.now.date(), person_ref=ref)
    if new:
        uow.notify("arrival.not-seen", role="caseworker", scope=file.case.office_id, subject=file.id)
        uow.notify("arrival.not-seen", role="protection_officer", scope=file.case.office_id, subject=file.id)
    return len(new)


@dataclass(frozen=True, kw_only=True)
class TryRung:
    """Who was asked, and what came of it."""

    case_id: UUID
    search_id: UUID
    contact: str
    result: str
    on: date | None = None


async def try_rung(command: TryRung, *, uow: UnitOfWork) -> NonArrivalSearchRow:
    """Raises NotFound, TransitionRefused."""
    file = await load_file(uow, command.case_id, may_confirm_arrival, lock=True)
    search = await search_of(uow, file.id, command.search_id)
    uow.match(search.version)
    on = fact_day(uow, command.on)
    _require(search, missing_for_rung(ladder(search.ladder_version), await _tried(uow, search), command.contact))
    uow.session.add(
        NonArrivalStepRow(
            search_id=search.id,
            contact=command.contact,
            result=command.result,
            on=on,
            **recorded(uow),
        )
    )
    touch(search, now=uow.now)
    ref = file.ref_of(search.person_id)
    remember(uow, file.case, "search-rung", before=file.case.state, on=on, person_ref=ref, about=command.contact)
    if command.result == "needs_help":
        uow.notify("arrival.needs-help", role="protection_officer", scope=file.case.office_id, subject=file.id)
    return search


async def end(case_id: UUID, search_id: UUID, *, outcome: str, uow: UnitOfWork) -> NonArrivalSearchRow:
    """Every search ends with an outcome; an arrival is confirmed beside it, by the arrival itself. Raises NotFound,
    TransitionRefused."""
    file = await load_file(uow, case_id, may_confirm_arrival, lock=True)
    search = await search_of(uow, file.id, search_id)
    uow.match(search.version)
    _require(search, missing_for_outcome(ladder(search.ladder_version), await _tried(uow, search), outcome))
    _close(uow, file, search, outcome)
    if outcome in ("held", "not_found", "needs_help"):
        tell_protectors(uow, file.case, "search.needs-protection")
    return search


async def end_for(uow: UnitOfWork, file: CaseFile, outcome: str, person_ids: Collection[UUID]) -> None:
    """These persons are accounted for: the searches for them end."""
    for search in await searches_of(uow, file.id, open_only=True):
        if search.person_id in person_ids:
            _close(uow, file, search, outcome)


async def end_unneeded(uow: UnitOfWork, file: CaseFile, message_id: UUID) -> bool:
    """The message that opened searches was taken back; those that nobody has begun end. Whether there were any."""
    opened = [search for search in await searches_of(uow, file.id, open_only=True) if search.message_id == message_id]
    begun = {step.search_id for step in await rungs_of(uow, [search.id for search in opened])}
    for search in opened:
        if search.id not in begun:
            _close(uow, file, search, "opened_by_mistake")
    return bool(opened)


def _close(uow: UnitOfWork, file: CaseFile, search: NonArrivalSearchRow, outcome: str) -> None:
    search.outcome, search.closed_on = outcome, uow.now.date()
    touch(search, now=uow.now)
    ref = file.ref_of(search.person_id)
    remember(uow, file.case, "search-ended", before=file.case.state, on=search.closed_on, person_ref=ref)


async def _tried(uow: UnitOfWork, search: NonArrivalSearchRow) -> list[Tried]:
    return [Tried(step.contact, step.result) for step in await rungs_of(uow, [search.id])]


def _require(search: NonArrivalSearchRow, missing: Sequence[Missing]) -> None:
    if search.closed_on is not None:
        missing = [Missing("state", "This search has ended.")]
    if missing:
        state = "ended" if search.closed_on else "open"
        raise TransitionRefused(transition="search", state=state, missing=missing)
