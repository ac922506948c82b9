"""A payment will not be made: finance refuses it, or the bank sends it back. The line is free for a new
request.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.commands import release_funds
from services.reintegration.contracts.published import ReasonGroup
from services.reintegration.domain.assistance_line import to_release
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.ledger import Move
from services.reintegration.persistence.budgets import book
from services.reintegration.persistence.lines import use_of
from services.reintegration.persistence.payments import lock_money
from services.reintegration.persistence.policies import is_finance_of
from services.reintegration.persistence.support_tables import PaymentRow
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class FailPayment:
    """Record that this payment will not be made."""

    payment_id: UUID
    reason_group: ReasonGroup
    on: date | None = None


async def handle(command: FailPayment, *, uow: UnitOfWork) -> PaymentRow:
    """Fail it; raises TransitionRefused."""
    on = day_of_fact(command.on, uow.now)
    locked = await lock_money(uow, command.payment_id, is_finance_of)
    line = locked.line
    release_funds.stop(uow, locked.payment, line, transition="fail", on=on, group=command.reason_group)
    if not line.committed_by_plan:
        loosened = to_release(await use_of(uow, line)).uncommit
        book(uow, Move.UNCOMMIT, loosened, budget=locked.budget, line=line, on=on, payment_id=locked.payment.id)
    await release_funds.release_if_over(uow, line, on=on, reason_group=command.reason_group)
    return locked.payment
