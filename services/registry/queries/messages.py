"""A sender's own messages, and what was refused to whom."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from services.registry.persistence.disclosure_tables import AgencyMessageRow
from services.registry.persistence.sender_tables import RefusedMessageRow
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.pagination import PageRequest, keyset

OVERSEERS = ("administrator", "auditor")


def _own(actor: Principal) -> list[UUID]:
    found: list[UUID] = []
    for claim in (actor.agency_id, actor.partner_id, actor.provider_id):
        try:
            found.append(UUID(claim or ""))
        except ValueError:
            continue
    return found


async def own_messages(
    uow: UnitOfWork, page: PageRequest, *, status: str | None, agency_case_ref: str | None, newest_first: bool = False
) -> tuple[list[AgencyMessageRow], str | None]:
    """One page of the caller's messages."""
    conditions: list[Any] = [col(AgencyMessageRow.sender_id).in_(_own(uow.actor))]
    if status is not None:
        conditions.append(col(AgencyMessageRow.status) == status)
    if agency_case_ref is not None:
        conditions.append(col(AgencyMessageRow.agency_case_ref) == agency_case_ref)
    own = select(AgencyMessageRow).where(*conditions)
    return await keyset(uow.session, own, page, col(AgencyMessageRow.id), descending=newest_first)


async def refusals(uow: UnitOfWork, *, since: date | None, limit: int) -> list[RefusedMessageRow]:
    """Counted refusals, newest first; somebody else's are seen by overseers only."""
    statement = select(RefusedMessageRow)
    if uow.acting_role not in OVERSEERS:
        statement = statement.where(col(RefusedMessageRow.sender_id).in_(_own(uow.actor)))
    if since is not None:
        statement = statement.where(col(RefusedMessageRow.on) >= since)
    ordered = statement.order_by(col(RefusedMessageRow.last_at).desc()).limit(limit)
    return list((await uow.session.execute(ordered)).scalars())
