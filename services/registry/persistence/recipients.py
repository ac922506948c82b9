"""Finds what is known of organisations: their checks, their services, and how they are reached."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from services.registry.domain.recipients import ENROLLED, ServiceView
from services.registry.persistence.recipient_tables import DueDiligenceRow, ProviderServiceRow, RecipientContactRow
from services.registry.persistence.tables import RecipientRow
from shared.database.unit_of_work import UnitOfWork
from shared.protection.vault import Sealed

TABLE, COLUMN = "recipient_contact", "sealed_reach"


NEWEST = (col(DueDiligenceRow.checked_on).desc(), col(DueDiligenceRow.id).desc())
"""The last check counts, also where it holds for less long than the one before; of one day, the one recorded last."""


async def latest_diligence(uow: UnitOfWork, recipient_id: UUID) -> DueDiligenceRow | None:
    """The check that counts."""
    statement = select(DueDiligenceRow).where(col(DueDiligenceRow.recipient_id) == recipient_id)
    found: DueDiligenceRow | None = await uow.session.scalar(statement.order_by(*NEWEST).limit(1))
    return found


async def diligence_until(uow: UnitOfWork, recipient_id: UUID) -> date | None:
    """Until when the last check holds."""
    found = await latest_diligence(uow, recipient_id)
    return found.valid_until if found else None


async def services_of(uow: UnitOfWork, provider_id: UUID) -> list[ProviderServiceRow]:
    """What a provider does, in the order of entry."""
    statement = select(ProviderServiceRow).where(col(ProviderServiceRow.provider_id) == provider_id)
    return list((await uow.session.execute(statement.order_by(col(ProviderServiceRow.id)))).scalars())


async def enrolled_with(uow: UnitOfWork, role: str) -> list[RecipientRow]:
    """Enrolled organisations with a role, in the order of enrolment."""
    where = (col(RecipientRow.roles).contains([role]), col(RecipientRow.status) == ENROLLED)
    statement = select(RecipientRow).where(*where)
    return list((await uow.session.execute(statement.order_by(col(RecipientRow.id)))).scalars())


async def providers_to_watch(uow: UnitOfWork) -> list[UUID]:
    """Enrolled providers."""
    statement = select(RecipientRow.id).where(
        col(RecipientRow.category) == "provider", col(RecipientRow.status) == ENROLLED
    )
    return list((await uow.session.execute(statement.order_by(col(RecipientRow.id)))).scalars())


async def services_for(
    uow: UnitOfWork, *, category: str, country: str, place: str | None
) -> list[tuple[RecipientRow, ProviderServiceRow, ServiceView]]:
    """Every service of a category in a country, or at one place of it, with what a referral asks."""
    until = (
        select(col(DueDiligenceRow.valid_until))
        .where(col(DueDiligenceRow.recipient_id) == col(RecipientRow.id))
        .order_by(*NEWEST)
        .limit(1)
        .scalar_subquery()
    )
    statement = (
        select(RecipientRow, ProviderServiceRow, until)
        .join(ProviderServiceRow, col(ProviderServiceRow.provider_id) == col(RecipientRow.id))
        .where(col(ProviderServiceRow.category) == category, col(ProviderServiceRow.country) == country)
        .order_by(col(ProviderServiceRow.place), col(ProviderServiceRow.id))
    )
    if place is not None:
        statement = statement.where(col(ProviderServiceRow.place) == place)
    rows = (await uow.session.execute(statement)).all()
    return [(provider, service, view_of(provider, service, valid)) for provider, service, valid in rows]


def view_of(provider: RecipientRow, service: ProviderServiceRow, diligence: date | None) -> ServiceView:
    """A service as the rules see it."""
    return ServiceView(
        status=provider.status,
        status_reason=provider.status_reason,
        diligence_until=diligence,
        ends_on=service.ends_on,
        capacity=service.capacity,
        used=service.used,
    )


async def seal_reach(uow: UnitOfWork, row: RecipientContactRow, reach: dict[str, Any]) -> None:
    """Seal how somebody is reached under the contact's own key."""
    row.sealed_reach = await uow.vault.seal(Sealed(row.id, TABLE, COLUMN, json.dumps(reach).encode()))


async def open_reaches(uow: UnitOfWork, rows: Sequence[RecipientContactRow]) -> list[dict[str, Any]]:
    """How they are reached; audited."""
    items = [Sealed(row.id, TABLE, COLUMN, bytes(row.sealed_reach)) for row in rows]
    opened = await uow.vault.open_many(items, purpose="contact of an organisation")
    return [json.loads(value) if value is not None else {} for value in opened]


async def contacts_of(uow: UnitOfWork, recipient_id: UUID) -> list[RecipientContactRow]:
    """The contacts of an organisation, oldest first."""
    statement = select(RecipientContactRow).where(col(RecipientContactRow.recipient_id) == recipient_id)
    return list((await uow.session.execute(statement.order_by(col(RecipientContactRow.id)))).scalars())
