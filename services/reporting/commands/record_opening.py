"""A case was opened: its row and its persons enter the read models."""

from __future__ import annotations

from uuid import UUID

from services.reporting.contracts.consumed import CaseOpenedSeen, PersonSeen
from services.reporting.persistence.facts import set_on_case, set_person
from shared.database.unit_of_work import UnitOfWork


async def handle(seen: CaseOpenedSeen, *, uow: UnitOfWork) -> None:
    """Record codes and opening day; stages that arrived earlier stay."""
    await set_on_case(
        uow,
        seen.case_id,
        case_kind=seen.case_kind,
        programme_id=seen.programme_id,
        partnership_id=seen.partnership_id,
        host=seen.host,
        destination=seen.destination,
        opened_on=seen.opened_on,
    )
    for person in seen.persons:
        await add_person(seen.case_id, person, uow=uow)


async def add_person(case_id: UUID, person: PersonSeen, *, uow: UnitOfWork) -> None:
    """Record one person of a case."""
    await set_person(uow, case_id, person.model_dump())
