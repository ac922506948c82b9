"""One organisation for those who may see it, its checks, and where a referral may go."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from services.registry.domain.recipients import against_referral
from services.registry.persistence.recipient_tables import DueDiligenceRow, ProviderServiceRow
from services.registry.persistence.recipients import NEWEST, services_for
from services.registry.persistence.rows import get_row
from services.registry.persistence.tables import RecipientRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound


@dataclass(frozen=True)
class Availability:
    """A service and every reason against a new referral to it."""

    provider: RecipientRow
    service: ProviderServiceRow
    reasons: list[str]


async def one_recipient(uow: UnitOfWork, recipient_id: UUID, host_roles: tuple[str, ...]) -> RecipientRow:
    """Raises NotFound for somebody else's when the caller is none of the host."""
    row = await get_row(uow, RecipientRow, recipient_id)
    own = (uow.actor.agency_id, uow.actor.partner_id, uow.actor.provider_id)
    if uow.acting_role not in host_roles and str(row.id) not in own:
        raise NotFound
    return row


async def checks_of(uow: UnitOfWork, recipient_id: UUID) -> list[DueDiligenceRow]:
    """Due diligence checks; the first one counts."""
    statement = select(DueDiligenceRow).where(col(DueDiligenceRow.recipient_id) == recipient_id)
    return list((await uow.session.execute(statement.order_by(*NEWEST))).scalars())


async def available(uow: UnitOfWork, *, category: str, country: str, place: str | None) -> list[Availability]:
    """Services that take a referral first, then those that do not, each with its reasons."""
    today = uow.now.date()
    found = [
        Availability(provider, service, against_referral(view, today=today))
        for provider, service, view in await services_for(uow, category=category, country=country, place=place)
    ]
    return sorted(found, key=lambda entry: bool(entry.reasons))
