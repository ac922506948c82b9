"""Enrol an agency, a reintegration partner or a provider, and change what it is enrolled for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from services.registry.contracts.published import AgencyEnrolledV1, PartnerEnrolledV1
from services.registry.contracts.recipient_events import ProviderEnrolledV1
from services.registry.domain.disclosure_matrix import STATE_KINDS
from services.registry.domain.recipients import ENROLLED
from services.registry.persistence.rows import get_row
from services.registry.persistence.sender_tables import RecipientKeyRow
from services.registry.persistence.tables import RecipientRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Invalid

Category = Literal["agency", "partner", "provider"]
SPECIALISED = "specialised_support"
OUTWARD = ("roles", "countries")


class RoleNotForState(Invalid):
    """A referral to specialised support says something about a person that no state may learn (domain rule 7)."""

    slug = "role-not-for-a-state"
    title = "A state authority has no role in specialised support"


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
    """Publishes the enrolment. Raises RoleNotForState."""
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
    _check(row)
    uow.session.add(row)
    await uow.session.flush()
    uow.session.add_all(_signing_key(row, key, uow=uow) for key in dict.fromkeys(command.message_keys))
    tell_enrolled(row, uow=uow)
    uow.record(f"{command.category}.enrolled", subject=row.id, kind=row.kind)
    return row


async def change(recipient_id: UUID, changes: dict[str, Any], *, uow: UnitOfWork) -> RecipientRow:
    """New name, countries, roles or door; what others need to know is published again. Raises NotFound,
    RoleNotForState."""
    row = await get_row(uow, RecipientRow, recipient_id, lock=True)
    uow.match(row.version)
    before = {name: getattr(row, name) for name in OUTWARD}
    for name, value in changes.items():
        setattr(row, name, value)
    _check(row)
    touch(row, now=uow.now)
    if row.status == ENROLLED and before != {name: getattr(row, name) for name in OUTWARD}:
        tell_enrolled(row, uow=uow)
    uow.record(f"{row.category}.changed", subject=row.id, fields=sorted(changes))
    return row


def tell_enrolled(row: RecipientRow, *, uow: UnitOfWork) -> None:
    """It takes part: said when it is enrolled, when its roles change, and when a suspension is over."""
    if row.category == "agency":
        uow.publish(AgencyEnrolledV1(agency_id=row.id, kind=row.kind, country=row.country, roles=row.roles))
    elif row.category == "partner":
        uow.publish(PartnerEnrolledV1(partner_id=row.id, kind=row.kind, countries=row.countries))
    else:
        fact = {"provider_id": row.id, "kind": row.kind, "countries": row.countries, "roles": row.roles}
        uow.publish(ProviderEnrolledV1(**fact))


def _check(row: RecipientRow) -> None:
    if row.kind in STATE_KINDS and SPECIALISED in row.roles:
        raise RoleNotForState


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
