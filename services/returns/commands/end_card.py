"""End a person's card: lost, seen by somebody else, or not wanted any more."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.returns.domain.access import in_office
from services.returns.persistence.cards import end_cards
from services.returns.persistence.cases import load_file, remember
from services.returns.persistence.tables import ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class EndCard:
    """Whose."""

    case_id: UUID
    person_ref: str


async def handle(command: EndCard, *, uow: UnitOfWork) -> ReturnCaseRow:
    """Ending what has ended changes nothing. Raises NotFound."""
    file = await load_file(uow, command.case_id, in_office, lock=True)
    person = file.person(command.person_ref)
    await end_cards(uow, person.id)
    remember(uow, file.case, "card-ended", before=file.case.state, person_ref=person.person_ref)
    return file.case
