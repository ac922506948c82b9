"""Transfers that concern the caller, and the progress of bulk transfers."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, false, or_
from sqlmodel import col, select

from services.reintegration.persistence.course_tables import PartnerTransferRow, PlanTransferRow
from services.reintegration.persistence.tables import CaseFileRow
from services.reintegration.queries.scope import case_reached, identifiers
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.pagination import PageRequest, keyset


async def list_transfers(
    uow: UnitOfWork,
    page: PageRequest,
    *,
    plan_id: UUID | None,
    partner_transfer_id: UUID | None,
    state: str | None,
) -> tuple[list[PlanTransferRow], str | None]:
    """One page of transfers of plans: the giver's, the receiver's, the office's and the programme's."""
    row = PlanTransferRow
    statement = (
        select(row)
        .join(CaseFileRow, col(CaseFileRow.case_id) == col(row.case_id))
        .where(or_(case_reached(uow.actor), _of_partner(uow.actor, row)))
    )
    wanted = ((col(row.plan_id), plan_id), (col(row.partner_transfer_id), partner_transfer_id), (col(row.state), state))
    for column, value in wanted:
        if value is not None:
            statement = statement.where(column == value)
    return await keyset(uow.session, statement, page, col(row.id))


async def list_partner_transfers(uow: UnitOfWork, page: PageRequest) -> tuple[list[PartnerTransferRow], str | None]:
    """One page of bulk transfers: of the manager's programmes, and of the partner's organisation."""
    row = PartnerTransferRow
    managed = identifiers(uow.actor.programmes) if uow.actor.has("programme_manager") else []
    reached = or_(col(row.programme_id).in_(managed), _of_partner(uow.actor, row))
    return await keyset(uow.session, select(row).where(reached), page, col(row.id))


def _of_partner(actor: Principal, row: type[PlanTransferRow] | type[PartnerTransferRow]) -> ColumnElement[bool]:
    own = identifiers([actor.partner_id]) if actor.has("reintegration_partner") else []
    if not own:
        return false()
    return or_(col(row.from_partner_id).in_(own), col(row.to_partner_id).in_(own))
