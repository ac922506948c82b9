"""People left the host country; who stayed behind is known from here."""

from __future__ import annotations

from services.reintegration.contracts.consumed import CaseTravelSeen
from services.reintegration.persistence.cases import set_case, set_person
from shared.database.unit_of_work import UnitOfWork


async def handle(seen: CaseTravelSeen, *, uow: UnitOfWork) -> None:
    """Record it."""
    await set_case(uow, seen.case_id, departed_on=seen.on)
    for person in seen.persons:
        await set_person(uow, seen.case_id, person)
