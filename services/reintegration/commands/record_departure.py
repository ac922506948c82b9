"""People left the host country; who stayed behind, and who was born meanwhile, is known from here."""

from __future__ import annotations

from services.reintegration.commands.amend_plan import amend, keep_persons
from services.reintegration.contracts.consumed import CaseTravelSeen
from services.reintegration.persistence.cases import set_case
from services.reintegration.persistence.plans import plan_of
from shared.database.unit_of_work import UnitOfWork


async def handle(seen: CaseTravelSeen, *, uow: UnitOfWork) -> None:
    """Record it."""
    await set_case(uow, seen.case_id, departed_on=seen.on)
    joined = await keep_persons(uow, seen.case_id, seen.persons)
    plan = await plan_of(uow, seen.case_id, lock=True)
    if plan is not None:
        amend(plan, by=joined, on=seen.on, uow=uow)
