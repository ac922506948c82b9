"""A departure or an arrival: the case's day and, for everybody who travelled, their own."""

from __future__ import annotations

from services.reporting.contracts.consumed import CaseTravelSeen
from services.reporting.persistence.facts import set_on_case, set_person
from shared.database.unit_of_work import UnitOfWork


async def departed(seen: CaseTravelSeen, *, uow: UnitOfWork) -> None:
    """Record who left and when; who stayed behind does not count as a return."""
    await set_on_case(uow, seen.case_id, departed_on=seen.on)
    for person in seen.persons:
        if person.travelled:
            await set_person(
                uow,
                seen.case_id,
                person.model_dump(),
                travelled=True,
                departed_on=seen.on,
                destination=seen.destination,
            )


async def arrived(seen: CaseTravelSeen, *, uow: UnitOfWork) -> None:
    """Record who arrived and when."""
    await set_on_case(uow, seen.case_id, arrived_on=seen.on)
    for person in seen.persons:
        if person.travelled:
            await set_person(
                uow,
                seen.case_id,
                person.model_dump(),
                arrived_on=seen.on,
                destination=seen.destination,
            )
