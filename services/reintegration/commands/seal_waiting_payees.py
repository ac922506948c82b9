"""Payee data of grants that were sealed before anybody was known come under the key of their person."""

from __future__ import annotations

from uuid import UUID

from services.reintegration.persistence.waiting_payees import cases_to_seal, lock_waiting, seal_for_person
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.service import Runtime

JOB = "seal-waiting-payees"


async def run(runtime: Runtime) -> None:
    """One unit of work per case; whoever is known by now. Doing it again finds nothing."""
    system = Principal.system(JOB)
    async with runtime.units.read(actor=system) as uow:
        cases = await cases_to_seal(uow)
    for case_id in cases:
        async with runtime.units.begin(actor=system) as uow:
            await handle(case_id, uow=uow)


async def handle(case_id: UUID, *, uow: UnitOfWork) -> None:
    """All that waits in one case; also before an erasure, which would not reach it otherwise."""
    done = [await seal_for_person(uow, row, line) for row, line in await lock_waiting(uow, case_id)]
    if any(done):
        uow.record("payees.sealed-for-person", subject=case_id, count=sum(done))
