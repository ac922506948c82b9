"""What is due on complaints raises notices, what is late every day; texts of closed ones are destroyed in time."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from services.returns.domain.clocks import reminder_days
from services.returns.persistence.complaint_clocks import complaint_kind, complaints_with_clocks, running_clocks
from services.returns.persistence.complaint_desks import RULES
from services.returns.persistence.complaint_tables import ComplaintDeadlineRow, ComplaintRow
from services.returns.persistence.complaints import closed_before, load_complaint
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
        kept = timedelta(days=reference(RULES)["kept_days_after_closing"])
        running, over = await complaints_with_clocks(uow), await closed_before(uow, uow.now.date() - kept)
    for complaint_id in running:
        async with runtime.units.begin(actor=system) as uow:
            await look(complaint_id, uow=uow)
    for complaint_id in over:
        async with runtime.units.begin(actor=system) as uow:
            await destroy(complaint_id, uow=uow)


async def look(complaint_id: UUID, *, uow: UnitOfWork) -> None:
    """Tell the officers of the authority what comes near, and every day what is late; the complaint does not change."""
    complaint, today = await load_complaint(uow, complaint_id), uow.now.date()
    for row in await running_clocks(uow, [complaint_id]):
        kind = complaint_kind(row)
        if kind is None or row.told_on == today:
            continue
        if row.ends_at < uow.now:
            row.missed_on = row.missed_on or today
            _tell(uow, complaint, row, "complaint.late")
            continue
        over = [percent for percent, day in reminder_days(kind, row.started_on, row.due_on).items() if day <= today]
        if kind.hours is None and max(over, default=0) > row.reminded_percent:
            row.reminded_percent = max(over)
            _tell(uow, complaint, row, "complaint.near")


def _tell(uow: UnitOfWork, complaint: ComplaintRow, row: ComplaintDeadlineRow, what: str) -> None:
    row.told_on = uow.now.date()
    facts = {"clock": row.clock, "due_on": row.due_on.isoformat()}
    uow.notify(what, role="complaints_officer", scope=complaint.authority_id, subject=complaint.id, **facts)


async def destroy(complaint_id: UUID, *, uow: UnitOfWork) -> None:
    """Destroy the key of the texts; the dates and codes stay."""
    row = await load_complaint(uow, complaint_id)
    await uow.vault.destroy(row.id)
    row.destroyed_on = uow.now.date()
    touch(row, now=uow.now)
    uow.record("complaint.texts-destroyed", subject=row.id)
