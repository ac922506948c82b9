"""The partnerships whose figures these are."""

from __future__ import annotations

from sqlmodel import col, select

from services.reporting.persistence.tables import PartnershipFact
from shared.database.unit_of_work import UnitOfWork


async def partnerships(uow: UnitOfWork) -> list[PartnershipFact]:
    """All partnerships by day of signature."""
    statement = select(PartnershipFact).order_by(col(PartnershipFact.signed_on), col(PartnershipFact.partnership_id))
    return list((await uow.session.execute(statement)).scalars())
