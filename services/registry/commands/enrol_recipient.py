"""Enrol an agency, a reintegration partner or a provider."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from services.registry.contracts.published import AgencyEnrolledV1, PartnerEnrolledV1
from services.registry.persistence.sender_tables import RecipientKeyRow
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
    answers_by_form: bool = False


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
        answers_by_form=command.answers_by_form,
        status_since=uow.now.date(),
        created_at=uow.now,
        updated_at=uow.now,
    )
    uow.session.add(row)
    await uow.session.flush()
    uow.session.add_all(_signing_key(row, key, uow=uow) for key in dict.fromkeys(command.message_keys))
    if command.category == "agency":
        fact = {"agency_id": row.id, "kind": row.kind, "country": row.country, "roles": row.roles}
        uow.publish(AgencyEnrolledV1(**fact))
    elif command.category == "partner":
        uow.publish(PartnerEnrolledV1(partner_id=row.id, kind=row.kind, countries=row.countries))
    uow.record(f"{command.category}.enrolled", subject=row.id, kind=row.kind)
    return row


def _signing_key(recipient: RecipientRow, key: str, *, uow: UnitOfWork) -> RecipientKeyRow:
    return RecipientKeyRow(
        recipient_id=recipient.id,
        use="signing",
        algorithm="v1a",
        public_key=key,
        valid_from=uow.now,
        created_at=uow.now,
        updated_at=uow.now,
    )
