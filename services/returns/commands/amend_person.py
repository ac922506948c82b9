"""Complete or correct what is known of a person: who they are, safeguards of a child, medical needs, papers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.returns.commands.moving import fact_day, recheck
from services.returns.commands.note_ages import correct_age
from services.returns.domain.access import may_work
from services.returns.domain.identity import is_complete
from services.returns.domain.partial_date import PartialDate
from services.returns.persistence.cases import birth_dates, load_file, open_identities, remember, seal_identity
from services.returns.persistence.duplicate_search import renew_tokens
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict


class RecordedOneByOne(Conflict):
    """A bare yes counts no more: every holder answers, and a talk with the child is recorded."""

    slug = "recorded-one-by-one"
    title = "Record each holder of parental responsibility, and the talk with the child"


@dataclass(frozen=True, kw_only=True)
class AmendPerson:
    """Only what is given changes; names too, one by one."""

    case_id: UUID
    person_ref: str
    changes: dict[str, Any]
    identity: dict[str, Any] | None = None
    born_on: PartialDate | date | None = None


async def handle(command: AmendPerson, *, uow: UnitOfWork) -> CasePersonRow:
    """Raises NotFound, RecordedOneByOne."""
    if any(command.changes.get(name) for name in ("guardians_agreed", "child_heard")):
        raise RecordedOneByOne
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    person = file.person(command.person_ref)
    for name, value in command.changes.items():
        setattr(person, name, value)
    on = fact_day(uow, None)
    told = [("identity", command.identity), ("born_on", command.born_on)]
    given = [name for name, value in told if value is not None]
    if given:
        await _who(command, file.case, person, on=on, uow=uow)
    touch(person, now=uow.now)
    touch(file.case, now=uow.now)
    about = ",".join(sorted({*command.changes, *given}))
    ref = person.person_ref
    remember(uow, file.case, "person-amended", before=file.case.state, on=on, person_ref=ref, about=about)
    recheck(uow, file, on=on)
    return person


async def _who(command: AmendPerson, case: ReturnCaseRow, person: CasePersonRow, *, on: date, uow: UnitOfWork) -> None:
    """New names beside the known ones; somebody who is known now is provisional no longer."""
    known = (await open_identities(uow, [person], purpose="amendment"))[person.id]
    before = (await birth_dates(uow, [person], purpose="amendment"))[person.id]
    told = command.born_on
    born = PartialDate.of(told) if isinstance(told, date) else told or before
    identity = {**known, **(command.identity or {})}
    await seal_identity(uow, person, identity, born)
    await renew_tokens(uow, person)
    if told is not None:
        await correct_age(uow, case, person, born, on=on)
    if person.provisional and is_complete(identity, born):
        person.provisional = False
        person.provisional_since = person.provisional_until = person.provisional_overdue_on = None
