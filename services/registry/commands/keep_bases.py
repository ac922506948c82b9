"""Follow the legal bases that returns records: what waited for one may leave, what rests on an ended one may not."""

from __future__ import annotations

from sqlmodel import col, update

from services.registry.contracts import consumed as seen
from services.registry.domain.disclosure_matrix import ENDED
from services.registry.persistence.disclosure_tables import DeliveryRow
from services.registry.persistence.known_bases import keep_basis
from shared.database.unit_of_work import UnitOfWork


async def approved(fact: seen.BasisApprovedSeen, *, uow: UnitOfWork) -> None:
    """What was held for want of it is looked at again."""
    values = fact.model_dump(exclude={"basis_id"})
    await keep_basis(uow, fact.basis_id, **values)
    held = (
        col(DeliveryRow.recipient_id) == fact.recipient_id,
        col(DeliveryRow.purpose) == fact.purpose,
        col(DeliveryRow.status) == "pending",
        col(DeliveryRow.attempts) == 0,
        col(DeliveryRow.payload_type) != ENDED,
        col(DeliveryRow.next_attempt_at) > uow.now,
    )
    await uow.session.execute(update(DeliveryRow).where(*held).values(next_attempt_at=uow.now))


async def ended(fact: seen.BasisEndedSeen, *, uow: UnitOfWork) -> None:
    """From this moment nothing leaves on it; whoever was told hears the neutral stop soon after (end_expired)."""
    values = fact.model_dump(include={"programme_id", "recipient_id", "purpose"})
    await keep_basis(uow, fact.basis_id, **values, ended_on=fact.on)
