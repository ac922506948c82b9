"""Complete or correct what is known of a person: safeguards of a child, medical needs, papers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.returns.commands.moving import fact_day, recheck
from services.returns.domain.access import may_work
from services.returns.persistence.cases import load_file, remember, seal_identity
from services.returns.persistence.tables import CasePersonRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class AmendPerson:
    """Only what is given changes."""

    case_id: UUID
    person_ref: str
    changes: dict[str, Any]
    identity: dict[str, Any] | None = None
    born_on: date | None = None


async def handle(command: AmendPerson, *, uow: UnitOfWork) -> CasePersonRow:
    """Raises NotFound."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    person = file.person(command.person_ref)
    for name, value in command.changes.items():
        setattr(person, name, value)
    if command.identity is not None:
        await seal_identity(uow, person, command.identity, command.born_on)
        person.provisional = False
    touch(person, now=uow.now)
    touch(file.case, now=uow.now)
    on = fact_day(uow, None)
    about = ",".join(sorted({*command.changes, *(["identity"] if command.identity is not None else [])}))
    ref = person.person_ref
    remember(uow, file.case, "person-amended", before=file.case.state, on=on, person_ref=ref, about=about)
    recheck(uow, file, on=on)
    return person
