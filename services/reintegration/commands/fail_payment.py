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
from services.reintegration.domain.payment import AFTER_ARRIVAL, PaymentState
from services.reintegration.domain.payment_failure import FailureReason
from services.reintegration.persistence.budgets import book
from services.reintegration.persistence.cases import scope_of
from services.reintegration.persistence.lines import use_of
from services.reintegration.persistence.payments import lock_money
from services.reintegration.persistence.policies import is_finance_of
from services.reintegration.persistence.reference_data import failure_rules
from services.reintegration.persistence.support_tables import PaymentRow
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class FailPayment:
    """Record that this payment will not be made."""

    payment_id: UUID
    reason_group: ReasonGroup
    reason_code: FailureReason = FailureReason.NOT_STATED
    on: date | None = None


async def handle(command: FailPayment, *, uow: UnitOfWork) -> PaymentRow:
    """Fail it; raises TransitionRefused."""
    on = day_of_fact(command.on, uow.now)
    locked = await lock_money(uow, command.payment_id, is_finance_of)
    payment, line = locked.payment, locked.line
    payment.reason_code = command.reason_code.value
    if payment.state == PaymentState.INSTRUCTED:
        payment.retry_by, payment.retry_missed_on = failure_rules().retry_by(on), None
    release_funds.stop(uow, payment, line, transition="fail", on=on, group=command.reason_group)
    if not line.committed_by_plan:
        loosened = to_release(await use_of(uow, line)).uncommit
        book(uow, Move.UNCOMMIT, loosened, budget=locked.budget, line=line, on=on, payment_id=payment.id)
    await release_funds.release_if_over(uow, line, on=on, reason_group=command.reason_group)
    await _tell(payment, uow=uow)
    return payment


async def _tell(payment: PaymentRow, *, uow: UnitOfWork) -> None:
    """Whoever accompanies the person tells them, and sees until when it has to be tried again."""
    scope = await scope_of(uow, payment.case_id)
    if scope is None:
        return
    facts = {"reason_code": payment.reason_code, "retry_by": payment.retry_by and payment.retry_by.isoformat()}
    if scope.office_id is not None:
        uow.notify("payment.failed", role="caseworker", scope=scope.office_id, subject=payment.id, **facts)
    if scope.partner_id is not None and payment.phase in AFTER_ARRIVAL:
        partner = str(scope.partner_id)
        uow.notify("payment.failed", role="reintegration_partner", scope=partner, subject=payment.id, **facts)
