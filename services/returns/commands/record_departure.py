"""Record who boarded and who did not; who stays behind gets a file of their own on the spot, in the same commit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.returns.commands.moving import advance, fact_day, view_of
from services.returns.commands.split_case import split_off
from services.returns.contracts.published import CaseDepartedV1, CaseDidNotBoardV1, TravellerFact
from services.returns.domain.access import may_work
from services.returns.domain.case_view import Travel
from services.returns.persistence.cases import CaseFile, load_file, person_facts
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Invalid


class DepartureListIncomplete(Invalid):
    """Everybody on the file is either on board or not."""

    slug = "departure-list-incomplete"
    title = "Name everybody on the file once: boarded or not boarded"


@dataclass(frozen=True)
class LeftBehind:
    """Somebody who did not board, and a coded reason (default: not stated; nobody has to give one)."""

    person_ref: str
    reason: str = "not_stated"


@dataclass(frozen=True, kw_only=True)
class RecordDeparture:
    """The list at the gate."""

    case_id: UUID
    boarded: list[str]
    not_boarded: list[LeftBehind] = field(default_factory=list)
    reconfirmation_days: int = 14
    on: date | None = None


async def handle(command: RecordDeparture, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Raises NotFound, DepartureListIncomplete, TransitionRefused (a child or a person needing care left alone)."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    on = fact_day(uow, command.on)
    named = [*command.boarded, *(left.person_ref for left in command.not_boarded)]
    if sorted(named) != sorted(person.person_ref for person in file.travelling) or not command.boarded:
        raise DepartureListIncomplete
    behind = [file.person(left.person_ref) for left in command.not_boarded]
    for left, person in zip(command.not_boarded, behind, strict=True):
        person.travel_status, person.not_travelling_reason = Travel.NOT_TRAVELLING.value, left.reason
    for person in file.travelling:
        person.travel_status = Travel.BOARDED.value
    view = view_of(file, on=on, reconfirmation_days=command.reconfirmation_days)
    advance(uow, file, "depart", on=on, view=view)
    file.case.departed_on = on
    if behind:
        await split_off(uow, file, behind, on=on)
        refs = [person.person_ref for person in behind]
        uow.publish(CaseDidNotBoardV1(case_id=file.case.id, on=on, person_refs=refs))
    uow.publish(
        CaseDepartedV1(
            case_id=file.case.id,
            on=on,
            destination=file.case.destination,
            persons=await traveller_facts(uow, file, file.travelling, on=on),
        )
    )
    return file.case


async def traveller_facts(
    uow: UnitOfWork, file: CaseFile, people: list[CasePersonRow], *, on: date
) -> list[TravellerFact]:
    """What a travel event may say of persons."""
    facts = await person_facts(uow, people, on=on)
    on_board = (Travel.BOARDED.value, Travel.ARRIVED.value)
    return [
        TravellerFact(**fact.model_dump(), travelled=person.travel_status in on_board)
        for fact, person in zip(facts, people, strict=True)
    ]
