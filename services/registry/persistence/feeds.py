"""A recipient's deliveries of one case, in order."""

from __future__ import annotations

from sqlmodel import col, select

from services.registry.persistence.disclosure_tables import AgencyCaseRow, DeliveryRow
from shared.database.unit_of_work import UnitOfWork


async def feed(
    uow: UnitOfWork, reference: str, after: int, limit: int
) -> tuple[AgencyCaseRow | None, list[DeliveryRow]]:
    """A recipient's case and its deliveries that are numbered or may be: oldest first."""
    known = await uow.session.get(AgencyCaseRow, reference)
    if known is None:
        return None, []
    statement = (
        select(DeliveryRow)
        .where(col(DeliveryRow.agency_case_ref) == reference, col(DeliveryRow.status) != "withheld")
        .where((col(DeliveryRow.sequence).is_(None)) | (col(DeliveryRow.sequence) > after))
        .order_by(col(DeliveryRow.id))
        .limit(limit)
        .with_for_update(key_share=True)
    )
    return known, list((await uow.session.execute(statement)).scalars())
