"""reintegration.payment.settled: the partner learns that a grant was paid."""

from __future__ import annotations

from services.registry.commands.tell_consenting import tell_consenting
from services.registry.contracts.consumed import PaymentSettledSeen
from services.registry.domain.request_end import REINTEGRATION
from shared.database.unit_of_work import UnitOfWork


async def on_payment_settled(seen: PaymentSettledSeen, *, uow: UnitOfWork) -> None:
    """reintegration.payment.settled: the partner learns that a grant was paid."""
    if seen.phase != "post_return":
        return
    facts = {
        "line_id": seen.line_id,
        "phase": seen.phase,
        "on": seen.on.isoformat(),
        "amount_minor": seen.amount_minor,
        "currency": seen.currency,
    }
    await tell_consenting(seen.case_id, "payment.settled", facts, None, purpose=REINTEGRATION, uow=uow)
