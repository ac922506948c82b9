"""A provider was paid for what it will not deliver: the programme bears the loss, so the family's line is made whole.

The payment stays what it is. A line of the programme's own, from the same budget, holds as much again for the family;
if the money is ever recovered, it goes back to the budget and not to the family a second time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.reintegration.commands.supplement_line import supplement
from services.reintegration.domain.case_standing import has_ended
from services.reintegration.domain.dates import day_of_fact
from services.reintegration.domain.payment import PayeeKind, step
from services.reintegration.persistence.cases import find_case
from services.reintegration.persistence.payments import LockedMoney, lock_money
from services.reintegration.persistence.plans import measure_named
from services.reintegration.persistence.policies import is_programme_manager_of
from services.reintegration.persistence.reference_data import replacement_rules
from services.reintegration.persistence.support_tables import PaymentRow
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Missing

CODE = "provider_loss"


@dataclass(frozen=True, kw_only=True)
class ChargeLoss:
    """Charge what this payment bought for nothing to the programme."""

    payment_id: UUID
    on: date | None = None


async def handle(command: ChargeLoss, *, uow: UnitOfWork) -> PaymentRow:
    """Once, by a programme manager who had no hand in the payment; raises TransitionRefused, FundsInsufficient."""
    on = day_of_fact(command.on, uow.now)
    locked = await lock_money(uow, command.payment_id, is_programme_manager_of)
    payment = locked.payment
    payment.state = step("charge-loss", payment.state, await _missing(uow, locked))
    line = await supplement(
        uow, locked.line, locked.budget, payment.amount_minor, code=CODE, rule=replacement_rules().version, on=on
    )
    payment.loss_line_id = line.id
    touch(payment, now=uow.now)
    uow.record("payment.loss-charged", subject=payment.id, amount_minor=payment.amount_minor)
    return payment


async def _missing(uow: UnitOfWork, locked: LockedMoney) -> list[Missing]:
    payment, found = locked.payment, []
    case = await find_case(uow, payment.case_id)
    measure = await measure_named(uow, payment.measure_id) if payment.measure_id else None
    if payment.payee_kind != PayeeKind.THIRD_PARTY or measure is None or not measure.former_provider_ids:
        found.append(Missing("provider-replaced", "The payment is not for a measure that another provider took over."))
    if payment.loss_line_id is not None:
        found.append(Missing("not-charged", "This loss was charged to the programme already."))
    if case is None or has_ended(case.standing):
        found.append(Missing("case-not-ended", "The case has ended: there is nobody to make whole."))
    if uow.actor.subject in (payment.requested_by, payment.certified_by, payment.authorised_by):
        found.append(Missing("other-than-payers", "Whoever had a hand in the payment does not decide about its loss."))
    return found
