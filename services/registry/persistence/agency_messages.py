"""Finds messages that came in, and what their senders were told before."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from services.registry.persistence.disclosure_tables import AgencyCaseRow, AgencyMessageRow, DeliveryRow
from shared.database.unit_of_work import UnitOfWork

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


async def one_at_a_time(uow: UnitOfWork, sender_id: UUID, webhook_id: str) -> None:
    """Twins of one message wait for each other, so that the second finds what the first one left."""
    await uow.session.execute(LOCK, {"name": f"agency-message {sender_id} {webhook_id}"})


async def message_under(uow: UnitOfWork, sender_id: UUID, webhook_id: str) -> AgencyMessageRow | None:
    """A sender's message of this id."""
    statement = select(AgencyMessageRow).where(
        col(AgencyMessageRow.sender_id) == sender_id, col(AgencyMessageRow.webhook_id) == webhook_id
    )
    found: AgencyMessageRow | None = await uow.session.scalar(statement)
    return found


async def own_earlier_message(
    uow: UnitOfWork, sender_id: UUID, case_id: UUID, reference: str
) -> AgencyMessageRow | None:
    """The sender's message about this case, by its webhook-id or by our id, locked."""
    names = [col(AgencyMessageRow.webhook_id) == reference]
    try:
        names.append(col(AgencyMessageRow.id) == UUID(reference))
    except ValueError:
        names = names[:1]
    statement = select(AgencyMessageRow).where(
        col(AgencyMessageRow.sender_id) == sender_id, col(AgencyMessageRow.case_id) == case_id
    )
    for name in names:
        found: AgencyMessageRow | None = await uow.session.scalar(statement.where(name).with_for_update(key_share=True))
        if found is not None:
            return found
    return None


async def deliveries_to(uow: UnitOfWork, case: AgencyCaseRow) -> list[DeliveryRow]:
    """What a recipient has been told about a case: only what is numbered has left."""
    statement = select(DeliveryRow).where(
        col(DeliveryRow.recipient_id) == case.recipient_id,
        col(DeliveryRow.case_id) == case.case_id,
        col(DeliveryRow.sequence).is_not(None) | col(DeliveryRow.endpoint_sequence).is_not(None),
    )
    return list((await uow.session.execute(statement)).scalars())
