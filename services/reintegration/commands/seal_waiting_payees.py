"""Payee data of grants that were sealed before anybody was known come under the key of their person."""

from __future__ import annotations

from uuid import UUID

from services.reintegration.persistence.waiting_payees import cases_to_seal, lock_waiting, seal_for_person
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.one_by_one import one_by_one
from shared.service import Runtime

JOB = "seal-waiting-payees"


async def run(runtime: Runtime) -> None:
    """One unit of work per case; whoever is known by now. Doing it again finds nothing."""
    await one_by_one(runtime, Principal.system(JOB), cases_to_seal, handle)


async def handle(case_id: UUID, *, uow: UnitOfWork) -> None:
    """All that waits in one case; also before an erasure, which would not reach it otherwise."""
    done = [await seal_for_person(uow, row, line) for row, line in await lock_waiting(uow, case_id)]
    if any(done):
        uow.record("payees.sealed-for-person", subject=case_id, count=sum(done))
