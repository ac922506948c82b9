"""Complaints that wait too long raise a notice every day; texts of closed ones are destroyed after their time."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from services.returns.persistence.complaints import closed_before, late_complaints, load_complaint
from services.returns.persistence.dated_reference import reference
from shared.auth.principal import Principal
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.service import Runtime

JOB = "complaint-clocks"


async def run(runtime: Runtime) -> None:
    """One unit for each complaint, so that one never holds up another."""
    system = Principal.system(JOB)
    async with runtime.units.read(actor=system) as uow:
        kept = timedelta(days=reference("complaints-v1")["kept_days_after_closing"])
        late, over = await late_complaints(uow), await closed_before(uow, uow.now.date() - kept)
    for complaint_id in late:
        async with runtime.units.begin(actor=system) as uow:
            await remind(complaint_id, uow=uow)
    for complaint_id in over:
        async with runtime.units.begin(actor=system) as uow:
            await destroy(complaint_id, uow=uow)


async def remind(complaint_id: UUID, *, uow: UnitOfWork) -> None:
    """Tell the officers of the authority; nothing about the complaint itself changes."""
    row = await load_complaint(uow, complaint_id)
    row.reminded_on = uow.now.date()
    uow.notify("complaint.late", role="complaints_officer", scope=row.authority_id, subject=row.id)


async def destroy(complaint_id: UUID, *, uow: UnitOfWork) -> None:
    """Destroy the key of the texts; the dates and codes stay."""
    row = await load_complaint(uow, complaint_id)
    await uow.vault.destroy(row.id)
    row.destroyed_on = uow.now.date()
    touch(row, now=uow.now)
    uow.record("complaint.texts-destroyed", subject=row.id)
