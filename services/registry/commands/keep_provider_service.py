"""What a provider does and where; a place is taken by a referral and given back, never one more than there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from services.registry.commands.sender_access import own_ids
from services.registry.contracts.recipient_events import ProviderServiceChangedV1
from services.registry.domain.recipients import against_referral
from services.registry.persistence.recipient_tables import PlaceRow, ProviderServiceRow
from services.registry.persistence.recipients import diligence_until, view_of
from services.registry.persistence.rows import get_row
from services.registry.persistence.tables import RecipientRow
from shared.auth.policies import require
from shared.auth.principal import Principal
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, NotFound

HOST_ROLES = ("administrator", "programme_manager")


class ReferralBlocked(Conflict):
    """No new referral here now; `reasons` says why, all of them."""

    slug = "referral-blocked"
    title = "This service takes no new referral now"

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(reasons=reasons)
        self.reasons = reasons


class CapacityBelowUse(Conflict):
    """More places are taken than there would be."""

    slug = "capacity-below-use"
    title = "More places are taken than that"


@dataclass(frozen=True, kw_only=True)
class OfferService:
    """A category of measure at one place, for so many at a time."""

    provider_id: UUID
    category: str
    country: str
    place: str
    capacity: int
    ends_on: date | None = None


def _manages(actor: Principal, provider: RecipientRow) -> bool:
    return str(provider.id) in own_ids(actor) or any(actor.has(role) for role in HOST_ROLES)


async def offer(command: OfferService, *, uow: UnitOfWork) -> ProviderServiceRow:
    """Raises NotFound; the same category twice at one place is refused by the database."""
    provider = await get_row(uow, RecipientRow, command.provider_id)
    if provider.category != "provider":
        raise NotFound
    require(uow.actor, _manages, provider)
    row = ProviderServiceRow(**vars(command), created_at=uow.now, updated_at=uow.now)
    uow.session.add(row)
    await tell_service(row, uow=uow)
    uow.record("provider-service.offered", subject=provider.id, category=row.category)
    return row


async def change(service_id: UUID, changes: dict[str, Any], *, uow: UnitOfWork) -> ProviderServiceRow:
    """Another capacity, or the day it ends. Raises NotFound, CapacityBelowUse."""
    row = await get_row(uow, ProviderServiceRow, service_id, lock=True)
    require(uow.actor, _manages, await get_row(uow, RecipientRow, row.provider_id))
    uow.match(row.version)
    if changes.get("capacity", row.capacity) < row.used:
        raise CapacityBelowUse(used=row.used)
    for name, value in changes.items():
        setattr(row, name, value)
    touch(row, now=uow.now)
    await tell_service(row, uow=uow)
    uow.record("provider-service.changed", subject=row.provider_id, fields=sorted(changes))
    return row


async def take_place(service_id: UUID, referral_id: UUID, *, uow: UnitOfWork) -> PlaceRow:
    """Once per referral. Raises NotFound, ReferralBlocked naming every reason."""
    service = await get_row(uow, ProviderServiceRow, service_id, lock=True)
    await _managed(uow, service)
    held = await uow.session.scalar(
        select(PlaceRow).where(col(PlaceRow.service_id) == service_id, col(PlaceRow.referral_id) == referral_id)
    )
    if held is not None:
        return _as_it_is(held)
    reasons = await reasons_against(service, uow=uow)
    if reasons:
        raise ReferralBlocked(reasons=reasons)
    service.used += 1
    touch(service, now=uow.now)
    await tell_service(service, uow=uow)
    row = PlaceRow(
        service_id=service_id,
        referral_id=referral_id,
        taken_on=uow.now.date(),
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    uow.record("provider-place.taken", subject=service.provider_id, referral_id=str(referral_id))
    return row


async def reasons_against(service: ProviderServiceRow, *, uow: UnitOfWork) -> list[str]:
    """Every reason against a new referral there now; none when it has a place. Raises NotFound."""
    provider = await get_row(uow, RecipientRow, service.provider_id)
    return against_referral(view_of(provider, service, await diligence_until(uow, provider.id)), today=uow.now.date())


async def give_back(service_id: UUID, place_id: UUID, *, uow: UnitOfWork) -> PlaceRow:
    """Free for somebody else; giving it back twice changes nothing. Raises NotFound."""
    service = await get_row(uow, ProviderServiceRow, service_id, lock=True)
    await _managed(uow, service)
    row = await get_row(uow, PlaceRow, place_id, lock=True)
    if row.service_id != service.id:
        raise NotFound
    if row.released_on is None:
        row.released_on = uow.now.date()
        service.used -= 1
        touch(row, now=uow.now)
        touch(service, now=uow.now)
        await tell_service(service, uow=uow)
        uow.record("provider-place.released", subject=service.provider_id, referral_id=str(row.referral_id))
    return row


async def take_again(service_id: UUID, place_id: UUID, *, uow: UnitOfWork) -> PlaceRow:
    """A place given back by mistake; if somebody else has it by now, it stays theirs, and who manages is told."""
    service = await get_row(uow, ProviderServiceRow, service_id, lock=True)
    row = await get_row(uow, PlaceRow, place_id, lock=True)
    if row.released_on is None:
        return row
    if service.used >= service.capacity:
        uow.notify("provider-place.lost", role="programme_manager", scope="*", subject=row.referral_id)
        return row
    row.released_on = None
    service.used += 1
    touch(row, now=uow.now)
    touch(service, now=uow.now)
    await tell_service(service, uow=uow)
    uow.record("provider-place.taken-again", subject=service.provider_id, referral_id=str(row.referral_id))
    return row


async def tell_service(row: ProviderServiceRow, *, uow: UnitOfWork) -> None:
    """What a new referral may ask of it, for those who refer."""
    until = await diligence_until(uow, row.provider_id)
    uow.publish(
        ProviderServiceChangedV1(
            provider_id=row.provider_id,
            service_id=row.id,
            category=row.category,
            country=row.country,
            free=row.capacity - row.used,
            diligence_until=until,
            ends_on=row.ends_on,
        )
    )


async def _managed(uow: UnitOfWork, service: ProviderServiceRow) -> None:
    """For the host, the provider itself, and referrals that arrive as facts. Raises NotFound."""
    provider = await get_row(uow, RecipientRow, service.provider_id)
    if not uow.actor.is_system:
        require(uow.actor, _manages, provider)


def _as_it_is(held: PlaceRow) -> PlaceRow:
    if held.released_on is not None:
        raise ReferralBlocked(reasons=["place_given_back"])
    return held
