"""Referrals within the caller's scope; a provider sees those that have reached it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from services.reintegration.persistence import fresh
from services.reintegration.persistence.referral_tables import ReferralRow
from services.reintegration.persistence.support_tables import PlanRow
from services.reintegration.persistence.tables import CaseFileRow
from services.reintegration.queries.scope import case_reached, identifiers, plan_reached
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.pagination import PageRequest, keyset


def _asked(actor: Principal) -> ColumnElement[bool]:
    own = identifiers([actor.provider_id]) if actor.has("provider") else []
    if not own:
        return false()
    return and_(col(ReferralRow.provider_id).in_(own), col(ReferralRow.placed_on).is_not(None))


def _visible(actor: Principal) -> SelectOfScalar[ReferralRow]:
    return (
        select(ReferralRow)
        .join(PlanRow, col(PlanRow.id) == col(ReferralRow.plan_id))
        .join(CaseFileRow, col(CaseFileRow.case_id) == col(ReferralRow.case_id))
        .where(or_(case_reached(actor), plan_reached(actor), _asked(actor)))
    )


async def list_referrals(
    uow: UnitOfWork, page: PageRequest, *, case_id: UUID | None, state: str | None, waiting: bool = False
) -> tuple[list[ReferralRow], str | None]:
    """One page, oldest first."""
    statement = _visible(uow.actor)
    if case_id is not None:
        statement = statement.where(col(ReferralRow.case_id) == case_id)
    if state is not None:
        statement = statement.where(col(ReferralRow.state) == state)
    if waiting:
        statement = statement.where(col(ReferralRow.waiting_since).is_not(None))
    return await keyset(uow.session, statement, page, col(ReferralRow.id))


async def get_referral(uow: UnitOfWork, referral_id: UUID) -> ReferralRow:
    """One referral; raises NotFound outside of the scope."""
    row = await fresh.one(uow, _visible(uow.actor).where(col(ReferralRow.id) == referral_id))
    if row is None:
        raise NotFound
    return row
