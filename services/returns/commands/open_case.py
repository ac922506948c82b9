"""Open a case for a person or family; from here on everything is about their own decision."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.returns.commands import renew_deadlines
from services.returns.commands.add_person import NewPerson, make_person
from services.returns.commands.moving import fact_day
from services.returns.contracts.published import CaseOpenedV1
from services.returns.domain.file_reference import file_reference
from services.returns.persistence.cases import CaseFile, remember
from services.returns.persistence.person_fact import person_fact
from services.returns.persistence.programmes import KnownProgramme, programme_for_opening
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Forbidden, NotKnownYet


class ProgrammeNotKnownYet(NotKnownYet):
    """The programme's rules have not arrived here."""

    slug = "programme-not-known-yet"
    title = "This programme is not known here yet"


class ProgrammeTakesNoCases(Conflict):
    """Closed, or its component is suspended; existing cases go on."""

    slug = "programme-takes-no-cases"
    title = "This programme takes no new cases of this kind to this destination"


@dataclass(frozen=True, kw_only=True)
class OpenCase:
    """What is needed to open a file."""

    programme_id: UUID
    case_kind: str
    destination_basis: str
    destination: str
    office_id: str
    authority_id: str
    persons: list[NewPerson] = field(default_factory=list)
    opened_on: date | None = None
    follows: UUID | None = None


async def admitting(command: OpenCase, *, uow: UnitOfWork, numbered: bool = False) -> KnownProgramme:
    """The programme that takes this file, and a number for it where one is wanted.

    Raises ProgrammeNotKnownYet, ProgrammeTakesNoCases; Forbidden for another's office.
    """
    if command.office_id not in uow.actor.offices:
        raise Forbidden
    programme = await programme_for_opening(uow, command.programme_id, on=uow.now.date(), numbered=numbered)
    if programme is None:
        raise ProgrammeNotKnownYet
    fits = command.case_kind in programme.case_kinds and command.destination in programme.destinations
    if not programme.open or not fits:
        raise ProgrammeTakesNoCases
    return programme


async def handle(command: OpenCase, *, uow: UnitOfWork) -> CaseFile:
    """The new file. Raises what `admitting` does."""
    programme = await admitting(command, uow=uow, numbered=True)
    on = fact_day(uow, command.opened_on)
    case = _new_file(command, programme, on=on, uow=uow)
    persons = [await make_person(uow, case, person, on=on) for person in command.persons]
    uow.insert(case, *persons, *renew_deadlines.begin(case, programme.periods, uow=uow))
    uow.publish(
        CaseOpenedV1(
            case_id=case.id,
            case_kind=case.case_kind,
            destination_basis=case.destination_basis,
            programme_id=case.programme_id,
            partnership_id=case.partnership_id,
            office_id=case.office_id,
            authority_id=case.authority_id,
            host=case.host,
            destination=case.destination,
            opened_on=on,
            persons=[person_fact(row, new.born, on=on) for row, new in zip(persons, command.persons, strict=True)],
        )
    )
    remember(uow, case, "opened", before="", on=on)
    return CaseFile(case, persons, consents=[], documents=[])


def _new_file(command: OpenCase, programme: KnownProgramme, *, on: date, uow: UnitOfWork) -> ReturnCaseRow:
    if programme.number is None:
        raise RuntimeError("a file is opened without a number")
    return ReturnCaseRow(
        file_reference=file_reference(programme.host, on.year, programme.number),
        case_kind=command.case_kind,
        destination_basis=command.destination_basis,
        programme_id=programme.programme_id,
        partnership_id=programme.partnership_id,
        office_id=command.office_id,
        authority_id=command.authority_id,
        host=programme.host,
        destination=command.destination,
        author=uow.actor.subject,
        opened_on=on,
        follows=command.follows,
        created_at=uow.now,
        updated_at=uow.now,
    )
