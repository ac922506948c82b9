"""How an organisation's office is reached: kept sealed, changed by removing and entering, removed for good."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.registry.commands.sender_access import own_ids
from services.registry.persistence.recipient_tables import RecipientContactRow
from services.registry.persistence.recipients import contacts_of, open_reaches, seal_reach
from services.registry.persistence.rows import get_row
from services.registry.persistence.tables import RecipientRow
from shared.auth.policies import require
from shared.auth.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, NotFound

MOST_CONTACTS = 20
HOST_ROLES = ("administrator", "programme_manager", "caseworker", "case_officer", "travel_officer")


class TooManyContacts(Conflict):
    """A register of offices, not of everybody who works there."""

    slug = "too-many-contacts"
    title = "This organisation has twenty contacts; remove one first"


@dataclass(frozen=True, kw_only=True)
class KeepContact:
    """What for, in which language, and how; `reach` is sealed."""

    recipient_id: UUID
    purpose: str
    language: str | None = None
    reach: dict[str, Any] = field(default_factory=dict)


def _writes(actor: Principal, recipient: RecipientRow) -> bool:
    return str(recipient.id) in own_ids(actor) or any(actor.has(role) for role in HOST_ROLES[:2])


def _reads(actor: Principal, recipient: RecipientRow) -> bool:
    return str(recipient.id) in own_ids(actor) or any(actor.has(role) for role in HOST_ROLES)


async def handle(command: KeepContact, *, uow: UnitOfWork) -> RecipientContactRow:
    """Raises NotFound outside the own scope, TooManyContacts."""
    recipient = await get_row(uow, RecipientRow, command.recipient_id, lock=True)
    require(uow.actor, _writes, recipient)
    if len(await contacts_of(uow, recipient.id)) >= MOST_CONTACTS:
        raise TooManyContacts
    row = RecipientContactRow(
        recipient_id=recipient.id,
        purpose=command.purpose,
        language=command.language,
        created_at=uow.now,
        updated_at=uow.now,
    )
    await seal_reach(uow, row, command.reach)
    uow.session.add(row)
    uow.record("contact.entered", subject=recipient.id, purpose=row.purpose)
    return row


async def remove(recipient_id: UUID, contact_id: UUID, *, uow: UnitOfWork) -> None:
    """Destroys its key, so that no copy opens any more. Raises NotFound."""
    require(uow.actor, _writes, await get_row(uow, RecipientRow, recipient_id))
    row = await get_row(uow, RecipientContactRow, contact_id, lock=True)
    if row.recipient_id != recipient_id:
        raise NotFound
    await uow.vault.destroy(row.id)
    await uow.session.delete(row)
    uow.record("contact.removed", subject=recipient_id, purpose=row.purpose)


async def shown(uow: UnitOfWork, recipient_id: UUID) -> list[tuple[RecipientContactRow, dict[str, Any]]]:
    """The contacts, opened. Raises NotFound outside the own scope."""
    require(uow.actor, _reads, await get_row(uow, RecipientRow, recipient_id))
    rows = await contacts_of(uow, recipient_id)
    return list(zip(rows, await open_reaches(uow, rows), strict=True))
