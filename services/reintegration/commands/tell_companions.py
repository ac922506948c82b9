"""Tell those who accompany a family: the office of the case and the partner of its plan."""

from __future__ import annotations

from uuid import UUID

from services.reintegration.persistence.cases import scope_of
from shared.database.unit_of_work import UnitOfWork


async def tell_companions(uow: UnitOfWork, case_id: UUID, kind: str, subject: UUID, **facts: str | int) -> None:
    """Each that there is; they tell the family and do what is to be done."""
    scope = await scope_of(uow, case_id)
    if scope is None:
        return
    if scope.office_id is not None:
        uow.notify(kind, role="caseworker", scope=scope.office_id, subject=subject, **facts)
    if scope.partner_id is not None:
        uow.notify(kind, role="reintegration_partner", scope=str(scope.partner_id), subject=subject, **facts)
