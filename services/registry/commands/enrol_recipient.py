"""Enrol an agency, a reintegration partner or a provider."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from services.registry.contracts.published import AgencyEnrolledV1, PartnerEnrolledV1
from services.registry.persistence.tables import RecipientRow
from shared.database.unit_of_work import UnitOfWork

Category = Literal["agency", "partner", "provider"]


@dataclass(frozen=True, kw_only=True)
class EnrolRecipient:
    """Who it is, what it may do, and the keys it signs its messages with."""

    category: Category
    kind: str
    name: str
    country: str
    countries: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    message_keys: list[str] = field(default_factory=list)


async def handle(command: EnrolRecipient, *, uow: UnitOfWork) -> RecipientRow:
    """Publishes the enrolment of agencies and partners."""
    row = RecipientRow(
        category=command.category,
        kind=command.kind,
        name=command.name,
        country=command.country,
        countries=command.countries or [command.country],
        roles=command.roles,
        message_keys=command.message_keys,
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    if command.category == "agency":
        fact = {"agency_id": row.id, "kind": row.kind, "country": row.country, "roles": row.roles}
        uow.publish(AgencyEnrolledV1(**fact))
    elif command.category == "partner":
        uow.publish(PartnerEnrolledV1(partner_id=row.id, kind=row.kind, countries=row.countries))
    uow.record(f"{command.category}.enrolled", subject=row.id, kind=row.kind)
    return row
