"""A transfer will not take place: the plan stays where it is."""

from __future__ import annotations

from uuid import UUID

from services.reintegration.domain.plan_transfer import step
from services.reintegration.persistence.course_tables import PlanTransferRow
from services.reintegration.persistence.transfers import find_transfer, is_office
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound


async def handle(transfer_id: UUID, *, uow: UnitOfWork) -> PlanTransferRow:
    """Cancel it; raises NotFound for the two partners, TransitionRefused once it is over."""
    row = await find_transfer(uow, transfer_id, lock=True)
    if not await is_office(uow, row):
        raise NotFound
    uow.match(row.version)
    row.state = step("cancel", row.state)
    touch(row, now=uow.now)
    for partner_id in (row.from_partner_id, row.to_partner_id):
        uow.notify("plan-transfer.cancelled", role="reintegration_partner", scope=str(partner_id), subject=row.id)
    uow.record("plan-transfer.cancelled", subject=row.id)
    return row
