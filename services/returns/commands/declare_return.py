"""Record one adult's own decision to return, or its re-confirmation shortly before the journey."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.returns.commands.moving import fact_day
from services.returns.domain.access import may_work
from services.returns.persistence.cases import load_file, remember
from services.returns.persistence.tables import DeclarationRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict


class DeclarationNotTakenAlone(Conflict):
    """Each adult is counselled and declares separately."""

    slug = "declaration-not-taken-alone"
    title = "The declaration must be taken from this adult alone"


@dataclass(frozen=True, kw_only=True)
class DeclareReturn:
    """A declaration as taken."""

    case_id: UUID
    person_ref: str
    kind: Literal["voluntary_return", "reconfirmation"]
    language: str
    interpreter: str
    text_version: str
    seen_alone: bool
    declared_on: date | None = None


async def handle(command: DeclareReturn, *, uow: UnitOfWork) -> DeclarationRow:
    """Raises NotFound, DeclarationNotTakenAlone."""
    file = await load_file(uow, command.case_id, may_work, lock=True)
    uow.match(file.case.version)
    person = file.person(command.person_ref)
    if not command.seen_alone or not person.adult or person.provisional:
        raise DeclarationNotTakenAlone
    on = fact_day(uow, command.declared_on)
    row = DeclarationRow(
        case_id=file.case.id,
        person_id=person.id,
        kind=command.kind,
        language=command.language,
        interpreter=command.interpreter,
        text_version=command.text_version,
        declared_on=on,
        seen_alone=command.seen_alone,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    if command.kind == "reconfirmation":
        person.reconfirmed_on = on
    else:
        person.declared_on = on
    touch(file.case, now=uow.now)
    remember(uow, file.case, f"declared-{command.kind}", before=file.case.state, on=on, person_ref=person.person_ref)
    return row
