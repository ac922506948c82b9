"""Put a person on a case file; what identifies them is sealed at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from services.returns.commands.ages import is_adult
from services.returns.commands.moving import fact_day
from services.returns.commands.note_ages import set_age
from services.returns.contracts.published import PersonAddedV1
from services.returns.domain.access import may_work
from services.returns.domain.case_view import State
from services.returns.domain.partial_date import PartialDate
from services.returns.persistence.cases import load_file, person_facts, remember, seal_identity
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict
from shared.ids import random_ref


class PersonsAreSettled(Conflict):
    """After the decision persons come and go by their own commands, which recompute what is granted."""

    slug = "persons-are-settled"
    title = "Persons can be added or changed until the application is decided"


@dataclass(frozen=True, kw_only=True)
class NewPerson:
    """A person as the counsellor knows them; unknowns are said to be unknown, never invented."""

    relation: str
    sex: int
    identity: dict[str, Any]
    born_on: PartialDate | date | None = None
    adult: bool | None = None
    citizenships: list[dict[str, Any]] = field(default_factory=list)
    reporting_citizenship: str = "XXX"
    statelessness: str | None = None
    unaccompanied: bool = False
    needs_carer: bool = False
    medical_needed: bool = False
    provisional: bool = False
    papers: str = "not_stated"

    @property
    def born(self) -> PartialDate | None:
        """The birth date as far as it is known."""
        return PartialDate.of(self.born_on) if isinstance(self.born_on, date) else self.born_on


@dataclass(frozen=True, kw_only=True)
class AddPerson:
    """One more person on a file."""

    case_id: UUID
    person: NewPerson


async def make_person(uow: UnitOfWork, case: ReturnCaseRow, person: NewPerson, *, on: date) -> CasePersonRow:
    """The sealed row of a new person, not yet added to the session."""
    row = CasePersonRow(
        case_id=case.id,
        person_ref=random_ref("person"),
        relation=person.relation,
        sex=person.sex,
        adult=is_adult(person.born, person.adult, on),
        citizenships=person.citizenships,
        reporting_citizenship=person.reporting_citizenship,
        statelessness=person.statelessness,
        unaccompanied=person.unaccompanied,
        needs_carer=person.needs_carer,
        medical_needed=person.medical_needed,
        provisional=person.provisional,
        provisional_since=on if person.provisional else None,
        papers=person.papers,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.vault.enrol(row.id)
    await seal_identity(uow, row, person.identity, person.born)
    if not row.adult:
        await set_age(uow, case, row, person.born)
    return row


async def handle(command: AddPerson, *, uow: UnitOfWork) -> CasePersonRow:
    """Raises NotFound, PersonsAreSettled."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    if file.case.state not in (State.DRAFT, State.SUBMITTED, State.SCREENING):
        raise PersonsAreSettled
    on = fact_day(uow, None)
    row = await make_person(uow, file.case, command.person, on=on)
    uow.session.add(row)
    touch(file.case, now=uow.now)
    uow.publish(PersonAddedV1(case_id=file.case.id, person=(await person_facts(uow, [row], on=on))[0]))
    remember(uow, file.case, "person-added", before=file.case.state, on=on)
    return row
