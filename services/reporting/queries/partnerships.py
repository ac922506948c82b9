"""The partnerships whose figures these are, and which of them a caller may see."""

from __future__ import annotations

from sqlalchemy import ColumnElement, String, cast, literal, true
from sqlmodel import col, select

from services.reporting.persistence.tables import PartnershipFact
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork

FIGURES = ("statistician", "programme_manager", "finance_officer", "auditor")
SIDES = ("host", "partner")


def seen_by(actor: Principal) -> ColumnElement[bool]:
    """A delegate sees the one partnership for a side of which the token speaks; whoever reads figures sees all."""
    if any(actor.has(role) for role in FIGURES):
        return true()
    return (cast(col(PartnershipFact.partnership_id), String) == actor.partnership_id) & literal(actor.side in SIDES)


async def partnerships(uow: UnitOfWork) -> list[PartnershipFact]:
    """All of the caller's by day of signature."""
    own = select(PartnershipFact).where(seen_by(uow.actor))
    statement = own.order_by(col(PartnershipFact.signed_on), col(PartnershipFact.partnership_id))
    return list((await uow.session.execute(statement)).scalars())
